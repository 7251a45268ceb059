"""The publishing room: takes an Edition, brings a folder to the site that it makes."""

from __future__ import annotations

from copydesk.publish._publish import Published, PublishOptions, publish
from copydesk.publish._readers import READ_WITHIN
from copydesk.publish._write import Manifest, MemoryManifest

__all__ = ["READ_WITHIN", "Manifest", "MemoryManifest", "PublishOptions", "Published", "publish"]
