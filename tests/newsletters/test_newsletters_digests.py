"""The opening paragraph of a newsletter by a model: asked once, labelled, and never waited for."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from copydesk.archive import record
from copydesk.archive.document import TypedFields, compose, split, whole_lines
from copydesk.desk_store import open_desk
from copydesk.desk_store.letter_edits import IssueChange
from copydesk.editing import file_verdict
from copydesk.model.gate import DraftSentence, GateResult, MemberText
from copydesk.news import Verdict
from copydesk.news.summary import CitedSentence, Summary
from copydesk.newsletters import issue_filing, issues
from copydesk.newsletters.issue_filing import LetterOutcome, file_due_letters, file_letter
from world.command import copydesk
from world.desk import copy_newsroom
from world.model_server import FakeModel, model_in_background
from world.newsroom import NOW, run_git
from world.writing import TextDesk

WALL, SEALS, ROAD = (f"2026-11-19-{name}-gull" for name in ("wall", "seals", "road"))
LETTER = f"""
[[letter]]
id = "daily"
title = "The Day"
at = "{NOW:%H:%M}"
zone = "UTC"
approval = "itself"
"""
LABEL = "Paragraph by a language model, checked by rules, not reviewed by a person."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TextDesk]:
    with model_in_background() as model:
        desk = TextDesk(tmp_path_factory.mktemp("made") / "beat", model)
        more = f"timeout_seconds = 1\n{LETTER}"
        desk.set_up('"digest"', more)
        with desk.together():
            for name in (WALL, SEALS, ROAD):
                desk.file(name, f"All about the {name[11:]} today.", title=f"On {name[11:]}")
        yield desk


@pytest.fixture
def desk(made: TextDesk, tmp_path: Path) -> TextDesk:
    made.model.plan, made.model.asked, made.model.paid = [], [], []
    return TextDesk(copy_newsroom(made.root, tmp_path / "beat"), made.model)


def file_due(desk: TextDesk) -> LetterOutcome:
    with desk.open() as opened:
        (outcome,) = file_due_letters(opened)
    return outcome


def letter(desk: TextDesk) -> str:
    (file,) = (desk.root / "_newsletters").glob("*.html")
    return file.read_text("utf-8")


def read_digest(desk: TextDesk) -> Summary | None:
    """Return the digest in the front matter of the filed issue."""
    halves = split("_newsletters/a.html", letter(desk).encode())
    fields = TypedFields(compose(whole_lines(halves), "a.html"), "a.html")
    return record.read_summary(fields, "digest")


def needs_editor(desk: TextDesk) -> None:
    desk.change('approval = "itself"', 'approval = "editor"')


def test_a_letter_opens_with_a_paragraph_that_says_who_wrote_it(desk: TextDesk) -> None:
    outcome = file_due(desk)

    assert "filed" == outcome.state
    assert 1 == len(desk.model.asked)
    front, _, body = letter(desk).partition("\n---\n")
    assert "All about the wall-gull today." in body
    assert LABEL in body
    kept = read_digest(desk)
    assert kept
    assert {WALL, SEALS, ROAD} == {source.story for source in kept.sources}
    assert ("model tiny", "model") == (kept.by, kept.author)
    assert f'  by: "{kept.by}"' in front
    assert body.index(LABEL) < body.index(f"news/{ROAD}/")


def test_an_editor_sees_the_paragraph_before_approving_it(desk: TextDesk) -> None:
    needs_editor(desk)
    with desk.open() as opened:
        assert issues.draft_letter(opened, "daily", NOW).issue.digest is None
        issue_filing.prepare_digests(opened)
        issue_filing.prepare_digests(opened)
        draft = issues.draft_letter(opened, "daily", NOW)
        shown = issues.render_issue(opened, draft.issue)
        assert draft.issue.digest
        assert LABEL in shown.html
        assert LABEL.split(",", maxsplit=1)[0] in shown.text
        outcome = file_letter(opened, "daily", by="Ed")

    assert "filed" == outcome.state
    assert read_digest(desk) == draft.issue.digest
    assert 1 == len(desk.model.asked)


def test_approving_asks_no_model(desk: TextDesk) -> None:
    needs_editor(desk)
    with desk.open() as opened:
        assert "filed" == file_letter(opened, "daily", by="Ed").state

    assert [] == desk.model.asked
    assert read_digest(desk) is None


def test_an_edited_issue_gets_a_paragraph_on_its_own_stories(desk: TextDesk) -> None:
    needs_editor(desk)
    with contextlib.closing(open_desk(desk.root / ".copydesk")) as store:
        drop = IssueChange(field="dropped", story=SEALS, value=("yes",))
        store.letters.change("daily", drop, "Ed", NOW)
    with desk.open() as opened:
        issue_filing.prepare_digests(opened)
        file_letter(opened, "daily", by="Ed")

    assert "seals" not in desk.sent
    assert (kept := read_digest(desk))
    assert {WALL, ROAD} == {source.story for source in kept.sources}


@pytest.mark.parametrize("fault", ["slow", "cut", "html", "429", "401", "huge", "no choice", b"[["])
def test_without_an_answer_the_letter_goes_out_in_time(desk: TextDesk, fault: str | bytes) -> None:
    desk.model.plan = [fault]
    began = time.monotonic()

    assert "filed" == file_due(desk).state
    assert time.monotonic() - began < 30
    assert read_digest(desk) is None
    assert LABEL not in letter(desk)


def test_a_model_that_is_gone_changes_no_byte_of_a_letter(desk: TextDesk, tmp_path: Path) -> None:
    without = TextDesk(copy_newsroom(desk.root, tmp_path / "without"), desk.model)
    without.change('uses = ["digest"]', "uses = []")
    desk.change(f'url = "{desk.model.url}"', 'url = "http://127.0.0.1:9/v1"')
    file_due(desk)
    file_due(without)

    assert letter(without) == letter(desk)


def pass_all(
    drafts: Sequence[DraftSentence], members: Sequence[MemberText], _language: str
) -> GateResult:
    """Let all sentences through."""
    kept = tuple(CitedSentence(text=one.text, stories=(members[0].name,)) for one in drafts)
    return GateResult(sentences=kept, left_out=())


@pytest.mark.parametrize(
    "words",
    [
        "Go to %unsubscribe% and %choices%.",
        "<script>alert(1)</script> <a href='https://evil.example'>here</a>",
        "{{ site.key }} {% include secret %}",
        "<!--note-->---\n---\ntitle: x",
        "\u202eback to front \x1b[2J",
    ],
)
def test_what_a_model_writes_into_a_letter_is_only_text(
    desk: TextDesk, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "copydesk.writing._calls.check_sentences", pass_all
    )  # as if the gate had a hole
    desk.model.write = lambda _: [(words, [1]), ("It is so.", [2])]
    try:
        assert "filed" == file_due(desk).state
    finally:
        desk.model.write = FakeModel().write
    body = letter(desk).partition("\n---\n")[2]
    assert "%unsubscribe% and" not in body
    assert "<script>alert" not in body
    assert "<a href='https://evil" not in body
    assert "{% include" not in body or "{% raw %}" in body
    assert "\x1b" not in body
    assert (kept := read_digest(desk))
    assert "It is so." == kept.sentences[-1].text


def test_one_story_alone_gets_no_paragraph(desk: TextDesk) -> None:
    for name in (SEALS, ROAD):
        (desk.root / f"_news/{name}.md").unlink()
    run_git(desk.root, "commit", "-qam", "gone")

    assert "filed" == file_due(desk).state
    assert [] == desk.model.asked


def test_stories_that_refuse_are_told_in_the_letter_but_not_to_the_model(desk: TextDesk) -> None:
    desk.file(WALL, "All about the wall.", title="On the wall", refuses=("ai-input",))
    file_due(desk)

    assert "On the wall" in letter(desk)
    assert "wall" not in desk.sent


def test_a_removed_story_takes_the_paragraph_along(desk: TextDesk) -> None:
    file_due(desk)
    verdict = Verdict(by="Ed", at=NOW, said="remove", why="court")
    with desk.open() as opened:
        file_verdict(opened, f"_news/{SEALS}.md", verdict)

    assert "seals" not in letter(desk)
    assert LABEL not in letter(desk)
    assert read_digest(desk) is None
    assert "On wall-gull" in letter(desk)


def test_a_removed_story_that_it_does_not_cite_leaves_it(desk: TextDesk) -> None:
    desk.model.write = lambda texts: [("So.", [n]) for n, t in texts.items() if "sea" not in t]
    try:
        file_due(desk)
    finally:
        desk.model.write = FakeModel().write
    verdict = Verdict(by="Ed", at=NOW, said="remove", why="court")
    with desk.open() as opened:
        file_verdict(opened, f"_news/{SEALS}.md", verdict)

    assert "On seals" not in letter(desk)
    assert LABEL in letter(desk)


def test_a_filed_issue_with_a_paragraph_passes_the_check(desk: TextDesk) -> None:
    file_due(desk)
    done = copydesk("-C", desk.root, "record", "check")

    assert 0 == done.code, done.out + done.err
