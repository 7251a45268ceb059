"""Laws of the ledger of sources: what is written comes back, and is written the same again."""

from __future__ import annotations

import contextlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from copydesk.archive.ledger import Ledger, SourceEnded, SourceKept, SourceMoved, read_ledger
from copydesk.errors import RecordError
from world import records

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
WORD = st.one_of(TEXT.filter(bool), st.sampled_from(["https://a.example/?x=1#y", "null", "~", "1"]))
MOMENT = st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
LEDGER = st.builds(
    Ledger,
    moved=st.dictionaries(WORD, st.builds(SourceMoved, to=WORD, at=MOMENT), max_size=3),
    ended=st.dictionaries(WORD, st.builds(SourceEnded, at=MOMENT, why=TEXT), max_size=3),
    kept=st.dictionaries(WORD, st.builds(SourceKept, by=TEXT, at=MOMENT, why=TEXT), max_size=3),
)


@given(before=LEDGER, after=LEDGER)
def test_a_ledger_comes_back_whatever_stood_there(before: Ledger, after: Ledger) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        records.write_ledger(root, before)
        assert before == read_ledger(root)
        records.write_ledger(root, after)
        assert after == read_ledger(root)
        assert not records.write_ledger(root, after)


@given(noise=st.one_of(st.binary(max_size=200), TEXT.map(lambda text: f"moved: {text}".encode())))
def test_no_bytes_make_the_reader_fall(noise: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "_data" / "sources.yaml"
        file.parent.mkdir()
        file.write_bytes(noise)
        with contextlib.suppress(RecordError):
            read_ledger(Path(folder))
