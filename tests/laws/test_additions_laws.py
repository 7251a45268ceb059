"""Laws of sentences from other reports: word for word, at most three, within what may be shown."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.judge.coverage import choose_additions
from copydesk.news import Shelved
from judge.covered import BEAT, story

PIECES = st.sampled_from(
    [
        "The council of Port Sable pays 41 million crowns for the sea wall. ",
        "Engineer Marek Olsen told the council of Port Sable that it lost 112 stones of the wall. ",
        '"The sea came to our doors, to all of our doors," said Ada Holm of Port Sable. ',
        "“We waited. ", "Too long,” she said. ", "He added 5,000 crowns. ", "\n\n", "\n\n", "\n",
        "- ", "> ", "## ", '"', "'", "(", "…", "。", " 海堤 ", " جدار ", "\u202e", "\u0301", "A. ",
        "Mr. Dahl of the Port Sable council asked for 17 gates in the sea wall. ",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=80)
REPORTS = st.lists(
    st.tuples(TEXTS, st.integers(0, 400) | st.none(), st.text(max_size=60)), max_size=6
)


@settings(max_examples=200, deadline=None)
@given(REPORTS, TEXTS)
def test_additions_are_quoted_word_for_word_within_what_may_be_shown(
    reports: list[tuple[str, int | None, str]], lead: str
) -> None:
    beside = {
        f"n{at}": Shelved(
            story=story(f"n{at}", language="en", excerpt=excerpt), text=text, quotable=quotable
        )
        for at, (text, quotable, excerpt) in enumerate(reports)
    }
    leader = Shelved(story=story("gull", "Sea wall to rise"), text=lead)

    chosen = choose_additions(leader, list(beside.values()), BEAT, {})

    assert len({addition.story for addition in chosen}) == len(chosen) <= 3
    for addition in chosen:
        source = beside[addition.story]
        assert source.text.count(addition.text) == 1
        assert addition.text.isprintable()
        assert len(addition.text) + len(source.story.excerpt) <= (source.quotable or 0)
        assert addition.why
