"""Rules on the texts by a model: what is refused, what comes back, what wins over scoring anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import editing
from copydesk.archive import Archive
from copydesk.editing.stories import list_texts
from copydesk.errors import UsageError
from copydesk.news import EditorAction
from copydesk.news.summary import CitedSentence, Summary, Translation, digest_text
from copydesk.newsroom import Silence, open_newsroom
from copydesk.rounds import rejudging
from world import records
from world.desk import NAMES, act, action, desk_newsroom, read, see, stories, undo
from world.newsroom import NOW, newsroom

A, B, C, *_ = NAMES
TEXT = "The coast is long. Birds live there."


def text_newsroom(root: Path) -> Path:
    """Make a newsroom whose first story has a model's summary and translated headline."""
    first, *others = stories()
    summary = Summary(
        sentences=(
            CitedSentence(text="The coast is long.", stories=(A,)),
            CitedSentence(text="Birds live there.", stories=(B,)),
        ),
        by="model tiny",
        at=NOW,
        language="en",
        digest=digest_text(TEXT),
    )
    translation = Translation(
        title="A coast",
        original=first.title,
        language="en",
        by="model tiny",
        at=NOW,
        digest=digest_text("A coast"),
    )
    return desk_newsroom(root, [replace(first, summary=summary, translation=translation), *others])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return text_newsroom(tmp_path / "beat")


def set_to(field: str, words: str, *opened: str, by: str = "Anna", **more: object) -> EditorAction:
    return action("rule", "set", A, by=by, values=(field, words, *opened), **more)  # type: ignore[arg-type]


def test_a_models_summary_is_refused_until_all_its_reports_are_opened(root: Path) -> None:
    [outcome] = act(root, set_to("summary", TEXT, A))

    assert ("refused", f"open the cited reports first: {B}") == (outcome.state, outcome.what)
    assert read(root, A).summary.review is None  # type: ignore[union-attr]

    [outcome] = act(root, set_to("summary", f"  {TEXT}\n", B, C, A))

    assert "done" == outcome.state
    review = read(root, A).summary.review  # type: ignore[union-attr]
    assert review is not None
    assert ("Anna", (A, B), None) == (review.by, review.opened, review.changed)


@pytest.mark.parametrize(
    ("field", "words", "why"),
    [
        ("summary", " ", "is empty"),
        ("summary", "x" * 2001, "too long"),
        ("translation", "x" * 501, "too long"),
    ],
)
def test_a_text_has_words_and_not_too_many(root: Path, field: str, words: str, why: str) -> None:
    [outcome] = act(root, set_to(field, words))

    assert "refused" == outcome.state
    assert why in outcome.what


def test_everyday_refuses_a_text_in_plain_words(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more='[scoring]\nprofile = "everyday"\n')
    records.write(Archive(root), replace(stories()[0], reasons=(), machine=()))
    with open_newsroom(root, NOW, {}) as opened:
        new = editing.NewRule(said="set", paths=(f"_news/{A}.md",), values=("summary", "Ours."))
        with pytest.raises(UsageError, match=r"need the setting scoring\.profile"):
            editing.file_rule(opened, new)


def test_undone_a_review_goes_and_the_models_text_stays(root: Path) -> None:
    approved = set_to("summary", TEXT, A, B)
    act(root, approved)
    before = read(root, A).summary
    act(root, action("rule", "undo", A, values=("set", "summary")))

    after = read(root, A).summary
    assert after is not None
    assert before == replace(after, review=before.review)  # type: ignore[union-attr]
    assert after.review is None


def test_undone_as_an_action_a_dropped_text_is_back(root: Path) -> None:
    before, dropped = read(root, A), set_to("summary", "none")
    act(root, dropped)
    assert read(root, A).summary is None

    act(root, undo(dropped))

    assert before.summary == read(root, A).summary


def test_who_saw_another_text_is_told_of_a_conflict(root: Path) -> None:
    seen = see(root, A)
    act(root, set_to("summary", "Bea's words.", by="Bea"))

    [outcome] = act(root, set_to("summary", "Anna's words.", base=seen))

    assert "conflict" == outcome.state
    assert [("summary", "Bea's words.")] == [(one.field, one.now) for one in outcome.conflicts]


def test_scoring_anew_changes_no_text_that_an_editor_or_a_hand_wrote(root: Path) -> None:
    act(root, set_to("summary", TEXT, A, B), set_to("translation", "Ours"))
    before = read(root, A)
    with open_newsroom(root, NOW, {}) as opened:
        rejudging.apply_rejudging(opened, 0, Silence())

    after = read(root, A)
    assert (before.summary, before.translation) == (after.summary, after.translation)


def test_a_list_of_texts_says_who_reviewed_which(root: Path) -> None:
    act(root, set_to("summary", TEXT, A, B), set_to("translation", "Ours"))
    with open_newsroom(root, NOW, {}) as opened:
        texts, failed = list_texts(opened)

    assert () == failed
    assert {"summary": "by a model, reviewed", "translation": "by a person"} == {
        one.kind: one.label for one in texts
    }
    assert [("Anna", (A, B)), ("Anna", ())] == [
        (one.written.review.by, one.written.review.opened)
        for one in sorted(texts, key=lambda one: one.kind)
        if one.written.review
    ]
