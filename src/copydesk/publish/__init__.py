"""The publishing room: takes an Edition, brings a folder to the site that it makes."""

from __future__ import annotations

from copydesk.publish._entries import Entry
from copydesk.publish._past import MemoryNotes, Notes
from copydesk.publish._plan import House
from copydesk.publish._publish import Published, PublishOptions, publish
from copydesk.publish._readers import READ_WITHIN
from copydesk.publish._survey import Survey, survey
from copydesk.publish._write import Manifest, MemoryManifest

__all__ = [
    "READ_WITHIN",
    "Entry",
    "House",
    "Manifest",
    "MemoryManifest",
    "MemoryNotes",
    "Notes",
    "PublishOptions",
    "Published",
    "Survey",
    "publish",
    "survey",
]
