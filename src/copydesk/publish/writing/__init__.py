"""Sheets onto disk: takes the files of a site one by one, brings a folder to them."""

from __future__ import annotations

from copydesk.publish.writing._manifest import Manifest as Manifest
from copydesk.publish.writing._manifest import MemoryManifest as MemoryManifest
from copydesk.publish.writing._origin import Origin as Origin
from copydesk.publish.writing._stage import STAGE as STAGE
from copydesk.publish.writing._write import MARKER as MARKER
from copydesk.publish.writing._write import UNFINISHED as UNFINISHED
from copydesk.publish.writing._write import Count as Count
from copydesk.publish.writing._write import Sheet as Sheet
from copydesk.publish.writing._write import Writer as Writer
