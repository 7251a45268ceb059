"""What was filed is judged by today's rules: compared, then filed if somebody asks for it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk import archive
from copydesk.archive import change as steps
from copydesk.editing.what_if import open_bench, try_rules
from copydesk.kit import locks
from copydesk.newsroom import Silence, open_newsroom
from world import records
from world.command import Said, copydesk
from world.newsroom import NOW, WALL, feed, newsroom, page, record_web, run_git, small_web

pytestmark = [pytest.mark.slow, pytest.mark.sample(without="everyday")]

RECORD = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"
SEALS = "_news/2026-11-19-grey-seals-are-back-on-the-coast.md"
COPY = "_news/2026-11-19-port-sable-votes-for-its-wall.md"
TOPIC = "_data/topics/00-coast.yaml"
TERN = '\n[[source]]\nurl = "https://tern.example/feed.xml"\nname = "The Tern"\n'
SEA = " ".join(f"The sea wall has stone {number} and stands." for number in range(200))
EVERYDAY = (
    '[scoring]\nprofile = "everyday"\npublish_at = 10\n'
    "[scoring.everyday]\norganization_points = 40\ngrouping = true\n"
)


def run(root: Path, web: Path, hours: int) -> None:
    now = (NOW + timedelta(hours=hours)).isoformat()
    said = copydesk("-C", root, "--now", now, "run", "--web", web, "--all-due")
    assert said.code == 0, said.err


def rejudge(root: Path, *more: object) -> Said:
    now = (NOW + timedelta(hours=2)).isoformat()
    return copydesk("-C", root, "--now", now, "rejudge", "--json", *more)


def changes(report: Mapping[str, Any]) -> dict[tuple[str, str], tuple[object, object]]:
    return {(one["path"], one["field"]): (one["before"], one["after"]) for one in report["changes"]}


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give newsrooms of two profiles that ran two rounds; tests work on copies.

    The second round brought a copy of an earlier date than its original.
    """
    folder, roots = tmp_path_factory.mktemp("filed"), {}
    pages = small_web()
    first = record_web(folder / "first.warc.gz", pages)
    wall, when = "https://tern.example/wall", "Thu, 19 Nov 2026 08:00:00 GMT"
    pages["https://tern.example/feed.xml"] = feed(("Port Sable votes", wall, when))
    pages[wall] = page("Port Sable votes for its wall", WALL, date="2026-11-19T08:00:00Z")
    second = record_web(folder / "second.warc.gz", pages)
    for name, more in (("copydesk", ""), ("everyday", EVERYDAY)):
        root = roots[name] = newsroom(folder / name, more=more)
        run(root, first, 0)
        with (root / "beat.toml").open("a", encoding="utf-8") as out:
            out.write(TERN)
        run_git(root, "commit", "-qam", "a third source")
        run(root, second, 1)
        assert (root / COPY).exists()
    return roots


@pytest.fixture(params=["copydesk", "everyday"])
def root(request: pytest.FixtureRequest, tmp_path: Path, filed: dict[str, Path]) -> Path:
    return Path(shutil.copytree(filed[request.param], tmp_path / "beat"))


only_copydesk = pytest.mark.parametrize("root", ["copydesk"], indirect=True)


def change(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text("utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new, 1), "utf-8")
    run_git(root, "commit", "-qam", "rules")


def all_bytes(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((root / "_news").iterdir())}


@pytest.mark.sample("copydesk", "everyday")
def test_under_the_rules_of_its_filing_no_story_changes(root: Path) -> None:
    before = all_bytes(root)
    report = rejudge(root).json()
    assert (report["judged"], report["without_article"], report["changes"]) == (3, 0, [])
    assert rejudge(root, "--apply").json()["commit"] is None
    assert all_bytes(root) == before


def test_copies_stay_copies_where_a_first_round_brought_all_of_a_long_time(tmp_path: Path) -> None:
    pages = small_web()
    wall, when = "https://tern.example/wall", "Thu, 19 Nov 2026 20:00:00 GMT"
    pages["https://tern.example/feed.xml"] = feed(("Port Sable votes", wall, when))
    pages[wall] = page("Port Sable votes for its wall", WALL, date="2026-11-19T20:00:00Z")
    web = record_web(tmp_path / "web.warc.gz", pages)
    root = newsroom(tmp_path / "beat", more=TERN)
    run(root, web, 24 * 60)
    assert archive.Archive(root).read(COPY).copy_of == Path(RECORD).stem

    now = NOW + timedelta(days=61)
    said = copydesk("-C", root, "--now", now.isoformat(), "rejudge", "--json", "--since", 0)

    assert said.json()["judged"] == 3
    assert said.json()["changes"] == []
    with open_newsroom(root, now, {}) as opened:
        bench = open_bench(opened, 90, Silence())
        tried = try_rules(bench, opened.settings, Silence(), is_whole=True)
    assert len(tried.stories) == 3
    assert tried.changes == []


def test_a_comparison_changes_nothing(root: Path) -> None:
    change(root, TOPIC, "  - sea wall\n", "  - port sable\n")
    before, head = all_bytes(root), run_git(root, "rev-parse", "HEAD")
    report = rejudge(root).json()
    assert report["changes"]
    assert (report["commit"], report["updated"]) == (None, [])
    assert (all_bytes(root), run_git(root, "rev-parse", "HEAD")) == (before, head)


@pytest.mark.sample("copydesk", "everyday")
def test_what_would_change_is_filed_in_one_commit_and_once(root: Path) -> None:
    change(root, "beat.toml", 'topic = "Coast"', 'topic = "Coast"\n')
    change(root, TOPIC, "keywords:\n", "keywords:\n  - grey seals\n  - two metres\n")
    (root / "_data/topics/01-wild.yaml").write_text(
        "taxonomy: topic\n_id: wild\nname: Wildlife\nparent: Coast\nkeywords:\n  - seals\n",
        "utf-8",
    )
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "a topic")
    head = run_git(root, "rev-parse", "HEAD").strip()
    would = rejudge(root).json()

    report = rejudge(root, "--apply").json()

    assert report["changes"] == would["changes"]
    assert changes(report)[SEALS, "topics"] == (["Coast"], ["Coast", "Wildlife"])
    assert SEALS in report["updated"]
    assert report["commit"] == run_git(root, "rev-parse", "HEAD").strip()
    assert run_git(root, "rev-parse", "HEAD~1").strip() == head
    assert run_git(root, "log", "-1", "--format=%s").startswith("rejudge: ")
    assert run_git(root, "status", "--porcelain") == ""
    assert archive.Archive(root).read(SEALS).topics == ("Coast", "Wildlife")
    before = all_bytes(root)
    again = rejudge(root, "--apply").json()
    assert (again["changes"], again["updated"], again["commit"]) == ([], [], None)
    assert all_bytes(root) == before


@only_copydesk
def test_another_gate_holds_back_what_is_on_the_site(root: Path) -> None:
    change(root, "beat.toml", "[[source]]", "[scoring]\npublish_at = 150\n\n[[source]]")
    report = rejudge(root, "--apply").json()
    assert changes(report)[RECORD, "published"] == (True, False)
    story = archive.Archive(root).read(RECORD)
    assert story.published is False
    assert any("is below the threshold 150" in reason.why for reason in story.reasons)


@only_copydesk
def test_another_mode_of_review_counts_too(root: Path) -> None:
    change(root, "beat.toml", "[[source]]", '[review]\nmode = "hold"\n\n[[source]]')
    assert changes(rejudge(root).json())[RECORD, "published"] == (True, False)


def test_what_is_off_the_beat_now_is_kept_unpublished_with_the_reason(root: Path) -> None:
    before = all_bytes(root)
    change(root, TOPIC, "  - coast\n  - sea wall\n", "  - horses\n")

    report = rejudge(root, "--apply").json()

    assert changes(report)[RECORD, "dropped"] == ("", "off-beat now")
    assert changes(report)[RECORD, "published"] == (True, False)
    story = archive.Archive(root).read(RECORD)
    assert story.published is False
    if story.reasons:
        assert "published: outside the site's subject under the current rules" in map(
            str, story.reasons
        )
    assert rejudge(root, "--apply").json()["changes"] == []
    change(root, TOPIC, "  - horses\n", "  - coast\n  - sea wall\n")
    rejudge(root, "--apply")
    assert all_bytes(root) == before


@only_copydesk
def test_what_is_blocked_now_is_kept_unpublished_and_names_the_rule(root: Path) -> None:
    copydesk("-C", root, "rule", "block", "heron.example", "--why", "spam", "--as", "Ed")
    report = rejudge(root, "--apply").json()
    assert changes(report)[SEALS, "dropped"] == ("", "ruled-out now")
    reasons = map(str, archive.Archive(root).read(SEALS).reasons)
    assert "published: blocked by Ed: heron.example (spam)" in reasons


@only_copydesk
def test_copies_come_out_as_they_came_in(root: Path) -> None:
    copy = archive.Archive(root).read(COPY)
    original = archive.Archive(root).read(RECORD)
    assert copy.copy_of == Path(RECORD).stem
    assert copy.published_at is not None
    assert original.published_at is not None
    assert copy.published_at < original.published_at  # it is older, but came later
    assert rejudge(root).json()["changes"] == []


@only_copydesk
def test_a_copy_stays_one_where_its_originals_text_is_no_longer_kept(root: Path) -> None:
    for file in (root / ".copydesk/articles").iterdir():
        if b"gull.example/wall" in file.read_bytes():
            file.unlink()
    report = rejudge(root, "--apply").json()
    assert (report["judged"], report["without"], report["changes"]) == (2, [RECORD], [])


@only_copydesk
def test_a_copy_of_another_story_is_put_right(root: Path) -> None:
    right, wrong = Path(RECORD).stem, Path(SEALS).stem
    change(root, COPY, f"copyOf: {right}", f"copyOf: {wrong}")
    assert changes(rejudge(root).json())[COPY, "copy"] == (wrong, right)


@only_copydesk
def test_what_is_no_copy_any_more_leaves_its_original(root: Path) -> None:
    store = archive.ArticleStore(root / ".copydesk/articles", 10**9)
    article = store.find("https://gull.example/wall")
    assert article is not None
    store.put(replace(article, text=SEA))
    report = rejudge(root, "--apply").json()
    assert changes(report)[COPY, "copy"] == (Path(RECORD).stem, "")
    assert changes(report)[COPY, "heat"][0] == -1
    assert archive.Archive(root).read(COPY).heat == archive.Archive(root).read(COPY).quality
    assert changes(report)[RECORD, "related"] == (["https://tern.example/wall"], [])


# an editor's word


def test_a_verdict_holds(root: Path) -> None:
    copydesk("-C", root, "verdict", RECORD, "reject", "--why", "old", "--as", "Ed")
    change(root, TOPIC, "keywords:\n", "keywords:\n  - two metres\n")
    rejudge(root, "--apply")
    assert archive.Archive(root).read(RECORD).published is False
    assert rejudge(root, "--apply").json()["changes"] == []


def test_what_a_person_edited_stays(root: Path) -> None:
    change(root, SEALS, 'title: "Grey seals are back on the coast"', "title: By hand")
    change(root, SEALS, "topics:\n  - Coast\n", "topics:\n  - Town\n")
    change(root, TOPIC, "keywords:\n", "keywords:\n  - seals\n")
    rejudge(root, "--apply")
    story = archive.Archive(root).read(SEALS)
    assert (story.title, story.topics) == ("By hand", ("Town",))
    assert rejudge(root, "--apply").json()["changes"] == []


def test_rulings_stand_above_what_is_judged_anew(root: Path) -> None:
    copydesk("-C", root, "rule", "rename", SEALS, "The seals", "--as", "Ed")
    copydesk("-C", root, "rule", "retopic", RECORD, "Coast", "--as", "Ed")
    change(root, TOPIC, "  - coast\n  - sea wall\n", "  - seals\n")
    report = rejudge(root, "--apply").json()
    stories = archive.Archive(root)
    assert stories.read(SEALS).title == "The seals"
    assert stories.read(RECORD).topics == ("Coast",)
    assert (RECORD, "dropped") not in changes(report)
    assert rejudge(root, "--apply").json()["changes"] == []


@only_copydesk
def test_a_rule_that_is_written_or_taken_out_by_hand_is_caught_up_with(root: Path) -> None:
    rules = root / "_data/rulings.yaml"
    rules.write_text(
        "rules:\n  - said: rename\n    by: Ed\n    at: 2026-11-20\n"
        f"    stories: [{SEALS}]\n    values: [The seals]\n",
        "utf-8",
    )
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "by hand")
    assert changes(rejudge(root, "--apply").json())[SEALS, "title"][1] == "The seals"
    rules.unlink()
    run_git(root, "commit", "-qam", "by hand")
    rejudge(root, "--apply")
    assert archive.Archive(root).read(SEALS).title == "Grey seals are back on the coast"


def test_a_removed_story_is_left_alone(root: Path) -> None:
    copydesk("-C", root, "verdict", SEALS, "remove", "--why", "a court", "--as", "Ed")
    before = (root / SEALS).read_bytes()
    report = rejudge(root, "--apply").json()
    assert (report["judged"], report["without"]) == (2, [])
    assert (root / SEALS).read_bytes() == before


@only_copydesk
def test_a_record_of_which_nothing_is_known_is_changed_by_this_alone(root: Path) -> None:
    stories = archive.Archive(root)
    records.write(stories, replace(stories.read(RECORD), machine=()))
    run_git(root, "commit", "-qam", "unknown")
    change(root, "beat.toml", "[[source]]", "[scoring]\npublish_at = 150\n\n[[source]]")
    assert RECORD in rejudge(root, "--apply").json()["updated"]
    story = archive.Archive(root).read(RECORD)
    assert (story.published, story.machine) == (False, ())
    assert rejudge(root, "--apply").json()["changes"] == []


# what is in the way


def test_a_record_under_somebodys_pen_is_skipped(root: Path) -> None:
    change(root, TOPIC, "  - coast\n  - sea wall\n", "  - two metres\n  - grey seals\n")
    change(root, "beat.toml", 'topic = "Coast"', 'topic = "Coast"\n')
    (root / "_data/topics/01-wild.yaml").write_text(
        "taxonomy: topic\n_id: wild\nname: Wildlife\nkeywords:\n  - seals\n  - metres\n", "utf-8"
    )
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "a topic")
    dirty = (root / SEALS).read_text("utf-8") + "mine\n"
    (root / SEALS).write_text(dirty, "utf-8")

    report = rejudge(root, "--apply").json()

    assert report["skipped"] == [SEALS]
    assert RECORD in report["updated"]
    assert (root / SEALS).read_text("utf-8") == dirty


@only_copydesk
def test_damaged_articles_and_records_are_told_and_cost_only_themselves(root: Path) -> None:
    for file in (root / ".copydesk/articles").iterdir():
        if b"heron.example/seals" in file.read_bytes():
            file.write_bytes(b"{")
    (root / "_news/2026-11-19-broken.md").write_text("no record", "utf-8")
    report = rejudge(root).json()
    assert (report["judged"], report["without"]) == (2, [SEALS])
    told = {one["url"]: one["what"] for one in report["failed"]}
    assert told[SEALS] == "the stored article of the story is damaged"
    assert "the file has no front matter" in told["_news/2026-11-19-broken.md"]


@only_copydesk
def test_stories_without_an_article_are_listed(root: Path) -> None:
    shutil.rmtree(root / ".copydesk/articles")
    said = copydesk("-C", root, "--now", NOW.isoformat(), "rejudge")
    assert said.code == 0
    assert f"unchanged, because the article is not stored: {SEALS}" in said.err
    assert "0 stories scored, 3 without a stored article; 0 would change" in said.err


@only_copydesk
@pytest.mark.parametrize(("days", "judged"), [("0", 3), ("1", 2), ("30", 3)])
def test_so_many_days_are_judged(root: Path, days: str, judged: int) -> None:
    assert rejudge(root, "--since", days).json()["judged"] == judged
    later = ("--now", (NOW + timedelta(days=100)).isoformat())
    expected = 3 if days == "0" else 0
    told = copydesk("-C", root, *later, "rejudge", "--json", "--since", days).json()
    assert (told["judged"], told["changes"]) == (expected, [])


@only_copydesk
def test_more_days_than_the_calendar_has_are_all_stories(root: Path) -> None:
    assert rejudge(root, "--since", "999999999999999999999").json()["judged"] == 3


@only_copydesk
@pytest.mark.parametrize("days", ["-1", "x", "1e", "2026-02-30"])
def test_days_that_are_none_are_an_error(root: Path, days: str) -> None:
    assert rejudge(root, "--since", days).code == 2


@only_copydesk
def test_nothing_is_filed_during_a_round_but_all_may_be_compared(root: Path) -> None:
    with locks.hold(root / ".copydesk/round.lock"):
        assert rejudge(root).code == 0
        assert "another run is active" in rejudge(root, "--apply").err


@only_copydesk
def test_broken_rulings_stop_it(root: Path) -> None:
    (root / "_data/rulings.yaml").write_text("rules: x\n", "utf-8")
    said = rejudge(root)
    assert (said.code, said.out) == (1, "")
    assert "rules in line 1 is not a list" in said.err


@only_copydesk
def test_a_record_that_cannot_be_rewritten_is_told_and_costs_only_itself(root: Path) -> None:
    change(root, RECORD, "\n\n---", "\n---")
    change(root, TOPIC, "  - coast\n  - sea wall\n", "  - horses\n")
    said = rejudge(root, "--apply")
    assert said.code == 1
    assert RECORD in [one["url"] for one in said.json()["failed"]]
    assert SEALS in said.json()["updated"]


def killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.sample("copydesk-write", "everyday-settle")
@pytest.mark.parametrize("place", ["write", "settle"])
def test_killed_between_two_writes_it_is_finished_by_the_next(root: Path, place: str) -> None:
    change(root, TOPIC, "  - coast\n  - sea wall\n", "  - horses\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, place, killed)
        assert rejudge(root, "--apply").code == 130
    assert rejudge(root, "--apply").code == 0
    assert run_git(root, "status", "--porcelain") == ""
    assert rejudge(root, "--apply").json()["changes"] == []
    assert archive.Archive(root).read(SEALS).published is False
