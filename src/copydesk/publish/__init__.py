"""The publishing room: takes an Edition, brings a folder to the site that it makes."""

from __future__ import annotations

from copydesk.placement import READ_WITHIN
from copydesk.publish._entries import StoryEntry
from copydesk.publish._plan import House, SiteOptions, SitePlan, Sizes
from copydesk.publish._publish import Published, PublishOptions, plan_site, publish, survey
from copydesk.publish._survey import Survey
from copydesk.publish.catalogue import Catalogue
from copydesk.publish.writing import Manifest, MemoryManifest, Sheet

__all__ = [
    "READ_WITHIN",
    "Catalogue",
    "House",
    "Manifest",
    "MemoryManifest",
    "PublishOptions",
    "Published",
    "Sheet",
    "SiteOptions",
    "SitePlan",
    "Sizes",
    "StoryEntry",
    "Survey",
    "plan_site",
    "publish",
    "survey",
]
