"""Laws of the desk: two editors and a round, in any order, with kills: no edit lost, each once."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import archive, newsroom, review
from copydesk.archive import Archive
from copydesk.archive import change as steps
from copydesk.archive.change import Change, is_cut_short
from copydesk.archive.record import parse_story
from copydesk.desk_store import open_desk
from copydesk.desk_store.action_queue import ActionQueue
from copydesk.editing.applying import field_digests
from copydesk.news import EditorAction, Story
from copydesk.news.ruling import ActionOutcome, Said
from copydesk.newsroom.filing import write_lock
from copydesk.review.rules import find_ruled_fields
from world.desk import NAMES, action, copy_newsroom, desk_newsroom, read, see, stories, undo, work
from world.newsroom import NOW, run_git

pytestmark = pytest.mark.slow

EDITORS = ("Anna", "Ben")
STORIES = NAMES[:2]
KILLS = ("write", "settle", "sync", "note")


class Killed(BaseException):
    """Stands for a kill: nothing of ours catches it."""


@dataclass(slots=True)
class Desk:
    """A newsroom with two editors: what each of them sees, and what they were answered."""

    root: Path
    queue: ActionQueue
    seen: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    put: dict[str, EditorAction] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def look(self, editor: str, name: str) -> None:
        """Let an editor's page show a story as it stands now."""
        self.seen[editor, name] = see(self.root, name)

    def say(self, said: EditorAction) -> None:
        """Let the browser send an action, and once more: the answer was lost."""
        self.put[said.id] = said
        self.queue.put([said])
        self.queue.put([said])


Event = Callable[[Desk], None]


def look(editor: str, name: str) -> Event:
    return lambda desk: desk.look(editor, name)


def change(editor: str, name: str, field_name: str) -> Event:
    """Give a headline, an excerpt or a note that nobody else would write."""

    def happen(desk: Desk) -> None:
        words = f"{field_name} {next(desk.numbers)} by {editor}"
        kind, values = (
            ("rename", (words,)) if field_name == "title" else ("set", (field_name, words))
        )
        desk.say(action("rule", kind, name, by=editor, values=values, seen=desk.seen[editor, name]))

    return happen


def judge(editor: str, name: str, said: Said) -> Event:
    def happen(desk: Desk) -> None:
        seen, why = desk.seen[editor, name], str(next(desk.numbers))
        desk.say(action("verdict", said, name, by=editor, why=why, seen=seen))

    return happen


def take_back(editor: str, at: int) -> Event:
    """Undo one of the actions so far, whoever did it."""

    def happen(desk: Desk) -> None:
        if desk.put:
            desk.say(undo(list(desk.put.values())[at % len(desk.put)], by=editor))

    return happen


def correct(name: str) -> Event:
    """Change a record as a round does that looked at its page: what no editor's rule holds."""

    def happen(desk: Desk) -> None:
        with newsroom.open_newsroom(desk.root, NOW, {}) as opened:
            lock = write_lock(opened)
            with lock.hold():
                rules = archive.read_rulings(desk.root).rules
                beat = replace(opened.beat, rulings=rules)
                story = Archive(desk.root).read(f"_news/{name}.md")
                number = next(desk.numbers)
                fresh = replace(story, title=f"As its page has it, {number}", heat=100 + number)
                if "title" in find_ruled_fields(story, beat):
                    fresh = replace(fresh, title=story.title)
                after = review.keep_hand_edits(story, fresh, dict(story.machine))
                change = opened.archive.change(after)
                Change(files=(change,), message="news: a correction", when=NOW).commit(lock)

    return happen


def work_off(kill: str | None, at: int) -> Event:
    """Let the worker file what waits; it may be killed at the n-th step of a kind."""

    def happen(desk: Desk) -> None:
        with pytest.MonkeyPatch.context() as patch:
            if kill == "note":
                patch.setattr(ActionQueue, "note", die_at(ActionQueue.note, at, is_note))
            elif kill is not None:
                patch.setattr(steps, kill, die_at(getattr(steps, kill), at, lambda *_: True))
            with contextlib.suppress(Killed):
                work(desk.root, desk.queue)

    return happen


def is_note(_: ActionQueue, outcomes: Iterable[ActionOutcome]) -> bool:
    return isinstance(outcomes, list)  # those of the worker: the queue's own are read on the way


def die_at(
    step: Callable[..., object], at: int, counts: Callable[..., bool]
) -> Callable[..., object]:
    """Let the n-th call of a step be the process' last."""
    calls = itertools.count()

    def dying(*given: object, **more: object) -> object:
        if counts(*given) and next(calls) == at:
            raise Killed
        return step(*given, **more)

    return dying


EDITOR, NAME = st.sampled_from(EDITORS), st.sampled_from(STORIES)
SAIDS: tuple[Said, ...] = ("publish", "hold", "reject")
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(change, EDITOR, NAME, st.sampled_from(("title", "excerpt", "note"))),
    st.builds(change, EDITOR, NAME, st.sampled_from(("title", "excerpt", "note"))),
    st.builds(judge, EDITOR, NAME, st.sampled_from(SAIDS)),
    st.builds(look, EDITOR, NAME),
    st.builds(take_back, EDITOR, st.integers(0, 9)),
    st.builds(correct, NAME),
    st.builds(work_off, st.none() | st.sampled_from(KILLS), st.integers(0, 2)),
    st.builds(work_off, st.none() | st.sampled_from(KILLS), st.integers(0, 2)),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desk_newsroom(tmp_path_factory.mktemp("made") / "beat", stories(len(STORIES)))


@settings(max_examples=12)
@given(events=st.lists(EVENTS, min_size=4, max_size=14))
def test_no_edit_is_lost_and_each_is_filed_once(made: Path, events: list[Event]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = copy_newsroom(made, Path(folder) / "beat")
        with closing(open_desk(root / ".copydesk")) as store:
            desk = Desk(root=root, queue=store.actions)
            for editor, name in itertools.product(EDITORS, STORIES):
                desk.look(editor, name)
            for event in events:
                event(desk)
            work(root, desk.queue)
            work(root, desk.queue)
            must_be_answered_once(desk)
            must_overwrite_nothing_unseen(desk)


def must_be_answered_once(desk: Desk) -> None:
    """Each action has one answer; in git is each that changed something, once, and no other.

    Of a word that was taken back before it was filed nothing is to be seen.
    """
    assert desk.queue.waiting(1) == ()
    answers = {name: told.outcome for name, told in desk.queue.state(list(desk.put)).items()}
    assert answers.keys() == desk.put.keys()
    filed = {name: told.commit for name, told in answers.items() if told and told.commit}
    log = run_git(desk.root, "log", "--format=%H%n%B").splitlines()
    commits: dict[str, str] = {}
    counts: Counter[str] = Counter()
    commit = ""
    for line in log:
        commit = line if len(line) == 40 and " " not in line else commit
        if line.startswith("Copydesk-Action: "):
            commits[line.rpartition("#")[2]] = commit
            counts[line.rpartition("#")[2]] += 1
    assert filed == commits
    assert set(counts.values()) <= {1}
    assert not is_cut_short(desk.root)
    assert run_git(desk.root, "status", "--porcelain") == ""


def must_overwrite_nothing_unseen(desk: Desk) -> None:
    """Walk the commits: no editor's word takes the place of what he never saw, or wrote himself."""
    for commit in run_git(desk.root, "log", "--topo-order", "--reverse", "--format=%H").split()[2:]:
        message = run_git(desk.root, "log", "-1", "--format=%B", commit)
        ids = [line.rpartition("#")[2] for line in message.splitlines() if " #act-" in line]
        said = [desk.put[one] for one in ids]
        for name in STORIES:
            must_have_seen(desk, commit, name, said)


def must_have_seen(desk: Desk, commit: str, name: str, said: list[EditorAction]) -> None:
    before, after = (read_at(desk.root, at, name) for at in (f"{commit}^", commit))
    was, now = (field_digests(story, story.verdict) for story in (before, after))
    for changed in (one for one in ("title", "excerpt", "note", "verdict") if was[one] != now[one]):
        if not said:
            continue  # a round
        words = {"title": before.title, "excerpt": before.excerpt, "note": before.note}
        verdict_by = before.verdict.by if before.verdict else ""
        is_own = words.get(changed, "").endswith(f" by {said[0].by}") or verdict_by == said[0].by
        is_seen = any(one.seen.get(f"{name} {changed}") == was[changed] for one in said)
        assert is_own or is_seen or any(one.kind == "undo" for one in said), (changed, said)


def read_at(root: Path, commit: str, name: str) -> Story:
    path = f"_news/{name}.md"
    return parse_story(path, run_git(root, "show", f"{commit}:{path}").encode())


def test_what_is_read_back_is_what_was_said_last(made: Path, tmp_path: Path) -> None:
    root = copy_newsroom(made, tmp_path / "beat")
    with closing(open_desk(root / ".copydesk")) as store:
        desk = Desk(root=root, queue=store.actions)
        desk.look("Anna", STORIES[0])
        change("Anna", STORIES[0], "title")(desk)
        work_off("settle", 0)(desk)
        work(root, desk.queue)
        must_be_answered_once(desk)
    assert read(root, STORIES[0]).title == "title 0 by Anna"
