"""What if: other rules are tried on values, and say what rejudging by them would do."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import lxml.html
import pytest

from copydesk import archive, building, config, editing, rounds
from copydesk import newsroom as newsroom_room
from copydesk.editing.what_if import (
    Bench,
    KeywordEdit,
    RuleChange,
    apply_change,
    compare_fronts,
    draft_rules,
    open_bench,
    plan_front,
    summarize,
    try_rules,
    write_rules,
)
from copydesk.errors import ConfigError, CopydeskError, RecordError, UsageError
from copydesk.news import Verdict
from copydesk.news.ruling import Said
from copydesk.newsroom import Newsroom, starts
from copydesk.newsroom.settings import undo_settings
from copydesk.rounds.rejudging import FieldChange, apply_rejudging, rejudge
from world.newsroom import run_git

pytestmark = pytest.mark.slow

DAYS = 30
QUIET = newsroom_room.Silence()
COURIER = "https://www.northerncourier.example/feeds/news.xml"
WIRE = "https://meridianwire.example/feeds/top.atom"  # others repeat what it says
SAID: dict[int, Said] = {5: "publish", 20: "reject", 40: "hold"}  # by place in the folder
CHANGES = {
    "nothing": RuleChange(),
    "a higher gate": RuleChange(publish_at=90),
    "no gate": RuleChange(publish_at=0),
    "a gate for nobody": RuleChange(publish_at=300),
    "points for many": RuleChange(points={"picture": 60, "voices": 0}),
    "points and gate": RuleChange(points={"agency": 50}, publish_at=90),
    "a source held whom others copy": RuleChange(trust={WIRE: "hold"}),
    "a source let through": RuleChange(trust={COURIER: "publish"}),
    "a keyword gone": RuleChange(keywords={"AI": KeywordEdit(dropped=("ai",))}),
    "keywords more": RuleChange(keywords={"China": KeywordEdit(added=("city", "the council"))}),
    "all together": RuleChange(
        publish_at=60,
        points={"on_beat": 3},
        trust={COURIER: "hold"},
        keywords={"AI Policy": KeywordEdit(added=("ministers",), dropped=("ai policy",))},
    ),
}


class Steps:
    """Counts what each stage of work was told to be."""

    def __init__(self) -> None:
        self.totals: dict[str, int | None] = {}

    def stage(
        self, name: str, total: int | None = None, hosts: Mapping[str, int] | None = None
    ) -> None:
        self.totals[name] = total

    def step(self, count: int = 1, host: str = "") -> None:
        del count


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """Make the demo's newsroom after its round, with words of its editors."""
    root = tmp_path_factory.mktemp("what-if") / "demo"
    with starts.demo() as world:
        starts.demo_newsroom(root, world.now)
        options = rounds.RoundOptions(web=world.web, all_due=True)
        with newsroom_room.open_newsroom(root, world.now, {}) as newsroom:
            rounds.run_round(newsroom, options, QUIET)
        now = world.now
    names = sorted(file.stem for file in (root / "_news").iterdir())
    with newsroom_room.open_newsroom(root, now, {}) as newsroom:
        for at, said in SAID.items():
            verdict = Verdict(said=said, by="Ed", at=now, why="")
            editing.file_verdict(newsroom, f"_news/{names[at]}.md", verdict)
    return root, now


@pytest.fixture(scope="module")
def opened(demo: tuple[Path, datetime]) -> Iterator[tuple[Newsroom, Bench]]:
    root, now = demo
    with newsroom_room.open_newsroom(root, now, {}) as newsroom:
        yield newsroom, open_bench(newsroom, DAYS, QUIET)


@contextmanager
def copied(demo: tuple[Path, datetime], folder: Path) -> Iterator[Newsroom]:
    """Open a copy of the newsroom, which a test may change."""
    root = Path(shutil.copytree(demo[0], folder / "demo"))
    with newsroom_room.open_newsroom(root, demo[1], {}) as newsroom:
        yield newsroom


def again(newsroom: Newsroom) -> Newsroom:
    """Return the newsroom with the settings that its files have by now."""
    settings = config.load(newsroom.root, {})
    beat = replace(settings.beat, rulings=newsroom.beat.rulings)
    return replace(newsroom, settings=replace(settings, beat=beat))


def by_path(changes: Iterable[FieldChange]) -> dict[str, list[FieldChange]]:
    found: dict[str, list[FieldChange]] = {}
    for change in changes:
        found.setdefault(change.path, []).append(change)
    return found


def weighty(changes: Iterable[FieldChange]) -> list[FieldChange]:
    """Return the changes without those that only say why in other words."""
    return [change for change in changes if change.field != "reasons"]


def has_china(topics: object) -> bool:
    return isinstance(topics, tuple) and "China" in topics


@pytest.mark.sample("a higher gate", "all together")
@pytest.mark.parametrize("name", CHANGES)
def test_what_rules_would_do_is_what_rejudging_by_them_does(
    opened: tuple[Newsroom, Bench], name: str
) -> None:
    newsroom, bench = opened
    settings = apply_change(newsroom.settings, CHANGES[name])

    whole = try_rules(bench, settings, QUIET, is_whole=True)
    quick = try_rules(bench, settings, QUIET)

    report = rejudge(replace(newsroom, settings=settings), DAYS, QUIET)
    assert whole.changes == list(report.changes)
    rejudged, seen = by_path(report.changes), by_path(quick.changes)
    assert all(seen.get(path) == rejudged.get(path) for path in quick.seen)
    assert weighty(quick.changes) == weighty(report.changes)


def test_a_summary_leads_with_the_stories_that_win_or_lose_the_topic(
    demo: tuple[Path, datetime], tmp_path: Path
) -> None:
    gate = RuleChange(publish_at=100)  # what is not filed yet: stories that change anyhow
    gone = ("beijing", "cyberspace administration", "cyberspace regulator", "chinese regulators")
    change = RuleChange(keywords={"China": KeywordEdit(added=("the council",), dropped=gone)})
    with copied(demo, tmp_path) as opened:
        write_rules(opened, gate, "Ed", draft_rules(opened, gate).stands, "")
        newsroom = again(opened)
        bench = open_bench(newsroom, DAYS, QUIET)
        settings = apply_change(newsroom.settings, change)
        report = rejudge(replace(newsroom, settings=settings), DAYS, QUIET)
        today = rejudge(newsroom, DAYS, QUIET)

    summary = summarize(bench, try_rules(bench, settings, QUIET), change.keywords)

    moves = [move for move in report.changes if move.field == "topics"]
    won = {move.path for move in moves if has_china(move.after) > has_china(move.before)}
    lost = {move.path for move in moves if has_china(move.after) < has_china(move.before)}
    (effect,) = summary.topics
    assert won
    assert lost
    assert (effect.won, effect.lost) == (len(won), len(lost))
    assert effect.after - effect.before == len(won) - len(lost)
    first = summary.listed[: len(won | lost)]
    assert {story.path for story in first} == won | lost
    assert all(story.why.startswith("topic China") for story in first)
    assert {story.path for story in first if story.won} == won
    anyhow = [story.is_pending for story in summary.listed]
    assert anyhow == sorted(anyhow)
    told, before = by_path(weighty(report.changes)), by_path(weighty(today.changes))
    same = {path for path in told if told[path] == before.get(path)} - won - lost
    assert {story.path for story in summary.listed if story.is_pending} == same
    assert same
    words = set(by_path(report.changes)) - set(told)
    assert {story.path for story in summary.listed_reworded} == words
    assert summary.changed == len(summary.listed) + summary.reworded


@pytest.mark.long
def test_what_rules_would_do_is_what_a_stream_by_them_does(tmp_path: Path) -> None:
    """The demo's web is read twice: by the rules of today, and by others from its first page on."""
    change = CHANGES["all together"]
    with starts.demo() as world:
        roots = tmp_path / "today", tmp_path / "fresh"
        for root in roots:
            starts.demo_newsroom(root, world.now)
        with newsroom_room.open_newsroom(roots[1], world.now, {}) as newsroom:
            write_rules(newsroom, change, "Ed", draft_rules(newsroom, change).stands)
        for root in roots:
            with newsroom_room.open_newsroom(root, world.now, {}) as newsroom:
                rounds.run_round(newsroom, rounds.RoundOptions(web=world.web, all_due=True), QUIET)
        now = world.now

    with newsroom_room.open_newsroom(roots[0], now, {}) as newsroom:
        settings = apply_change(newsroom.settings, change)
        tried = try_rules(open_bench(newsroom, DAYS, QUIET), settings, QUIET, is_whole=True)

    stories = archive.Archive(roots[1]).stories(lambda error: pytest.fail(str(error)))
    fresh = {story.path: story for story in stories}
    told = {path: one.fresh for path, one in tried.stories.items() if not one.dropped}
    assert tried.changed
    assert told.keys() == fresh.keys()
    for path, story in told.items():
        other = fresh[path]
        assert (story.group, story.copy_of) == (other.group, other.copy_of), path
        assert (story.published, story.quality, story.heat) == (
            other.published,
            other.quality,
            other.heat,
        ), path
        assert set(story.topics) == set(other.topics), path


def test_who_looks_changes_nothing(opened: tuple[Newsroom, Bench]) -> None:
    newsroom, bench = opened
    before = run_git(newsroom.root, "rev-parse", "HEAD")
    try_rules(bench, apply_change(newsroom.settings, CHANGES["all together"]), QUIET)
    assert run_git(newsroom.root, "status", "--porcelain") == ""
    assert run_git(newsroom.root, "rev-parse", "HEAD") == before


def test_what_was_written_is_what_was_tried(demo: tuple[Path, datetime], tmp_path: Path) -> None:
    change = replace(CHANGES["all together"], half_life_hours=200.0)
    with copied(demo, tmp_path) as newsroom:
        bench = open_bench(newsroom, DAYS, QUIET)
        settings = apply_change(newsroom.settings, change)
        tried = try_rules(bench, settings, QUIET, is_whole=True)
        front = plan_front(bench, tried, settings)
        draft = draft_rules(newsroom, change)

        write_rules(newsroom, change, "Ed", draft.stands, "fewer ministers")

        now = again(newsroom)
        assert now.settings.beat == apply_change(newsroom.settings, change).beat
        report = apply_rejudging(now, DAYS, QUIET)
        assert list(report.changes) == tried.changes
        assert by_topic([story.path for story in front]) == list_built_front(now, tmp_path / "site")
        stories = archive.Archive(newsroom.root).stories(lambda error: pytest.fail(str(error)))
        filed = {story.path: story for story in stories}
        assert all(filed[one.filed.path].heat == one.fresh.heat for one in tried.changed)
        assert not try_rules(
            open_bench(now, DAYS, QUIET), now.settings, QUIET, is_whole=True
        ).changes


@pytest.mark.parametrize("hours", [1.0, 24.0, 1_000.0])
def test_the_front_page_is_that_of_a_build(
    opened: tuple[Newsroom, Bench], tmp_path: Path, hours: float
) -> None:
    newsroom, bench = opened
    settings = apply_change(newsroom.settings, RuleChange(half_life_hours=hours))

    front = plan_front(bench, None, settings)

    built = list_built_front(replace(newsroom, settings=settings), tmp_path / "site")
    assert by_topic([story.path for story in front]) == built
    assert len(front) > 10
    moves = compare_fronts(plan_front(bench, None, newsroom.settings), front)
    assert any(move.before != move.after for move in moves) is (hours != 24.0)


def test_the_front_page_is_explained_in_the_order_of_a_build(
    opened: tuple[Newsroom, Bench], tmp_path: Path
) -> None:
    newsroom, _ = opened
    found = building.explain_front(newsroom)

    built = list_built_front(newsroom, tmp_path / "site")
    assert by_topic([one.story.path for one in found.stories]) == built
    assert [one.place for one in found.stories] == list(range(1, len(built) + 1))
    first, *others = found.stories
    assert first.is_firm
    assert found.is_led_firmly is (first.warmth < max(one.warmth for one in others))
    alone = next(one for one in found.stories if not one.is_firm)
    halved = 0.5 ** (alone.older / found.half_life_hours)
    assert alone.warmth == pytest.approx(0.75 * alone.heat * halved)
    assert found.near
    assert all(one.place is None for one in found.near)
    coldest = min(one.warmth for one in found.stories)
    assert all(one.why_out != "colder" for one in found.near if one.warmth > coldest)


def list_built_front(newsroom: Newsroom, out: Path) -> list[str]:
    """Return the records of the stories at the top of a built front page: the first three in its
    order, the others, which stand by topic, by path.
    """
    building.build(newsroom, QUIET, building.BuildOptions(out=out))
    page = lxml.html.document_fromstring((out / "index.html").read_text("utf-8"))
    links = page.xpath(
        "//section[@class='front' or @class='more']//*[self::h3 or self::li]/a/@href"
    )
    news = [link.strip("/").rpartition("/")[2] for link in links if "/news/" in link]
    return by_topic([f"_news/{name}.md" for name in news if name in own_names(newsroom)])


def own_names(newsroom: Newsroom) -> set[str]:
    return {path.stem for path in (newsroom.root / "_news").glob("*.md")}


def by_topic(paths: list[str]) -> list[str]:
    return [*paths[:3], *sorted(paths[3:])]


def test_an_article_is_read_once_and_again_where_its_topics_may_be_others(
    demo: tuple[Path, datetime], tmp_path: Path
) -> None:
    with copied(demo, tmp_path) as newsroom:
        (newsroom.private / "catalogue.sqlite").unlink(missing_ok=True)
        first, second, third, fourth = Steps(), Steps(), Steps(), Steps()
        open_bench(newsroom, DAYS, first)
        open_bench(newsroom, DAYS, second)
        change = RuleChange(keywords={"China": KeywordEdit(added=("the council",))})
        moved = replace(newsroom, settings=apply_change(newsroom.settings, change))
        open_bench(moved, DAYS, third)
        connection = sqlite3.connect(newsroom.private / "catalogue.sqlite")
        with connection:
            connection.execute("UPDATE findings SET value = x'00' WHERE kind LIKE 'articles %'")
        connection.close()
        open_bench(moved, DAYS, fourth)

    read = [steps.totals["read articles"] or 0 for steps in (first, second, third, fourth)]
    assert read[0] > 80
    assert read[1] == 0
    assert 0 < read[2] < read[0] / 2
    assert read[3] == read[0]


def test_a_store_that_is_damaged_or_cannot_be_written_costs_time_alone(
    demo: tuple[Path, datetime], tmp_path: Path
) -> None:
    with copied(demo, tmp_path) as newsroom:
        file = newsroom.private / "catalogue.sqlite"
        file.write_bytes(b"no database" * 1000)
        damaged = len(open_bench(newsroom, DAYS, QUIET).cases)
        for path in newsroom.private.glob("catalogue.sqlite*"):
            path.unlink()
        file.mkdir()
        blocked = len(open_bench(newsroom, DAYS, QUIET).cases)
    assert damaged == blocked > 80


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (RuleChange(points={"voice": 3}), "no scoring.points has this name: voice"),
        (RuleChange(points={"voices": 201}), "from -200 to 200"),
        (RuleChange(publish_at=-1), "scoring.publish_at"),
        (RuleChange(half_life_hours=0.5), "front.half_life_hours"),
        (RuleChange(trust={"https://no.example/": "hold"}), "no source has this name"),
        (RuleChange(trust={COURIER: "never"}), "expected one of"),  # type: ignore[dict-item]
        (RuleChange(keywords={"Nothing": KeywordEdit()}), "no topic has this name"),
        (RuleChange(keywords={"AI": KeywordEdit(added=(r"\bAI\b",))}), "a regular expression"),
        (RuleChange(keywords={"AI": KeywordEdit(added=("robot(s|ic)?",))}), "a regular expression"),
        (RuleChange(keywords={"AI": KeywordEdit(added=("ai.*",))}), "a regular expression"),
        (RuleChange(keywords={"AI": KeywordEdit(added=("?",))}), "no letters or digits"),
        (RuleChange(keywords={"AI": KeywordEdit(added=("x" * 101,))}), "at most 100"),
        (
            RuleChange(keywords={"AI": KeywordEdit(added=tuple(f"w{n}" for n in range(10_001)))}),
            "at most 10,000 keywords",
        ),
    ],
)
def test_a_rule_that_beat_toml_would_refuse_is_not_tried(
    opened: tuple[Newsroom, Bench], change: RuleChange, what: str
) -> None:
    with pytest.raises(UsageError) as caught:
        apply_change(opened[0].settings, change)
    assert what in str(caught.value)


@pytest.mark.parametrize("word", ["C++", "AT&T", "St. John's", "R&D", "$100 bill?", "(un)fair"])
def test_a_keyword_with_signs_is_no_pattern(opened: tuple[Newsroom, Bench], word: str) -> None:
    change = RuleChange(keywords={"AI": KeywordEdit(added=(word,))})
    topics = apply_change(opened[0].settings, change).beat.topics
    assert word in topics[0].keywords


def test_who_saw_other_rules_writes_none(demo: tuple[Path, datetime], tmp_path: Path) -> None:
    with copied(demo, tmp_path) as newsroom:
        stands = draft_rules(newsroom, RuleChange(publish_at=80)).stands
        write_rules(newsroom, RuleChange(publish_at=60), "Ann", stands)
        now = again(newsroom)
        before = (newsroom.root / "beat.toml").read_bytes()
        with pytest.raises(UsageError, match="changed the rules in the meantime"):
            write_rules(now, RuleChange(publish_at=80), "Ed", stands)
        assert (newsroom.root / "beat.toml").read_bytes() == before


def test_written_rules_are_one_commit_and_taken_back(
    demo: tuple[Path, datetime], tmp_path: Path
) -> None:
    change = RuleChange(publish_at=80, keywords={"AI": KeywordEdit(dropped=("ai",))})
    with copied(demo, tmp_path) as newsroom:
        files = ("beat.toml", "_data/topics/00-ai.yaml")
        before = [(newsroom.root / file).read_text("utf-8") for file in files]
        draft = draft_rules(newsroom, change)

        written = write_rules(newsroom, change, "Ed", draft.stands, "quieter")

        said = run_git(newsroom.root, "log", "-1", "--format=%B", "--name-only")
        assert sorted(written.changed) == sorted(files)
        assert all(words in said for words in ("rules: 2 changed", "by Ed", "quieter", *files))
        assert "+publish_at = 80" in draft.diff.replace("+ ", "+")
        assert written.commit is not None
        undo_settings(newsroom, written.commit, "Ann")
        assert [(newsroom.root / file).read_text("utf-8") for file in files] == before
        with pytest.raises(UsageError, match="has changed in the meantime"):
            undo_settings(newsroom, written.commit, "Ann")


@pytest.mark.parametrize("which", ["edited", "linked beat", "linked topic"])
def test_a_file_that_is_somebodys_is_left_alone(
    demo: tuple[Path, datetime], tmp_path: Path, which: str
) -> None:
    change = RuleChange(publish_at=80, keywords={"AI": KeywordEdit(added=("automaton",))})
    with copied(demo, tmp_path) as newsroom:
        path = newsroom.root / (
            "_data/topics/00-ai.yaml" if which == "linked topic" else "beat.toml"
        )
        if which == "edited":
            path.write_text(path.read_text("utf-8") + "# mine\n", "utf-8")
        else:
            elsewhere = path.rename(tmp_path / path.name)
            path.symlink_to(elsewhere)
        with pytest.raises(CopydeskError) as caught:
            write_rules(newsroom, change, "Ed", draft_rules(newsroom, change).stands)
        assert isinstance(caught.value, RecordError | ConfigError), caught.value
        assert path.is_symlink() is (which != "edited")
        assert "80" not in path.read_text("utf-8").partition("publish_at")[2][:6]
