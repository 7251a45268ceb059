"""Read a site's data files: YAML files of topics and publishers in `_data`, CSV ratings of domains.

`read_file` and `Fields` also serve the _config.yml of a site of everyday.cc.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePath, PurePosixPath
from typing import Literal, cast, get_args

from copydesk.config._toml import decode_text, setting_error, show_value, unreadable_error
from copydesk.errors import ConfigError
from copydesk.kit import text, urls, within
from copydesk.news import Image, Topic
from copydesk.news.beat import DomainTrust, Organization, TopicKind

_MAX_BYTES = 1_000_000


def list_names(root: Path, folder: str, *suffixes: str) -> list[str]:
    """Return the names of a folder's files with one of these suffixes, without hidden files."""
    try:
        found = within.names(root, folder)
    except OSError as error:
        raise unreadable_error(error, folder) from error
    return [name for name in found if PurePosixPath(name).suffix in suffixes]


def read_file(root: Path, path: str) -> str:
    """Return the text of a file in the newsroom folder, not through a link; errors name
    its path.
    """
    try:
        return decode_text(within.read(root, path, _MAX_BYTES), path)
    except OSError as error:
        raise unreadable_error(error, path) from error


def parse_mapping(text: str, name: str, first_line: int = 1) -> Mapping[str, object]:
    """Parse YAML into a mapping; `first_line` is the line of its file where it begins,
    for errors.
    """
    import yaml

    try:
        values = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        raise _yaml_error(error, name, first_line) from error
    except Exception as error:  # an impossible date, `!!int` without digits, too deep nesting
        raise setting_error(name, "", f"invalid YAML ({type(error).__name__}: {error})") from error
    if not isinstance(values, dict):
        raise setting_error(name, "", f"expected keys with values, got {show_value(values)}")
    return {str(key): value for key, value in values.items()}


def _yaml_error(error: Exception, name: str, first_line: int) -> ConfigError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "invalid YAML"
    place = f"line {mark.line + first_line}, column {mark.column + 1}" if mark else ""
    return setting_error(name, place, str(problem), "put texts with : or # in quotes")


class Fields:
    """Typed access to the fields of a YAML mapping; errors name file and key."""

    def __init__(self, values: Mapping[str, object], name: str, path: str = "") -> None:
        self.name = name
        self._values = values
        self._path = path

    def text(self, key: str, default: str = "") -> str:
        """Return the text of a field, `default` if it is missing or empty."""
        value = self._values.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.error(key, f"expected text, got {show_value(value)}", _quotes_hint(value))
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a field that lists texts, in order, without empty ones."""
        values = self._list(key)
        for value in values:
            if not isinstance(value, str):
                raise self.error(
                    key, f"expected a list of texts, got {show_value(value)}", _quotes_hint(value)
                )
        return tuple(str(value).strip() for value in values if str(value).strip())

    def size(self, key: str) -> int:
        """Return a field's number of pixels, 0 if it is missing."""
        value = self._values.get(key, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.error(key, f"expected a whole number, got {show_value(value)}")
        return value

    def mappings(self, key: str) -> Iterable[Fields]:
        """Yield each mapping in a field that lists mappings."""
        for index, value in enumerate(self._list(key)):
            if not isinstance(value, dict):
                raise self.error(f"{key}[{index}]", f"expected keys, got {show_value(value)}")
            yield Fields(value, self.name, f"{self._path}{key}[{index}].")

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return the keys and texts of a field that is a mapping, in file order."""
        names, inner = self._inner(key, "texts")
        return tuple((name, inner.text(name)) for name in names)

    def lists(self, key: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the keys of a field that is a mapping, and the texts listed under each."""
        names, inner = self._inner(key, "lists")
        return tuple((name, inner.texts(name)) for name in names)

    def _inner(self, key: str, what: str) -> tuple[Iterable[str], Fields]:
        """Return the keys and the fields of a field that is a mapping, none if it is missing."""
        values = self._values.get(key)
        if not isinstance(values, dict | None):
            raise self.error(key, f"expected keys with {what}, got {show_value(values)}")
        named = {str(name): value for name, value in (values or {}).items()}
        return named, Fields(named, self.name, f"{self._path}{key}.")

    def images(self) -> tuple[Image, ...]:
        """Return the pictures listed in the field `images`."""
        return tuple(
            Image(
                url=entry.text("url"),
                width=entry.size("width"),
                height=entry.size("height"),
                title=entry.text("title"),
            )
            for entry in self.mappings("images")
        )

    def error(self, key: str, what: str, hint: str = "") -> ConfigError:
        """Return the error to raise for a wrong field of this mapping."""
        return setting_error(self.name, f"{self._path}{key}", what, hint)

    def _list(self, key: str) -> list[object]:
        values = self._values.get(key)
        if values is None:
            return []
        if not isinstance(values, list):
            raise self.error(key, f"expected a list, got {show_value(values)}")
        return values


def _quotes_hint(value: object) -> str:
    """Return the hint for values that YAML does not read as text: No, 5 and 2024-01-01."""
    return "put it in quotes" if isinstance(value, bool | int | float | date) else ""


TOPICS_FOLDER = "_data/topics"
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_FILES = frozenset({"index.html", "index.json"})  # the site's files next to the topics' folders

TopicFiles = Sequence[tuple[Topic, str]]


def read_topics(root: Path) -> TopicFiles:
    """Return each topic with its file's path; refuse duplicate ids or names, and circular
    parents.
    """
    found = []
    for name in list_names(root, TOPICS_FOLDER, ".yaml", ".yml"):
        file = f"{TOPICS_FOLDER}/{name}"
        found.append((_topic(parse_mapping(read_file(root, file), file), file), file))
    _refuse_twins(found)
    _refuse_circles(found)
    return found


def find_topic_file(root: Path, name: str) -> str:
    """Return the path of the YAML file of the topic with this name; ConfigError if
    there is none.
    """
    for topic, file in read_topics(root):
        if topic.name == name:
            return file
    raise setting_error(TOPICS_FOLDER, "", f'no topic file has the name "{name}"')


def topic_warnings(found: TopicFiles, site_url: str) -> tuple[str, ...]:
    """Return warnings about topics: parent topics that do not exist, URLs of localhost."""
    return (*_orphans(found), *_services_at_home(found, site_url))


def _orphans(found: TopicFiles) -> Iterator[str]:
    """Yield a warning for each topic whose parent does not exist."""
    names = {topic.name for topic, _ in found}
    for topic, file in found:
        if topic.parent and topic.parent not in names:
            yield f'{file}: the parent topic does not exist: "{topic.parent}"'


def _services_at_home(found: TopicFiles, site_url: str) -> Iterator[str]:
    """Yield one warning if the site is on the web but its topics' service URLs are on this machine.

    `copydesk new` writes the address that the site has before it is published.
    """
    if not site_url or urls.is_private(urls.host(site_url)):
        return
    wrong = [
        f"{file}: services.{name} leads to this machine instead of {site_url}: {address}"
        for topic, file in found
        for name, address in topic.services
        if urls.is_private(urls.host(address))
    ]
    if wrong:
        yield wrong[0] + (f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else "")


def _topic(values: Mapping[str, object], file: str) -> Topic:
    fields = Fields(values, file)
    topic = Topic(
        id=fields.text("_id"),
        name=fields.text("name"),
        shortname=fields.text("shortname"),
        parent=fields.text("parent"),
        description=fields.text("description"),
        keywords=fields.texts("keywords"),
        hashtags=fields.texts("hashtags"),
        images=fields.images(),
        services=fields.pairs("services"),
        aliases=fields.texts("aliases"),
        required=fields.texts("required"),
        excluded=fields.texts("excluded"),
        translations=_translations(fields),
        dismissed=fields.texts("dismissed"),
        kind=_kind(fields) or ("place" if fields.text("place") else ""),
        place=_place(fields),
    )
    if not topic.name:
        raise fields.error("name", "this field is missing", "give the topic a name")
    if topic.id.lower() in _FILES:
        raise fields.error("_id", f'the site has a file named "{topic.id}"', "choose another id")
    if not _ID.fullmatch(topic.id):
        what = f'expected at most 100 letters, digits and - . _, got "{topic.id[:120]}"'
        raise fields.error("_id", what, "change the id: it becomes a folder of the site")
    return topic


def _kind(fields: Fields) -> TopicKind | Literal[""]:
    """Return what a topic is about; raise ConfigError for an unknown kind."""
    found = fields.text("kind")
    for kind in get_args(TopicKind):
        if kind == found:
            return cast(TopicKind, kind)
    if found:
        allowed = ", ".join(get_args(TopicKind))
        raise fields.error("kind", f'expected one of {allowed}, got "{found[:40]}"')
    return ""


_NO_PLACES = frozenset({"QO", "XA", "XB", "ZZ"})  # codes of CLDR that name nothing


def _place(fields: Fields) -> str:
    """Return the ISO code of a topic's country or union; raise ConfigError for an unknown code."""
    code = fields.text("place")
    if not code:
        return ""
    from babel.core import Locale

    places = Locale("en").territories.items()
    names = {key: name for key, name in places if len(key) == 2 and key not in _NO_PLACES}
    if code not in names:
        near = _nearest_place(code[:40], names)
        hint = f'write "{near}" for {names[near]}, or another ISO code of two letters'
        raise fields.error("place", f'unknown country code "{code[:40]}"', hint)
    return code


def _nearest_place(code: str, names: Mapping[str, str]) -> str:
    """Return the ISO code that an unknown code, or the name of a country, probably means."""
    import difflib

    from babel.core import get_global

    aliases: Sequence[str] = get_global("territory_aliases").get(code.upper(), ())  # UK, USA
    known = [key for key in (*aliases, code.upper()) if key in names]
    if known:
        return known[0]
    by_name = {name: key for key, name in names.items()}
    if name := text.find_nearest(code, by_name):
        return by_name[name]
    return difflib.get_close_matches(code.upper(), names, n=1, cutoff=0.0)[0]


def _translations(fields: Fields) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return a topic's keywords for each language, by code in lower case without a region."""
    found = fields.lists("translations")
    for code, _ in found:
        if not _LANGUAGE.fullmatch(code):
            what = f'expected a language code such as de, got "{code}"'
            raise fields.error("translations", what, 'use two or three letters, in quotes: "no"')
    return found


def _refuse_twins(found: TopicFiles) -> None:
    ids: dict[str, str] = {}
    names: dict[str, str] = {}
    for topic, file in found:
        for seen, key, value in ((ids, "_id", topic.id), (names, "name", topic.name)):
            if value in seen:
                raise setting_error(
                    file, key, f'"{value}" is also used by {seen[value]}', "choose another value"
                )
            seen[value] = file


def _refuse_circles(found: TopicFiles) -> None:
    """Refuse a topic that is its own ancestor, which would make loops over parents endless."""
    parents = {topic.name: topic.parent for topic, _ in found}
    for topic, file in found:
        above = topic.parent
        for _ in parents:
            if above == topic.name:
                raise setting_error(file, "parent", f'the topic "{topic.name}" is above itself')
            above = parents.get(above, "")


FOLDER = "_data/organizations"
LOGOS = "assets/images/organizations"
LOGO_SIDES = (50, 400)  # pixels of the reference's two files
_LOGO_END = "-50x50.jpg"
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)*")
_FRONT = re.compile(r"---[ \t]*\r?\n(.*?)(?:^---[ \t]*\r?$|\Z)", re.DOTALL | re.MULTILINE)


def read_organizations(root: Path) -> dict[str, tuple[Organization, str]]:
    """Return each organization (publisher) with its file's path, by domain, in file order."""
    found: dict[str, tuple[Organization, str]] = {}
    for name in list_names(root, FOLDER, ".md"):
        file = f"{FOLDER}/{name}"
        organization = _organization(read_file(root, file), file, name.removesuffix(".md"))
        if organization.domain in found:
            taken = found[organization.domain][1]
            raise setting_error(file, "domain", f'"{organization.domain}" is also used by {taken}')
        found[organization.domain] = (organization, file)
    return found


def find_organization_files(root: Path) -> dict[str, str]:
    """Map each publisher's domain to the path of its YAML file."""
    return {domain: file for domain, (_, file) in read_organizations(root).items()}


def read_logos(root: Path, api_url: str) -> dict[str, Image]:
    """Map each domain that has a small logo file to the picture, also of unknown publishers (SPEC
    1.4).
    """
    return {
        name.removesuffix(_LOGO_END).lower(): Image(
            url=f"{api_url}/{LOGOS}/{name}", width=50, height=50
        )
        for name in list_names(root, LOGOS, ".jpg")
        if name.endswith(_LOGO_END)
    }


def logo_paths(domain: str) -> tuple[str, ...]:
    """Return the paths of a publisher's logos, smallest first; empty for an invalid domain."""
    if len(domain) > 200 or not _DOMAIN.fullmatch(domain):
        return ()
    return tuple(f"{LOGOS}/{domain}-{side}x{side}.jpg" for side in LOGO_SIDES)


def _organization(text: str, file: str, stem: str) -> Organization:
    front = _FRONT.match(text)
    if not front:
        raise setting_error(file, "", "the front matter is missing", "begin the file with ---")
    fields = Fields(parse_mapping(front.group(1), file, first_line=2), file)
    name = fields.text("name")
    if not name:
        raise fields.error("name", "this field is missing", "give the organization a name")
    return Organization(
        domain=fields.text("domain", stem).lower() or stem,
        name=name,
        other_names=fields.texts("otherNames"),
        description=fields.text("description"),
        images=fields.images(),
        owner=fields.text("owner"),
    )


# Read ratings of news domains from the CSV files in `scoring.standings`; the later file wins.

FILE = "_data/standings.csv"  # the default, if it exists
_MAX_TRUST_BYTES = 20_000_000
_DOMAIN_COLUMN = ("domain",)
_TRUST = ("standing", "pc1", "credibility_score")  # our column, and those of two open ratings
_HINT = "correct the file, or remove it from scoring.standings"
_WHY = ("why", "category")
_MOST_WHY = 200  # characters: it becomes a reason in the story files


@dataclass(slots=True, kw_only=True)
class TrustTable:
    """The trust rating of each news domain, and a warning for each file with unreadable rows."""

    trust_by_domain: dict[str, DomainTrust] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Columns:
    """The column numbers of a CSV file with ratings; `why` is -1 if there is none."""

    domain: int
    trust: int
    why: int


def read_domain_trust(root: Path, names: Sequence[str]) -> TrustTable:
    """Return the trust ratings of news domains in the named CSV files, below `root` or elsewhere.

    Rows that cannot be read are left out and counted in a warning; ratings of a part of a site
    (`paper.example/opinion`) are ignored. Raises ConfigError for a missing file, unless it is the
    default one, and for a file without the columns.
    """
    table = TrustTable()
    for name in names:
        data = _bytes_of(root, name)
        if data is not None:
            _read_rows(_read_lines(decode_text(data, name), name), name, table)
    return table


def _bytes_of(root: Path, name: str) -> bytes | None:
    """Return the bytes of a file with ratings, None if it is the default one and missing.

    A file of the newsroom may not be a link; a file elsewhere is the user's responsibility.
    """
    is_elsewhere = PurePath(name).is_absolute() or ".." in PurePath(name).parts
    try:
        if is_elsewhere:
            return within.read_user_file(root / name, _MAX_TRUST_BYTES)
        return within.read(root, PurePath(name).as_posix(), _MAX_TRUST_BYTES)
    except FileNotFoundError as error:
        if name == FILE:
            return None
        raise unreadable_error(error, name, _HINT) from error
    except OSError as error:
        raise unreadable_error(error, name, _HINT) from error


def _read_rows(rows: Iterator[tuple[int, list[str]]], name: str, table: TrustTable) -> None:
    _, header = next(rows, (1, []))
    columns = _columns(header, name)
    bad: list[str] = []
    for line, row in rows:
        try:
            domain, trust = _read_row(row, columns, PurePath(name).name)
        except ValueError as error:
            bad.append(f"line {line}: {error}")
        else:
            if domain:
                table.trust_by_domain[domain] = trust
    if bad:
        count = "1 row was" if len(bad) == 1 else f"{len(bad):,} rows were"
        table.warnings.append(f"{name}: {count} skipped; {bad[0]}")


def _read_lines(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the CSV rows that are not empty, with the number of the line where each ends."""
    import csv

    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        for row in lines:
            if any(row):
                yield lines.line_num, row
    except csv.Error as error:
        raise setting_error(name, f"line {lines.line_num}", f"invalid CSV ({error})") from error


def _columns(header: Sequence[str], name: str) -> _Columns:
    names = [column.strip().lower() for column in header]

    def at(wanted: tuple[str, ...]) -> int:
        return next((names.index(name) for name in wanted if name in names), -1)

    columns = _Columns(domain=at(_DOMAIN_COLUMN), trust=at(_TRUST), why=at(_WHY))
    if columns.domain < 0 or columns.trust < 0:
        what = (
            f"line 1: expected the columns domain and standing, got {show_value(', '.join(names))}"
        )
        hint = f"name the second column {', '.join(_TRUST[:-1])} or {_TRUST[-1]}"
        raise setting_error(name, "", what, hint)
    return columns


def _read_row(row: Sequence[str], columns: _Columns, source: str) -> tuple[str, DomainTrust]:
    """Return the domain of a row ("" for a part of a site) and its rating; raise ValueError."""
    if len(row) <= max(columns.domain, columns.trust):
        raise ValueError("the row has too few columns")
    domain = row[columns.domain].strip().lower().removeprefix("www.").rstrip("/")
    if "." not in domain or " " in domain:
        raise ValueError(f"expected a domain, got {show_value(row[columns.domain])}")
    trust = _number(row[columns.trust])
    category = text.fold(row[columns.why])[:_MOST_WHY] if 0 <= columns.why < len(row) else ""
    why = f"{category} ({source})" if category else f"({source})"
    return "" if "/" in domain else domain, DomainTrust(trust=trust, why=why)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise ValueError(f"expected a trust rating from 0 to 1, got {show_value(text)}")
    return number
