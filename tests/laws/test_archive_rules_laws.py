"""Laws of the lasting rules: what is written comes back, and is written the same again."""

from __future__ import annotations

import contextlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from copydesk.archive import Rulings, read_rulings
from copydesk.errors import RecordError
from copydesk.news import Ruling
from world import records

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
WORD = st.one_of(TEXT.filter(str.strip), st.sampled_from(["null", "~", "1", "- a: b", "{x"]))
NAME = st.from_regex(r"[0-9a-z][0-9a-z-]{0,20}", fullmatch=True)
MOMENT = st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
WORDS = st.lists(WORD, min_size=1, max_size=3).map(tuple)
SIGNED = {"by": TEXT, "at": MOMENT, "why": TEXT}
RULES = st.lists(
    st.one_of(
        st.builds(Ruling, said=st.just("block"), values=WORDS, **SIGNED),
        st.builds(
            Ruling, said=st.just("merge"), stories=st.lists(NAME, min_size=2).map(tuple), **SIGNED
        ),
        st.builds(
            Ruling,
            said=st.just("pin"),
            stories=st.tuples(NAME),
            until=st.none() | MOMENT,
            **SIGNED,
        ),
        st.builds(
            Ruling,
            said=st.just("set"),
            stories=st.tuples(NAME),
            values=st.tuples(st.sampled_from(["excerpt", "picture", "url", "note"]), WORD),
            **SIGNED,
        ),
        st.builds(Ruling, said=st.just("lead"), stories=st.tuples(NAME), **SIGNED),
    ),
    max_size=4,
).map(tuple)


@given(before=RULES, after=RULES)
def test_rules_come_back_whatever_stood_there(
    before: tuple[Ruling, ...], after: tuple[Ruling, ...]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        records.write_rulings(root, Rulings(rules=before, removed=("https://a.example/",)))
        assert read_rulings(root).rules == before
        records.write_rulings(root, Rulings(rules=after))
        assert read_rulings(root) == Rulings(rules=after)
        assert not records.write_rulings(root, Rulings(rules=after))


@given(noise=st.one_of(st.binary(max_size=200), TEXT.map(lambda text: f"rules: {text}".encode())))
def test_no_bytes_make_the_reader_fall(noise: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "_data" / "rulings.yaml"
        file.parent.mkdir()
        file.write_bytes(noise)
        with contextlib.suppress(RecordError):
            read_rulings(Path(folder))
