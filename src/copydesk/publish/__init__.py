"""The publishing room: takes an Edition, brings a folder to the site that it makes."""

from __future__ import annotations

from copydesk.publish._entries import Entry
from copydesk.publish._plan import House
from copydesk.publish._publish import Published, PublishOptions, publish
from copydesk.publish._readers import READ_WITHIN
from copydesk.publish._survey import Survey, survey
from copydesk.publish._write import Manifest, MemoryManifest
from copydesk.publish.catalogue import Catalogue

__all__ = [
    "READ_WITHIN",
    "Catalogue",
    "Entry",
    "House",
    "Manifest",
    "MemoryManifest",
    "PublishOptions",
    "Published",
    "Survey",
    "publish",
    "survey",
]
