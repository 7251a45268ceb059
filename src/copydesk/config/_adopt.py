"""A beat.toml for a site of the reference, made from its _config.yml."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.config.data import Fields, parse_mapping, read_file
from copydesk.errors import ConfigError
from copydesk.kit import urls

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Table

FILE = "_config.yml"
_HEAD = (
    f"Taken over from {FILE} by copydesk adopt. Every key: docs/reference/beat-toml.md",
    "Write [[source]] blocks at the end, or: copydesk sources add URL",
)
_SOURCES = (
    f"{FILE} names no sources: add the first one.",
    "",
    "[[source]]",
    'url = "https://example.org/feed.xml"',
    'name = "Example"',
)


def compose_adoption(root: Path) -> str:
    """Write the text of a beat.toml that runs the reference site at `root` by its own rules.

    Raises ConfigError where there is no _config.yml or it has no title.
    """
    import tomlkit

    fields = _fields(root)
    document = tomlkit.document()
    for line in _HEAD:
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    _add_site(document, fields)
    _add_rules(document)
    _add_publish(document, fields)
    document.add(tomlkit.nl())
    for line in _SOURCES:
        document.add(tomlkit.comment(line))
    return str(tomlkit.dumps(document))


def _fields(root: Path) -> Fields:
    if not os.path.lexists(root / FILE):
        raise ConfigError(
            f"no {FILE} in the folder",
            subject=str(root),
            hint="only a site of the reference can be adopted; start afresh with: copydesk new DIR",
        )
    fields = Fields(parse_mapping(read_file(root, FILE), FILE), FILE)
    if not fields.text("title"):
        raise fields.error("title", "missing", "the site needs a name")
    return fields


def _add_site(document: TOMLDocument, fields: Fields) -> None:
    site = _table(document, "site")
    _put(site, "title", fields.text("title"))
    _put(site, "url", _address(fields, "webUrl", fields.text("webUrl")))
    _put(site, "locale", fields.text("locale").replace("_", "-"))
    _put(site, "timezone", "America/Los_Angeles", "everyday.cc ran on Pacific time")
    _put(site, "topic", fields.text("topic"))


def _add_rules(document: TOMLDocument) -> None:
    import tomlkit

    scoring = _table(document, "scoring")
    _put(scoring, "profile", "everyday", "the site's own rules; copydesk: ours")
    _put(scoring, "off_beat", "keep", "as the site did: all that its sources gave; or drop")
    everyday = tomlkit.table()
    _put(everyday, "organization_points", 40, "the site on AI had 30")
    _put(everyday, "grouping", value=False, comment="the site on AI had true")
    scoring.add("everyday", everyday)


def _add_publish(document: TOMLDocument, fields: Fields) -> None:
    publish = _table(document, "publish")
    _put(publish, "api_v1", value=True)
    api_url = fields.text("url").rstrip("/") + fields.text("baseurl")
    _put(publish, "api_url", _address(fields, "url", api_url))


def _table(document: TOMLDocument, name: str) -> Table:
    import tomlkit

    table = tomlkit.table()
    document.add(name, table)
    return table


def _put(table: Table, key: str, value: str | int | bool, comment: str = "") -> None:
    """Set a key with its comment; a text that says nothing is left out and its default holds."""
    import tomlkit

    if value == "":
        return
    item = tomlkit.item(value)
    if comment:
        item.comment(comment)
    table.add(key, item)


def _address(fields: Fields, key: str, value: str) -> str:
    """Return an address as beat.toml wants it; raises ConfigError for one that is none."""
    if value and urls.fetchable(value) is None:
        raise fields.error(key, f'expected a web address, got "{value}"', f"correct it in {FILE}")
    return value.rstrip("/")
