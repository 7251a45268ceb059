"""A person's word counts at any moment of a round: at once, or in the next one; never lost."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import editing, rounds
from copydesk.archive import read_rulings
from copydesk.archive.change import WriteLock, is_cut_short
from copydesk.news import Verdict
from copydesk.news.ruling import RulingKind, Said
from copydesk.newsroom import Newsroom, Progress, Silence, open_newsroom, reports
from copydesk.rounds import run_round
from copydesk.rounds.outcomes import Stopwatch
from world.later import SEALS_RECORD, WALL_PAGE, WALL_RECORD, at, planned, run, story, web_with
from world.newsroom import KEY, NOW, WALL, Answer, feed, newsroom, page, record_web, run_git
from world.newsroom import small_web as web_of

pytestmark = [pytest.mark.slow, pytest.mark.sample(without="everyday")]

EVERYDAY = '[scoring]\nprofile = "everyday"\n[scoring.everyday]\norganization_points = 40\n'
COPY_PAGE = "https://heron.example/wall"
COPY_RECORD = "_news/2026-11-20-a-higher-sea-wall.md"
WALL_PAGE_ON_SITE = ".copydesk/site/news/2026-11-19-sea-wall-to-rise-by-two-metres/index.html"
NEW_TITLE = "Sea wall to rise by three metres"
LATER = NOW + timedelta(hours=2)

Word = Callable[[Newsroom], object]
Watching = tuple[Progress, Stopwatch | None]
Moment = Callable[[pytest.MonkeyPatch, Callable[[], None]], Watching]


def verdict(said: Said, path: str = WALL_RECORD) -> Word:
    spoken = Verdict(by="Ed", at=NOW, said=said, why="so")
    return lambda opened: editing.file_verdict(opened, path, spoken)


def rule(said: RulingKind, *paths: str, values: tuple[str, ...] = ()) -> Word:
    new = editing.NewRule(said=said, by="Ed", paths=paths, values=values)
    return lambda opened: editing.file_rule(opened, new)


@contextlib.contextmanager
def opened(root: Path) -> Iterator[Newsroom]:
    with open_newsroom(root, LATER, {"COPYDESK_KEY": KEY}) as found:
        yield found


class Meanwhile(Silence):
    """Do something once, when a stage of the round begins."""

    def __init__(self, stage: str, do: Callable[[], None]) -> None:
        self._stage = stage
        self._do = do

    def stage(
        self, name: str, total: int | None = None, hosts: Mapping[str, int] | None = None
    ) -> None:
        """Do it at the stage that is meant."""
        if name == self._stage:
            self._stage = ""
            self._do()


class AtStage(Stopwatch):
    """Do something once, when a stage of the round begins for so many times."""

    def __init__(self, stage: str, time: int, do: Callable[[], None]) -> None:
        super().__init__()
        self._waited_for = [stage] * time
        self._do = do

    @contextlib.contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Do it at the stage that is meant."""
        if [stage] == self._waited_for[:1]:
            self._waited_for.pop()
            if not self._waited_for:
                self._do()
        with super().measure(stage):
            yield


def once(do: Callable[[], None]) -> Callable[[], None]:
    """Return what does it the first time alone."""
    left = [do]
    return lambda: left.pop()() if left else None


def while_it_fetches(_: pytest.MonkeyPatch, do: Callable[[], None]) -> Watching:
    return Meanwhile("pages", do), None


def while_it_judges(_: pytest.MonkeyPatch, do: Callable[[], None]) -> Watching:
    """Do it when what was said meanwhile is taken in, which is the first thing of judging."""
    return Silence(), AtStage("judge", 2, do)


def when_it_has_judged(_: pytest.MonkeyPatch, do: Callable[[], None]) -> Watching:
    return Silence(), AtStage("file", 1, do)


def between_two_lots(patch: pytest.MonkeyPatch, do: Callable[[], None]) -> Watching:
    do_once = once(do)

    def give_way(lock: WriteLock) -> None:
        lock._lock.release()
        do_once()
        assert lock._lock.acquire()

    patch.setattr(WriteLock, "lot_seconds", -1.0)
    patch.setattr(WriteLock, "give_way", give_way)
    return Silence(), None


MOMENTS = (while_it_fetches, while_it_judges, when_it_has_judged, between_two_lots)
every_moment = pytest.mark.parametrize(
    "moment", MOMENTS, ids=["fetches", "judges", "has judged", "between lots"]
)


@pytest.fixture(params=["", EVERYDAY], ids=["copydesk", "everyday"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    root = newsroom(tmp_path / "beat", more=request.param)
    run(root, record_web(tmp_path / "first.warc.gz", web_of()))
    return root


only_copydesk = pytest.mark.parametrize("root", [""], indirect=True, ids=["copydesk"])


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """Record a web in which the Heron has run the Gull's story, too."""
    answers: dict[str, Answer] = web_of()
    answers["https://heron.example/feed.xml"] = feed(
        ("A higher sea wall", COPY_PAGE, "Fri, 20 Nov 2026 06:00:00 GMT")
    )
    answers[COPY_PAGE] = page("A higher sea wall", WALL, date="2026-11-20T06:00:00Z")
    return record_web(tmp_path / "later.warc.gz", answers)


@pytest.fixture
def run_with(root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., reports.RoundReport]:
    def round_with(web: Path, moment: Moment, word: Word) -> reports.RoundReport:
        """Run a round in which a word is said at a moment."""
        said = []

        def say() -> None:
            with opened(root) as other:
                said.append(word(other))

        with monkeypatch.context() as patch, opened(root) as desk:
            progress, stopwatch = moment(patch, say)
            options = rounds.RoundOptions(web=web, all_due=True)
            report = run_round(desk, options, progress, stopwatch)
        assert len(said) == 1
        return report

    return round_with


def must_rest(root: Path, web: Path) -> None:
    """Assert that all is in git, and that a round without news changes nothing."""
    assert run_git(root, "status", "--porcelain") == ""
    assert not is_cut_short(root)
    report = run(root, web, 4, all_due=True)
    assert (report.filed, report.updated, report.commit, report.skipped) == ((), (), None, ())


RunWith = Callable[..., reports.RoundReport]


@pytest.mark.sample("copydesk-fetches", "copydesk-judges", "everyday-has judged")
@every_moment
def test_a_verdict_stands_whenever_it_is_said(
    root: Path, later: Path, run_with: RunWith, moment: Moment
) -> None:
    run_with(later, moment, verdict("reject"))

    assert story(root).published is False
    by_record, by_rulings = story(root).verdict, read_rulings(root).verdict_on(WALL_RECORD)
    assert (by_record or by_rulings) == Verdict(by="Ed", at=NOW, said="reject", why="so")
    assert "verdict: reject" in run_git(root, "log", "--format=%s")
    run(root, later, 3, all_due=True)
    assert story(root).published is False
    must_rest(root, later)


@only_copydesk
@every_moment
def test_a_record_that_a_word_overtook_is_set_beside_the_others_by_the_next_round_at_latest(
    root: Path, later: Path, run_with: RunWith, moment: Moment
) -> None:
    run_with(later, moment, verdict("publish"))
    run(root, later, 3, all_due=True)

    assert [one.web_url for one in story(root).related] == [COPY_PAGE]
    assert story(root).verdict is not None
    must_rest(root, later)


@only_copydesk
def test_a_verdict_counts_in_the_round_that_fetches_meanwhile(
    root: Path, later: Path, run_with: RunWith
) -> None:
    report = run_with(later, while_it_fetches, verdict("hold"))

    assert (report.updated, report.skipped) == ((WALL_RECORD,), ())
    assert [one.web_url for one in story(root).related] == [COPY_PAGE]
    assert not (root / WALL_PAGE_ON_SITE).exists()


@pytest.mark.sample("copydesk-fetches", "everyday-has judged")
@every_moment
def test_a_block_keeps_a_new_story_out_until_the_round_files(
    root: Path, later: Path, run_with: RunWith, moment: Moment
) -> None:
    report = run_with(later, moment, rule("block", values=("heron.example",)))

    is_in_time = moment is not between_two_lots
    assert ((root / COPY_RECORD).exists(), report.dropped.get("ruled-out", 0)) == (
        (False, 1) if is_in_time else (True, 0)
    )
    assert [one.said for one in read_rulings(root).rules] == ["block"]
    must_rest(root, later)


@pytest.mark.sample("copydesk-between lots", "everyday-fetches")
@every_moment
def test_a_story_that_is_removed_meanwhile_is_gone_and_its_text_with_it(
    root: Path, tmp_path: Path, run_with: RunWith, moment: Moment
) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(NEW_TITLE, WALL))]})
    run_with(web, moment, verdict("remove"))

    assert (story(root).published, bool(read_rulings(root).removed)) == (False, True)
    with opened(root) as desk:
        assert desk.articles.find(story(root).web_url) is None
    assert WALL_RECORD not in planned(root)
    must_rest(root, web)


@pytest.mark.sample("copydesk-judges", "everyday-between lots")
@every_moment
def test_a_headline_that_is_set_meanwhile_is_not_corrected_away(
    root: Path, tmp_path: Path, run_with: RunWith, moment: Moment
) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(NEW_TITLE, WALL))]})
    run_with(web, moment, rule("rename", WALL_RECORD, values=("The wall",)))
    run(root, web, 3, all_due=True)

    assert story(root).title == "The wall"
    assert [one.said for one in read_rulings(root).rules] == ["rename"]
    must_rest(root, web)


def test_a_word_is_taken_while_the_remote_is_spoken_with(root: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.git"
    run_git(tmp_path, "init", "-q", "--bare", str(there))
    run_git(root, "remote", "add", "there", str(there))
    words = ("-C", root, "--now", LATER.isoformat(), "verdict", SEALS_RECORD, "hold", "--why", "so")
    command = shlex.join(map(str, (sys.executable, "-m", "copydesk", *words)))
    hook = there / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        # git tells its hooks where the remote is; who the user is stays
        "#!/bin/sh\n"
        f"unset $(env | grep -v ^GIT_CONFIG | sed -n 's/^\\(GIT_[A-Z_]*\\)=.*/\\1/p')\n{command}\n"
    )
    hook.chmod(0o755)

    lock = WriteLock(root)

    assert lock.repository.push("there", lock.hold).sent
    assert run_git(root, "log", "-1", "--format=%s").startswith("verdict: hold")
    assert run_git(root, "status", "--porcelain") == ""
