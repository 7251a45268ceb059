"""Where the files of the API lie, and their addresses."""

from __future__ import annotations

import hashlib

from copydesk.news import Story
from copydesk.placement import addresses
from copydesk.publish._entries import StoryEntry
from copydesk.publish._plan import SitePlan

ROOT = "api/v2/"
INDEX = f"{ROOT}index.json"
STORIES = f"{ROOT}stories/index.json"
LATEST = f"{ROOT}stories/latest.json"
_LISTS = frozenset({"index", "latest"})


def page(number: int) -> str:
    """Return the place of a page of stories."""
    return f"{ROOT}stories/pages/{number}.json"


def story(told: Story | StoryEntry) -> str:
    """Return the place of one story."""
    return item_place("stories", addresses.record_name(told.path))


def item_place(kind: str, name: str) -> str:
    """Return the place of one thing of a kind, whatever its name.

    A name that is a list's, or begins with a tilde, gets a tilde before it; one that no file can
    have is told by its hash.
    """
    if not addresses.is_segment(f"~{name}.json"):
        name = f"~h-{_hash(name)}"
    elif name in _LISTS or name.startswith("~"):
        name = f"~{name}"
    return f"{ROOT}{kind}/{name}.json"


def group_id(name: str) -> str:
    """Return a group's id: its name is its first record's, which may be out for its headline."""
    return _hash(name)


def index(kind: str) -> str:
    """Return the place of the list of a kind."""
    return f"{ROOT}{kind}/index.json"


def address(place: str, plan: SitePlan) -> str:
    """Return the address of a file of the API."""
    return f"{plan.links.api}/{addresses.quote_path(place)}"


def _hash(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=10).hexdigest()
