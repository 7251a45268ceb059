"""Laws of files of readers: whatever a column holds, who left is never taken for a reader."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import UsageError
from copydesk.newsletters import exchange
from world.readers import ReadersDesk, readers_desk

COLUMNS = (
    "status",
    "State",
    "subscribed",
    "Opt-in",
    "opted out",
    "unsubscribed_at",
    "bounced",
    "x",
)
LEFT = ("unsubscribed", "Bounced", "hard-bounce", "complained", " UNSUBSCRIBED ", "opted_out")
OTHERS = (
    "subscribed",
    "active",
    "yes",
    "no",
    "",
    "1",
    "0",
    "2024-01-02",
    "pending",
    "odd",
    "\x1b[0m",
)


@pytest.fixture(scope="module")
def desk() -> Iterator[ReadersDesk]:
    with (
        tempfile.TemporaryDirectory(prefix="import-laws-") as folder,
        readers_desk(Path(folder) / "beat") as opened,
    ):
        yield opened


@given(
    columns=st.lists(st.sampled_from(COLUMNS) | st.text(max_size=12), min_size=1, max_size=3),
    rows=st.lists(
        st.lists(st.sampled_from(LEFT + OTHERS) | st.text(max_size=12), max_size=4), max_size=6
    ),
)
def test_who_left_is_never_taken_for_a_reader(
    columns: list[str], rows: list[list[str]], desk: ReadersDesk
) -> None:
    lines: list[exchange.ImportedRow] = []
    out = io.StringIO()
    csv.writer(out).writerows(
        [["email", *columns], *([f"r{n}@x.example", *row] for n, row in enumerate(rows))]
    )
    path = desk.newsroom.root / "list.csv"
    path.write_text(out.getvalue(), "utf-8", errors="replace", newline="")
    options = exchange.ImportOptions(
        letter="daily", consent="all of them agreed", is_rehearsal=True
    )

    try:
        exchange.import_readers(desk.newsroom, desk.store, path, options, lines.append)
    except UsageError as refused:
        told = str(refused)
    else:
        told = ""
    assert "\x1b" not in told
    if told:
        return
    if len(lines) != len(rows):  # a cell broke a row in two
        return
    for row, line in zip(rows, lines, strict=True):
        if any(cell in LEFT for cell in row[: len(columns)]):
            assert line.kind != "added"
