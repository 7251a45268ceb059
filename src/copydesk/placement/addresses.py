"""Make the paths and URLs of a site's pages, and the names in them: days, topics, issues.

An issue's record is called `daily-2026-11-24`, the second one of a day `daily-2026-11-24-2`. The
only newsletter of a site, when it is a daily, has the site's name as in everyday.cc:
`power-apps-every-day-2024-04-12` (SPEC 1.3).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from copydesk.kit import dates
from copydesk.news import Beat, Story, Topic
from copydesk.news.letter import LetterOptions

_SEGMENT = re.compile(r"[^/\\\x00-\x1f\x7f]+")
_FILES = frozenset({"index.html", "index.json"})  # files beside these folders
STORIES = "news/"  # the folder of the story pages
API = "api/v2/"  # the folder of the second API
_LISTS = frozenset({"index", "latest"})  # names of lists in its folders
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}-")  # at the beginning of a record's name
_UNRESERVED = re.compile(r"[\w.~/-]*", re.ASCII)  # RFC 3986, section 2.3, and the slash
_FORM = re.compile(r"(?P<stem>.+)-(?P<day>\d{4}-\d{2}-\d{2})(?:-(?P<number>[2-9]|[1-9]\d{1,3}))?")
_WORKDAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday"})


def is_segment(name: str) -> bool:
    """Return whether a name can be one part of a path: no slash or control code, not only dots."""
    return bool(_SEGMENT.fullmatch(name)) and name.strip(". ") != "" and len(name.encode()) <= 240


def is_folder(name: str) -> bool:
    """Return whether a name can be the folder of a topic, a publisher or a record."""
    return is_segment(name) and name.lower() not in _FILES


def is_path(path: str) -> bool:
    """Return whether a path below the web root is allowed: no part of it is "..", for example."""
    return all(is_segment(part) for part in path.split("/"))


def addressable_domain(name: str) -> str:
    """Return a domain name if it is safe in a URL and in a line of text, else ""."""
    is_one = name.isprintable() and not any(map(str.isspace, name)) and is_folder(name)
    return name if is_one else ""


def record_name(path: str) -> str:
    """Return the file name of a record without folder and extension: `2023-07-28-a-title`."""
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def story_folder(path: str) -> str:
    """Return the folder of a story's page from its record's path: `news/2023-07-28-a-title/`."""
    return f"{STORIES}{record_name(path)}/"


def topic_folder(topic_id: str) -> str:
    """Return the folder of a topic's page: `topics/ai-policy/`."""
    return f"topics/{topic_id}/"


def source_folder(domain: str) -> str:
    """Return the folder of a publisher's page: `sources/example.org/`."""
    return f"sources/{domain}/"


def list_folder(list_id: str) -> str:
    """Return the folder of a reading list's page: `lists/the-best-of-2026/`."""
    return f"lists/{list_id}/"


def matter_id(name: str) -> str:
    """Return the id of a matter in URLs: the day of its first story, and a hash of its name.

    The name itself is that of a record, so that it may hold a headline that an editor rejected.
    """
    day = _DAY.match(name)
    digest = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=6).hexdigest()
    return (day[0] if day else "") + digest


def matter_folder(name: str) -> str:
    """Return the folder of a matter's page: `matters/2026-11-24-0123456789ab/`."""
    return f"matters/{matter_id(name)}/"


def letter_folder(letter_id: str) -> str:
    """Return the folder of the page that lists a newsletter's issues: `letters/daily/`."""
    return f"letters/{letter_id}/"


def digest_folder(day: date) -> str:
    """Return the folder of the page with a day's digest (day in brief): `digest/2026/11/24/`."""
    return f"digest/{day_folder(day)}"


def day_folder(day: date) -> str:
    """Return the folder of the page that lists a day's stories: `2026/11/24/`."""
    return f"{day.year:04}/{day.month:02}/{day.day:02}/"


def month_folder(day: date) -> str:
    """Return the folder of the page that lists a month's stories: `2026/11/`."""
    return f"{day.year:04}/{day.month:02}/"


def archive_folder(month: str) -> str:
    """Return the folder of a month (`2020-03`) of stories out of archives of the web:
    `archive/2020/03/`.
    """
    return f"archive/{month.replace('-', '/')}/"


def api_file(kind: str, name: str) -> str:
    """Return the path of an item (a story, a topic) in the second API; every name gives one.

    A name that a list has, or that begins with a tilde, gets a tilde in front. A name that no file
    can have is replaced by its hash.
    """
    if not is_segment(f"~{name}.json"):
        name = f"~h-{api_group(name)}"
    elif name in _LISTS or name.startswith("~"):
        name = f"~{name}"
    return f"{API}{kind}/{name}.json"


def ninjs_file(path: str) -> str:
    """Return the path of a story's ninjs document from its record's path."""
    return api_file("ninjs/stories", record_name(path))


def api_group(name: str) -> str:
    """Return the second API's id of a group (stories on one event): a hash of its name."""
    return hashlib.blake2b(name.encode(), digest_size=10).hexdigest()


def quote_path(path: str) -> str:
    """Return a path with the characters that URLs do not allow percent-encoded."""
    return path if _UNRESERVED.fullmatch(path) else quote(path)


@dataclass(frozen=True, slots=True)
class Links:
    """Make URLs of one site, from the base URL of its pages (`site`) and of its API (`api`).

    Neither ends with a slash. `base` is the path of `site`, with which links on pages begin; it is
    "" at the root of a host.
    """

    site: str
    api: str

    base: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "base", urlsplit(self.site).path.rstrip("/"))

    def page(self, path: str) -> str:
        """Return the absolute URL of a page, feed or file of the site."""
        return f"{self.site}/{quote_path(path)}"

    def href(self, path: str) -> str:
        """Return the URL without host by which the site's own pages link to a page."""
        return f"{self.base}/{quote_path(path)}"

    def api_address(self, path: str) -> str:
        """Return the absolute URL of a file of the second API."""
        return f"{self.api}/{quote_path(path)}"

    def api_record(self, path: str) -> str:
        """Return the API URL of a record: `_people/x.md` is at `api/people/x/index.json`."""
        return f"{self.api}/api/{quote_path(record_folder(path))}index.json"


def record_folder(path: str) -> str:
    """Return a record's folder below `api/`: `learning/videos/x/` for `_learning/videos/x.md`."""
    return path.removeprefix("_").rsplit(".", 1)[0] + "/"


def local_time(moment: datetime, zone: ZoneInfo) -> datetime:
    """Convert a time to a time zone; a time near the limits of `datetime` stays in UTC."""
    try:
        return dates.utc(moment).astimezone(zone)
    except OverflowError:
        return dates.utc(moment)


def group_by_day(stories: Iterable[Story], zone: ZoneInfo) -> list[tuple[date | None, list[Story]]]:
    """Group stories (newest first) by local day; stories without a time come under None."""

    def day(story: Story) -> date | None:
        return local_time(story.published_at, zone).date() if story.published_at else None

    return [(at, list(run)) for at, run in groupby(stories, key=day)]


def group_by_month(days: Iterable[date]) -> list[tuple[date, list[date]]]:
    """Group days by month, given as its first day; the latest months and days come first."""
    latest_first = sorted(days, reverse=True)
    by_month = groupby(latest_first, lambda day: day.replace(day=1))
    return [(month, list(run)) for month, run in by_month]


def addressable_topics(beat: Beat) -> tuple[Topic, ...]:
    """Return the topics whose id can name a page's folder, only the first of each id."""
    by_id = {topic.id: topic for topic in reversed(beat.topics) if is_folder(topic.id)}
    return tuple(topic for topic in beat.topics if by_id.get(topic.id) is topic)


def topics_above(topics: Sequence[Topic]) -> dict[str, tuple[str, ...]]:
    """Map each topic's name to its own id and the ids of the topics above it."""
    by_name = {topic.name: topic for topic in topics}
    return {name: tuple(topic.id for topic in _climb(name, by_name)) for name in by_name}


def topics_below(topics: Sequence[Topic], main: str) -> list[Topic]:
    """Return all topics but the site's main topic."""
    return [topic for topic in topics if topic.name != main]


def sections(topics: Sequence[Topic], main: str) -> list[Topic]:
    """Return a site's sections: the topics directly below its main topic, or without a parent."""
    return [topic for topic in topics_below(topics, main) if topic.parent in {"", main}]


def _climb(name: str, by_name: Mapping[str, Topic]) -> list[Topic]:
    """Return a topic and the topics above it; a circle of parents ends at the first repetition."""
    line: list[Topic] = []
    while (topic := by_name.get(name)) is not None and topic not in line:
        line.append(topic)
        name = topic.parent
    return line


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class IssueName:
    """The parts of a newsletter issue's name. Issues are sorted by day, then by number."""

    day: date
    number: int = 1
    stem: str

    def __str__(self) -> str:
        """Return the name of the newsletter issue's file, without the extension."""
        return f"{self.stem}-{self.day}{f'-{self.number}' if self.number > 1 else ''}"


def parse_issue_name(name: str) -> IssueName | None:
    """Parse a record's name as that of a newsletter issue; return None if it has another form."""
    match = _FORM.fullmatch(name)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match["day"])
    except ValueError:
        return None
    return IssueName(stem=match["stem"], day=day, number=int(match["number"] or 1))


def name_issue(stem: str, day: date, is_taken: Callable[[str], bool]) -> str:
    """Return the first free name for a newsletter issue of a day."""
    name = IssueName(stem=stem, day=day)
    while is_taken(str(name)):
        name = IssueName(stem=stem, day=day, number=name.number + 1)
    return str(name)


def issue_stems(
    letter: LetterOptions, letters: Sequence[LetterOptions], site: str
) -> tuple[str, ...]:
    """Return the prefixes of a newsletter's issue names, first the one that new issues get.

    `site` is the slug of the site's title. Issues of a single daily newsletter begin with it. When
    there are several newsletters, earlier issues of the first one have it. A newsletter with that
    very id keeps it for itself.
    """
    is_alone = len(letters) == 1 and not letter.when_new and _is_daily(letter)
    is_first = letter is letters[0] and all(other.id != site for other in letters)
    if not site or not is_first:
        return (letter.id,)
    return (site, letter.id) if is_alone else (letter.id, site)


def _is_daily(letter: LetterOptions) -> bool:
    """Return whether a newsletter comes every day, or every working day like everyday.cc's."""
    return not letter.days or _WORKDAYS.issubset(letter.days)
