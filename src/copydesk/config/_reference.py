"""The reference page of beat.toml, generated from the options of its sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from copydesk.config._sections import BLOCKS, LISTING, SECTIONS, Section
from copydesk.kit.options import Option

_HEAD = """\
# beat.toml

Every key of a newsroom's `beat.toml`. This page is generated from the table that the program itself
reads (`./run.sh docs`), so it is complete. `copydesk config` shows every value with its origin.

`format = 1`, above all tables, says in which format the file is written. It may be left out; a file
in a newer format than this copydesk knows is refused ([versions](versions.md)).

A key that is not listed here is an error that names its path and the nearest known key. Sizes are
bytes, an address has no final slash, a text is one line.

More comes from the environment: `COPYDESK_KEY`, the key of the sealed part of records (32 bytes in
base64), goes before the file `.copydesk/key`; `COPYDESK_METRICS_TOKEN` opens `/metrics` of
`copydesk serve` to whoever sends it; `headers_env`, `proxy_env` and `secret_env` name a variable of
yours; and passwords and tokens stand in those that a table below names. An environment variable in
the column *default* goes before the file.

[Topics](topics.md) are files in `_data/topics/*.yaml`, known publishers files in
`_data/organizations/*.md`, and their logos `assets/images/organizations/<domain>-50x50.jpg`. Two
publishers whose files name one `owner` are one house, and count as one voice.
"""


def reference_page() -> str:
    """Write docs/reference/beat-toml.md."""
    sections = "\n".join("\n".join(_section(section)) for section in (*SECTIONS, *BLOCKS))
    return f"{_HEAD}\n{sections}"


def _section(section: Section) -> Iterator[str]:
    is_block = section in BLOCKS and section is not LISTING
    brackets = f"[[{section.name}]]" if is_block else f"[{section.name}]"
    yield f"## `{brackets}`"
    yield ""
    yield section.about
    yield ""
    yield "| key | value | default | what it is for |"
    yield "|---|---|---|---|"
    for option in section.options.values():
        default = "**required**" if option.required else _default(option)
        yield f"| `{option.name}` | {option.kind.name} | {default} | {option.about} |"
    yield ""


def _default(option: Option) -> str:
    """Write a default as it would stand in the file."""
    value = option.default
    if value is None:
        text = "none"
    elif isinstance(value, bool):
        text = f"`{str(value).lower()}`"
    elif isinstance(value, tuple):
        text = "`[]`"
    elif isinstance(value, Mapping):
        text = "`{}`"
    elif isinstance(value, str):
        text = f'`"{value}"`'
    else:
        text = f"`{value}`"
    return f"{text}, or `{option.variable}`" if option.variable else text
