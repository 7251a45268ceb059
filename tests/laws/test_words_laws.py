"""Laws of words during a round: none is lost or written over, whatever comes when, even a kill."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import archive, editing, rounds
from copydesk.archive import change as steps
from copydesk.archive import read_rulings
from copydesk.archive.change import WriteLock, is_cut_short
from copydesk.errors import CopydeskError
from copydesk.news import Verdict
from copydesk.news.ruling import RulingKind, Said
from copydesk.newsroom import Newsroom, Silence, open_newsroom
from copydesk.rounds import run_round
from copydesk.rounds.outcomes import Stopwatch
from world.later import SEALS_RECORD, WALL_RECORD, run
from world.newsroom import KEY, NOW, WALL, feed, newsroom, page, record_web, run_git, small_web

pytestmark = pytest.mark.slow

EVERYDAY = '[scoring]\nprofile = "everyday"\n[scoring.everyday]\norganization_points = 40\n'
COPY_PAGE = "https://heron.example/wall"
COPY_RECORD = "_news/2026-11-20-a-higher-sea-wall.md"
RECORDS = (WALL_RECORD, SEALS_RECORD)
EDITED = "Edited by hand"
SAIDS: tuple[Said, ...] = ("publish", "hold", "reject", "remove")

Act = Callable[["World"], None]


class Killed(BaseException):
    """Stands for a kill: nothing of ours catches it."""


class World:
    """A newsroom, and what people were told has been done in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commits: list[str] = []
        self.edits: set[str] = set()
        self.is_blocked = False
        self.is_journalled = False

    def say(self, word: Callable[[Newsroom], object]) -> None:
        """Say a word; one that is refused, since a person has the file, was not said."""
        with (
            contextlib.suppress(CopydeskError),
            open_newsroom(self.root, NOW + timedelta(hours=2), {"COPYDESK_KEY": KEY}) as opened,
        ):
            report = word(opened)
            commit = getattr(report, "commit", None)
            self.commits += [commit] if commit else []

    def standing(self) -> object:
        """Return what people said, as it is kept: rules, verdicts on each record, removals."""
        rulings = read_rulings(self.root)
        stories = archive.Archive(self.root)
        said = {path: stories.read(path).verdict or rulings.verdict_on(path) for path in RECORDS}
        return (rulings.rules, said, rulings.removed)


def verdict(said: Said, path: str) -> Act:
    spoken = Verdict(by="Ed", at=NOW, said=said, why="so")
    return lambda world: world.say(lambda opened: editing.file_verdict(opened, path, spoken))


def clear(path: str) -> Act:
    return lambda world: world.say(lambda opened: editing.clear_verdict(opened, path, "Ed", "so"))


def rule(said: RulingKind, *paths: str, values: tuple[str, ...] = ()) -> Act:
    new = editing.NewRule(said=said, by="Ed", paths=paths, values=values)
    return lambda world: world.say(lambda opened: editing.file_rule(opened, new))


def block(world: World) -> None:
    """Block a word of the new story's headline; what is journalled already is filed."""
    rule("block", values=("higher",))(world)
    world.is_blocked |= not world.is_journalled


def edit(path: str) -> Act:
    def by_hand(world: World) -> None:
        file = world.root / path
        lines = file.read_text("utf-8").split("\n")
        at = next(number for number, line in enumerate(lines) if line.startswith("title: "))
        file.write_text("\n".join([*lines[:at], f'title: "{EDITED}"', *lines[at + 1 :]]), "utf-8")
        world.edits.add(path)

    return by_hand


ACTS: st.SearchStrategy[Act] = st.one_of(
    st.builds(
        verdict,
        st.sampled_from(SAIDS),
        st.sampled_from(RECORDS),
    ),
    st.builds(clear, st.sampled_from(RECORDS)),
    st.sampled_from(
        (
            rule("rename", WALL_RECORD, values=("The wall",)),
            rule("set", SEALS_RECORD, values=("excerpt", "Seals, again.")),
            rule("pin", SEALS_RECORD),
            rule("lead", WALL_RECORD),
            rule("split", WALL_RECORD, SEALS_RECORD),
            rule("merge", WALL_RECORD, SEALS_RECORD),
            block,
            edit(SEALS_RECORD),
        )
    ),
)
MOMENTS = ("fetches", "judges", "has judged", "between lots")
KILLS = (None, "write", "settle", "sync")
PLANS = st.lists(st.tuples(st.sampled_from(MOMENTS), ACTS), min_size=1, max_size=4)


class AtStage(Silence):
    """Do something when the round begins to fetch pages."""

    def __init__(self, do: Callable[[str], None]) -> None:
        self._do = do

    def stage(
        self, name: str, total: int | None = None, hosts: Mapping[str, int] | None = None
    ) -> None:
        """Do it at the stage that is meant."""
        if name == "pages":
            self._do("fetches")


class AtMoment(Stopwatch):
    """Do something whenever the round begins to judge, all words taken in, or to file."""

    def __init__(self, do: Callable[[str], None]) -> None:
        super().__init__()
        self._do = do
        self._has_taken_in = False

    @contextlib.contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Do it at a stage that is meant."""
        if stage == "file":
            self._do("has judged")
        elif stage == "judge" and self._has_taken_in:
            self._do("judges")
        self._has_taken_in |= stage == "judge"
        with super().measure(stage):
            yield


def disturbed_round(
    world: World, web: Path, plan: Sequence[tuple[str, Act]], kill: str | None
) -> None:
    """Run a round in which people act at moments, and which may be killed."""

    def act(moment: str) -> None:
        world.is_journalled |= moment == "between lots"
        due = [one for one in left if one[0] == moment]
        left[:] = [one for one in left if one[0] != moment]
        for _, one in due:
            one(world)

    left = list(plan)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WriteLock, "lot_seconds", -1.0)
        patch.setattr(WriteLock, "give_way", lambda lock: _let(lock, lambda: act("between lots")))
        if kill is not None:
            patch.setattr(steps, kill, _kill_of_round(kill))
        with (
            contextlib.suppress(Killed),
            open_newsroom(world.root, NOW + timedelta(hours=2), {"COPYDESK_KEY": KEY}) as opened,
        ):
            options = rounds.RoundOptions(web=web, all_due=True)
            run_round(opened, options, AtStage(act), AtMoment(act))


def _let(lock: WriteLock, do: Callable[[], None]) -> None:
    lock._lock.release()
    do()
    assert lock._lock.acquire()


def _kill_of_round(name: str) -> Callable[..., object]:
    """Kill the round at a step, but no word: that is another process."""
    step = getattr(steps, name)

    def killed(*given: object, **more: object) -> object:
        words = _subjects(given)
        if any(one.startswith("news:") for one in words):
            raise Killed
        return step(*given, **more)

    return killed


def _subjects(given: Sequence[object]) -> list[str]:
    entries = [getattr(one, "entry", None) for one in given]
    return [entry.subject for entry in entries if entry is not None]


@pytest.fixture(scope="module", params=["", EVERYDAY], ids=["copydesk", "everyday"])
def filed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """Give a newsroom after its first round, and a later web with a copy of a story in it."""
    folder = tmp_path_factory.mktemp("words")
    root = newsroom(folder / "beat", more=request.param)
    answers = small_web()
    run(root, record_web(folder / "first.warc.gz", answers))
    answers["https://heron.example/feed.xml"] = feed(
        ("A higher sea wall", COPY_PAGE, "Fri, 20 Nov 2026 06:00:00 GMT")
    )
    answers[COPY_PAGE] = page("A higher sea wall", WALL, date="2026-11-20T06:00:00Z")
    return root, record_web(folder / "later.warc.gz", answers)


@settings(max_examples=6)
@given(plan=PLANS, kill=st.sampled_from(KILLS))
def test_no_word_and_no_edit_is_lost_whatever_comes_during_a_round(
    filed: tuple[Path, Path], plan: list[tuple[str, Act]], kill: str | None
) -> None:
    start, web = filed
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(shutil.copytree(start, Path(folder) / "beat", symlinks=True)))
        disturbed_round(world, web, plan, kill)
        said = world.standing()
        run(world.root, web, 3, all_due=True)
        run(world.root, web, 4, all_due=True)

        assert said == world.standing()
        _must_be_whole(world)
        last = run(world.root, web, 5, all_due=True)
        assert (last.filed, last.updated, last.commit) == ((), (), None)


def _must_be_whole(world: World) -> None:
    log = run_git(world.root, "log", "--format=%H").split()
    assert set(world.commits) <= set(log)
    assert not is_cut_short(world.root)
    dirty = {line[3:] for line in run_git(world.root, "status", "--porcelain").splitlines()}
    assert dirty == world.edits
    stories = archive.Archive(world.root)
    assert all(stories.read(path).title == EDITED for path in world.edits)
    if world.is_blocked:
        assert not (world.root / COPY_RECORD).exists()
    for path in RECORDS:
        story = stories.read(path)
        word = story.verdict or read_rulings(world.root).verdict_on(path)
        if word is not None and path not in world.edits:
            assert story.published == (word.said == "publish")
