"""Compare a published site with what its records give, and name each difference in words."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Literal

import orjson

from copydesk.kit import tables, text, within
from copydesk.news.edition import FrontPlace

DifferenceKind = Literal["front", "record", "changed", "missing", "extra", "unread", "log"]
FRONT = "index.html"
_OWN = frozenset({".copydesk-site", ".copydesk-unfinished", ".nojekyll", "CNAME"})
_ANY_BYTES = 1 << 30
_STORY = re.compile(r"news/([^/]+)/index\.html|api/v2/(?:ninjs/)?stories/([^/]+)\.json")
# A hostile page must not make these slow: no part of them passes the beginning of the next match.
_LINK = re.compile(r'<a[^<>]{0,2000}?\shref="(?:[^"<>]{0,2000}/)?news/([^"/<>]+)/"')
_HREF = re.compile(r'\shref="(?:https?://[^"/]+)?/([^"#?]*)')
_TAG = re.compile(r"<[^<>]*>")
_COMPARED_BYTES = 2_000_000  # of a page, to tell what differs
_AROUND = 30  # characters of a text shown before a difference
_SHOWN = 90
_PAGES = tables.read_rows("copydesk.building", "site_files.toml", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDifference:
    """A difference between a site and its records: where, of which kind, and what it is in words.

    `story` is the name of the record that it is about, "" for none. `place` and `right_place` are
    places on the front page, on the site and by the records, None for none; `reason` says why the
    records give the story its place.
    """

    kind: DifferenceKind
    path: str
    what: str
    story: str = ""
    place: int | None = None
    right_place: int | None = None
    reason: str = ""


Answer = bytes | str | None  # a file of the site, why it cannot be read, or None for no file
ReadFiles = Callable[[Iterable[str]], Iterator[tuple[str, Answer]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RightSite:
    """The site as its records give it: the folder of a build, pictures, and the front's reasons.

    `pictures` are SHA-256 and the name of a story that shows it, by path. `base` is the path of the
    site's address, with which links on its pages begin.
    """

    folder: Path
    pictures: Mapping[str, tuple[str, str]]
    places: tuple[FrontPlace, ...] = ()
    base: str = ""

    def list_paths(self) -> list[str]:
        """Return the paths of all files but pictures."""
        paths = (file.relative_to(self.folder) for file in self.folder.rglob("*") if file.is_file())
        return sorted({path.as_posix() for path in paths} - _OWN)


def compare_site(
    right: RightSite, read: ReadFiles, there: Iterable[str] | None, step: Callable[[], object]
) -> Iterator[SiteDifference]:
    """Yield each difference of a site. `there` are the paths of all its files, None if unknown:
    then links on changed pages are followed.
    """
    known = {*right.list_paths(), *right.pictures}
    changed: dict[str, tuple[bytes, bytes]] = {}
    linked: set[str] = set()
    for path, data in read(known):
        step()
        if not isinstance(data, bytes):
            if data is None:
                yield _say("missing", path, "is missing on the site", right)
            else:
                yield _say("unread", path, f"cannot be read ({data})", right)
        elif path in right.pictures:
            if hashlib.sha256(data).hexdigest() != right.pictures[path][0]:
                yield _say("changed", path, "is not the one whose digest the records have", right)
        elif data != (own := within.read(right.folder, path, _ANY_BYTES)):
            changed[path] = (data, own)
            linked |= _list_links(path, data, right.base)
    yield from _report_changes(changed, right)
    extra = linked - known if there is None else {*there} - known - _OWN
    found = dict(read(extra)) if there is None else dict.fromkeys(extra, b"")
    for path in sorted(extra):
        if found[path] is not None:
            yield _say("extra", path, "is not made from the records", right)


def list_files(folder: Path) -> Iterator[str]:
    """Yield the paths of all files and links below a site's folder, without git's own."""
    for file in folder.rglob("*"):
        path = file.relative_to(folder)
        if path.parts[0] != ".git" and (file.is_symlink() or not file.is_dir()):
            yield path.as_posix()


def _report_changes(
    changed: Mapping[str, tuple[bytes, bytes]], right: RightSite
) -> Iterator[SiteDifference]:
    """Yield the differences of changed files: first the front page, then altered records."""
    if FRONT in changed:
        yield from _compare_fronts(*changed[FRONT], right)
    records = {}
    for path, (data, own) in changed.items():
        story = _find_story(path)
        if path.startswith("api/") and f"news/{story}/index.html" in changed:
            records[story] = _compare_fields(data, own)
    for story, fields in sorted(records.items()):
        what = f"the record is not the one that the site was built from: {fields}"
        yield SiteDifference(kind="record", path=f"news/{story}/index.html", what=what, story=story)
    for path, (data, own) in sorted(changed.items()):
        if path != FRONT and _find_story(path) not in records:
            yield _say("changed", path, f"was changed: {_compare_texts(data, own)}", right)


def _compare_fronts(data: bytes, own: bytes, right: RightSite) -> Iterator[SiteDifference]:
    """Yield each story that stands elsewhere on the front page than the records say."""
    here, there = _number_stories(data), _number_stories(own)
    reasons = {place.story: _tell_reason(place) for place in right.places}
    moved = False
    for name in dict.fromkeys((*here, *there)):
        place, right_place, reason = here.get(name), there.get(name), reasons.get(name, "")
        if place is None or right_place is None or _is_moved(name, here, there):
            moved = True
            yield SiteDifference(
                kind="front",
                path=FRONT,
                what=_tell_place(place, right_place, reason),
                story=name,
                place=place,
                right_place=right_place,
                reason=reason,
            )
    if not moved:
        yield _say("changed", FRONT, f"was changed: {_compare_texts(data, own)}", right)


def _is_moved(name: str, here: Mapping[str, int], there: Mapping[str, int]) -> bool:
    """Return whether a story comes after others than by the records, of those on both pages."""
    before = [one for one in here if one in there and here[one] < here[name]]
    return before != [one for one in there if one in here and there[one] < there[name]]


def _tell_place(place: int | None, right_place: int | None, reason: str) -> str:
    why = f" ({reason})" if reason else ""
    if place is None:
        return f"a story is missing on the front page: the records give it place {right_place}{why}"
    if right_place is None:
        return f"a story has place {place} on the front page without a rule for it in the records"
    return f"a story has place {place} on the front page, by the records place {right_place}{why}"


def _tell_reason(place: FrontPlace) -> str:
    words = {
        "pin": "an editor's choice",
        "lead": "first by the rules",
        "heat": "by heat",
        "fill": "to fill the page",
        "new": "among the newest",
    }
    return f"{words[place.rule]}, other newsrooms: {place.newsrooms}"


def _number_stories(page: bytes) -> dict[str, int]:
    """Return the names of the stories that a page links to, in order, with their places."""
    names = _LINK.findall(page[:_COMPARED_BYTES].decode("utf-8", "replace"))
    return {name: at for at, name in enumerate(dict.fromkeys(map(html.unescape, names)), 1)}


def _compare_fields(data: bytes, own: bytes) -> str:
    """Return which fields of a story's API file differ, with both values of the first."""
    try:
        here, there = orjson.loads(data), orjson.loads(own)
    except orjson.JSONDecodeError:
        return _compare_texts(data, own)
    if not isinstance(here, dict) or not isinstance(there, dict):
        return _compare_texts(data, own)
    names = [name for name in {**there, **here} if here.get(name) != there.get(name)]
    first = names[0] if names else ""
    values = (text.shorten(str(one.get(first, "")), _SHOWN) for one in (here, there))
    return f"{', '.join(names)} (the site has “{next(values)}”, the records “{next(values)}”)"


def _compare_texts(data: bytes, own: bytes) -> str:
    """Return the first words that differ, as readers see them, else the markup's."""
    data, own = data[:_COMPARED_BYTES], own[:_COMPARED_BYTES]
    sources = [one.decode("utf-8", "replace") for one in (data, own)]
    here, there = (text.fold(html.unescape(_TAG.sub(" ", source))) for source in sources)
    if here == there:
        here, there = sources
    pairs = enumerate(zip_longest(here, there))
    at = next((number for number, (one, other) in pairs if one != other), 0)
    begin = max(0, at - _AROUND)
    shown = (text.fold(one[begin : begin + _SHOWN]) for one in (here, there))
    return f"the site says “{next(shown)}”, the records “{next(shown)}”"


def _list_links(path: str, data: bytes, base: str) -> set[str]:
    """Return the paths of the site's pages that a changed page links to."""
    if not path.endswith(".html"):
        return set()
    links = map(html.unescape, _HREF.findall(data[:_COMPARED_BYTES].decode("utf-8", "replace")))
    own = {link.removeprefix(base) for link in links if link.startswith(base)}
    return {f"{link}index.html" for link in own if link.endswith("/") and ".." not in link}


def _find_story(path: str) -> str:
    found = _STORY.fullmatch(path)
    return (found[1] or found[2]) if found else ""


def _say(kind: DifferenceKind, path: str, what: str, right: RightSite) -> SiteDifference:
    page = next((name for name, form in _PAGES.items() if re.fullmatch(form, path)), "a file")
    _, story = right.pictures.get(path) or ("", _find_story(path))
    return SiteDifference(kind=kind, path=path, what=f"{page} {what}", story=story)
