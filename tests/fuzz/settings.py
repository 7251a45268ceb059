"""Settings: what is read, or an error that names its file. Edits keep the rest of the file.

The first byte chooses the file: beat.toml, a topic, an organization, or rulings.yaml.
"""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from copydesk import archive, config
from copydesk.errors import ConfigError, CopydeskError, RecordError
from copydesk.news import Verdict
from fuzz import mutation

_CASES = Path(__file__).parents[1] / "cases" / "config"
_FILES = ("beat.toml", "_data/topics/00-ai.yaml", "_data/organizations/known.example.md")
_RULINGS = len(_FILES)
_WHOLE = (
    b'[site]\ntitle = "Tidewatch"\n',
    b"_id: ai\nname: AI\nkeywords:\n  - ai\n",
    b"---\nname: Known News\ndomain: known.example\n---\n",
)
_STORY = "_news/2025-03-04-x.md"
_VERDICT = Verdict(by="ann", at=datetime(2030, 1, 2, tzinfo=UTC), said="hold", why="a: b")
_FOLDER = tempfile.TemporaryDirectory(prefix="fuzz-settings-")
_ROOT = Path(_FOLDER.name)
SEEDS = [
    *(b"\0" + case.read_bytes() for case in sorted(_CASES.glob("*/*.toml"))),
    *(bytes([number]) + data for number, data in enumerate(_WHOLE)),
    bytes([_RULINGS]) + archive.edit_rulings(b"", archive.Rulings().with_verdict(_STORY, _VERDICT)),
]
mutate = mutation.structured(
    re.compile(rb"\n\[+|\]+|[\w.-]+|\s|[^\w\s]"),
    (
        *(
            b"[[source]]\n",
            b"\n[site]\n",
            b" = ",
            b'"',
            b"'''",
            b"{",
            b"}",
            b"true",
            b"nan",
            b"1e400",
        ),
        *(
            b"2024-01-01",
            b"12:30:00",
            b"0x7f",
            b'"\\u0000"',
            b"- ",
            b": ",
            b"\n  ",
            b"*a",
            b"&a",
            b"!!int",
        ),
        *(
            b"[[letter]]\n",
            b"url = 'http://['",
            b"[a.b.c]\n",
            b"null",
            b"~",
            b"name: a",
            b"parent: AI",
        ),
    ),
)


def check(data: bytes) -> None:
    """Read one file, and edit it."""
    kind, body = data[0] % (_RULINGS + 1) if data else 0, data[1:]
    if kind == _RULINGS:
        _check_rulings(body)
        return
    for name, whole in zip(_FILES, _WHOLE, strict=True):
        (_ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (_ROOT / name).write_bytes(whole)
    (_ROOT / _FILES[kind]).write_bytes(body)
    try:
        config.rows(config.load(_ROOT, {}))
    except ConfigError as error:
        _check_error(error, Path(_FILES[kind]).name)
    if kind == 0:
        _check_edit(body)


def _check_error(error: CopydeskError, file: str) -> None:
    assert file in f"{error} {error.hint}", f"names no file: {error!r}"


def _check_edit(body: bytes) -> None:
    try:
        edited = config.change_values(body, {"site.title": "A title"})
    except ConfigError:
        return
    (title,) = config.read_values(edited, ["site.title"])
    assert title.value == "A title"


def _check_rulings(body: bytes) -> None:
    try:
        rulings = archive.parse_rulings(body)
    except RecordError as error:
        _check_error(error, "rulings.yaml")
        return
    wanted = rulings.with_verdict(_STORY, _VERDICT)
    try:
        edited = archive.edit_rulings(body, wanted)
    except CopydeskError:
        return
    assert archive.parse_rulings(edited) == wanted
