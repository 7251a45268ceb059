"""Where things lie below the web root, and the addresses under which readers find them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, urlsplit

_SEGMENT = re.compile(r"[^/\\\x00-\x1f\x7f]+")
_FILES = frozenset({"index.html", "index.json"})  # what lies beside the folders of a kind
_UNRESERVED = re.compile(r"[\w.~/-]*", re.ASCII)  # RFC 3986, section 2.3, and the slash


def is_segment(name: str) -> bool:
    """Decide whether a name may stand as one folder: no slash, no control, no dots alone."""
    return bool(_SEGMENT.fullmatch(name)) and name.strip(". ") != "" and len(name.encode()) <= 240


def is_folder(name: str) -> bool:
    """Decide whether a name may stand as the folder of a topic, a publisher or a record."""
    return is_segment(name) and name.lower() not in _FILES


def is_path(path: str) -> bool:
    """Decide whether every part of a path below the web root may stand there."""
    return all(is_segment(part) for part in path.split("/"))


def addressable_domain(name: str) -> str:
    """Return a domain if its name can stand in an address and in a line of text, else ""."""
    is_one = name.isprintable() and not any(map(str.isspace, name)) and is_folder(name)
    return name if is_one else ""


def record_name(path: str) -> str:
    """Return a record's file name without its extension: `2023-07-28-a-title`."""
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def story_folder(path: str) -> str:
    """Return the folder of a story's page from its record's path: `news/2023-07-28-a-title/`."""
    return f"news/{record_name(path)}/"


def topic_folder(topic_id: str) -> str:
    """Return the folder of a topic: `topics/ai-policy/`."""
    return f"topics/{topic_id}/"


def source_folder(domain: str) -> str:
    """Return the folder of a publisher: `sources/example.org/`."""
    return f"sources/{domain}/"


def list_folder(list_id: str) -> str:
    """Return the folder of a list of stories: `lists/the-best-of-2026/`."""
    return f"lists/{list_id}/"


def letter_folder(letter_id: str) -> str:
    """Return the folder of the list of a letter's issues: `letters/daily/`."""
    return f"letters/{letter_id}/"


def digest_folder(day: date) -> str:
    """Return the folder of a day's digest: `digest/2026/11/24/`."""
    return f"digest/{day_folder(day)}"


def day_folder(day: date) -> str:
    """Return the folder of a day: `2026/11/24/`."""
    return f"{day.year:04}/{day.month:02}/{day.day:02}/"


def month_folder(day: date) -> str:
    """Return the folder of the month that a day is in: `2026/11/`."""
    return f"{day.year:04}/{day.month:02}/"


def quote_path(path: str) -> str:
    """Return a path as an address has it; most are so already."""
    return path if _UNRESERVED.fullmatch(path) else quote(path)


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of one site: `site` for its pages, `api` for the API's own links.

    Neither ends with a slash. `base` is the path of `site`, "" at the root of its host: what a link
    on a page begins with.
    """

    site: str
    api: str

    base: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "base", urlsplit(self.site).path.rstrip("/"))

    def page(self, path: str) -> str:
        """Return the absolute address of a page, feed or file of the site."""
        return f"{self.site}/{quote_path(path)}"

    def href(self, path: str) -> str:
        """Return the address of a page as a link on another page of the site writes it."""
        return f"{self.base}/{quote_path(path)}"

    def api_record(self, path: str) -> str:
        """Return the API address of one record: `_people/x.md` stands at `api/people/x/`."""
        return f"{self.api}/api/{quote_path(record_folder(path))}index.json"


def record_folder(path: str) -> str:
    """Return a record's folder below `api/`: `learning/videos/x/` for `_learning/videos/x.md`."""
    return path.removeprefix("_").rsplit(".", 1)[0] + "/"
