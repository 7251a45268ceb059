"""What docs/reference/versions.md says of the stores in `.copydesk` is what their files carry."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from copydesk.catalogue import Catalogue
from copydesk.desk_store import open_desk
from copydesk.mail_store import open_mail
from copydesk.memory import Memory

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "versions.md"
TOLD = re.compile(
    r"^\| `\.copydesk/(\w+)\.sqlite` \| `PRAGMA user_version`, now (\d+) ", re.MULTILINE
)


def test_the_version_of_each_store_is_the_one_that_is_told(tmp_path: Path) -> None:
    memory, catalogue = Memory(tmp_path / "memory.sqlite"), Catalogue(tmp_path / "catalogue.sqlite")
    for store in (memory, catalogue, open_desk(tmp_path), open_mail(tmp_path)):
        store.close()

    told = {name: int(version) for name, version in TOLD.findall(PAGE.read_text("utf-8"))}

    assert told == {path.stem: version_of(path) for path in tmp_path.glob("*.sqlite")}


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
