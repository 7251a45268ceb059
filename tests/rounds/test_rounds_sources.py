"""Sources: how they are, where they moved, and an editor who undoes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from copydesk.archive.change import is_cut_short
from copydesk.archive.ledger import Ledger, SourceEnded, SourceKept, SourceMoved, read_ledger
from copydesk.editing import source_edits
from copydesk.errors import RecordError, UsageError
from copydesk.newsroom import open_newsroom
from copydesk.rounds.sources.states import States, apply_ledger, note_moves
from copydesk.watch.schedule.state import SourceState
from world import records
from world.command import copydesk
from world.newsroom import NOW, Answer, newsroom, record_web, run_git, small_web

GULL, HERON = "https://gull.example/feed.xml", "https://heron.example/feed.xml"
NEW = "https://gull.example/new.xml"
DAY = timedelta(days=1)
WELL = SourceState(
    kind="feed",
    last_ok_at=NOW - timedelta(hours=1),
    last_new_at=NOW - timedelta(hours=3),
    seen_until=NOW - timedelta(hours=3),
    next_at=NOW + timedelta(minutes=30),
    items=20,
    most_items=20,
    known_share=0.5,
    interval=5400,
    day=NOW.date(),
    days=(1, 2, 1, 1, 1, 1, 0),
)
MOVED = replace(WELL, moved_to=NEW)
ENDED = replace(WELL, ended=True, ended_at=NOW, next_at=None, last_error="gone: it is closed")
LEDGER = Path("_data/sources.yaml")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


def remember(root: Path, states: dict[str, SourceState]) -> None:
    with open_newsroom(root, NOW, {}) as opened:
        for url, state in states.items():
            opened.memory.keep_source(url, msgspec.json.encode(state))


def remembered(root: Path, url: str) -> SourceState:
    with open_newsroom(root, NOW, {}) as opened:
        return msgspec.json.decode(opened.memory.sources()[url], type=SourceState)


def note(root: Path, before: States, after: States) -> str:
    with open_newsroom(root, NOW, {}) as opened:
        change = note_moves(opened.root, opened.now, before, after)
        if change is None:
            return ""
        records.put(root, change)
        return change.path


# check


def test_sources_that_are_well_need_nobody(root: Path) -> None:
    remember(root, {GULL: WELL, HERON: WELL})

    said = copydesk("-C", root, "--now", "2026-11-20T08:00:00Z", "sources", "check")

    assert 0 == said.code
    first = said.out.splitlines()[0].split("\t")
    assert [GULL, "ok", "2026-11-20T07:00:00Z", "2026-11-20T05:00:00Z", "7", "0.5"] == first[:6]
    assert "2 sources: 2 ok; none needs attention" in said.err


def test_a_source_that_ended_goes_first_and_ends_the_command_with_1(root: Path) -> None:
    remember(root, {GULL: WELL, HERON: ENDED})

    said = copydesk("-C", root, "--now", "2026-11-20T08:00:00Z", "sources", "check")

    assert 1 == said.code
    assert said.out.startswith(f"{HERON}\tended\t")
    assert "2 sources: 1 ended, 1 ok; 1 needs attention" in said.err


def test_a_hiccup_stands_below_what_needs_somebody(root: Path) -> None:
    remember(root, {GULL: replace(WELL, failures=1, failure="network"), HERON: ENDED})

    said = copydesk("-C", root, "--now", "2026-11-20T08:00:00Z", "sources", "check")

    assert ["ended", "failing"] == [line.split("\t")[1] for line in said.out.splitlines()]


def test_the_check_as_json_has_every_field(root: Path) -> None:
    remember(root, {GULL: replace(WELL, certificate_until=NOW + DAY), HERON: WELL})

    said = copydesk("-C", root, "--now", "2026-11-20T08:00:00Z", "--json", "sources", "check")

    row = said.json()[0]
    assert 0 == said.code
    (found,) = row.pop("findings")
    assert ("certificate", False, None) == (found["kind"], found["needs_person"], found["since"])
    assert {"kind", "words", "hint", "needs_person", "since"} == set(found)
    assert {
        "url": GULL,
        "name": "The Gull",
        "state": "certificate",
        "needs_person": False,
        "last_ok": "2026-11-20T07:00:00Z",
        "last_new": "2026-11-20T05:00:00Z",
        "items": 20,
        "items_a_week": 7.0,
        "known_share": 0.5,
        "failures": 0,
        "failure": "",
        "failing_since": "",
        "error": "",
        "next": "2026-11-20T08:30:00Z",
        "interval": 5400,
        "moved_to": "",
        "certificate_until": "2026-11-21T08:00:00Z",
    } == row


def test_before_the_first_round_the_check_says_so(root: Path) -> None:
    said = copydesk("-C", root, "sources", "check")

    assert 0 == said.code
    assert f"{GULL}\tnew\t\t\t\t\t0\t\t\tnever-asked: not fetched yet\n" in said.out
    assert "2 sources, none fetched yet: run copydesk run" in said.err


def test_without_sources_the_check_says_how_to_add_one(root: Path) -> None:
    text = (root / "beat.toml").read_text("utf-8")
    (root / "beat.toml").write_text(text.split("[[source]]")[0], "utf-8")

    said = copydesk("-C", root, "sources", "check")

    assert (0, "") == (said.code, said.out)
    assert "no sources yet" in said.err


def test_asking_shows_how_sources_are_now_and_remembers_nothing(root: Path, tmp_path: Path) -> None:
    answers = small_web()
    answers[HERON] = Answer(body=b"<html><body><h1>Log in</h1></body></html>")
    web = record_web(tmp_path / "web.warc.gz", answers)
    now = ("--now", "2026-11-20T08:00:00Z")

    said = copydesk("-C", root, *now, "--json", "sources", "check", "--ask", "--web", web)
    after = copydesk("-C", root, *now, "--json", "sources", "check")

    assert 0 == said.code, said.err
    assert {GULL: "ok", HERON: "html"} == {row["url"]: row["state"] for row in said.json()}
    assert ["new", "new"] == [row["state"] for row in after.json()]


def test_the_list_has_interval_rate_and_findings(root: Path) -> None:
    remember(root, {GULL: WELL, HERON: ENDED})

    rows = copydesk("-C", root, "--now", "2026-11-20T08:00:00Z", "--json", "sources").json()

    assert (5400, 7.0, []) == (rows[0]["interval"], rows[0]["items_a_week"], rows[0]["findings"])
    assert ["ended"] == [one["kind"] for one in rows[1]["findings"]]


# the ledger


def test_what_moved_or_ended_is_written_down_once(root: Path) -> None:
    before, after = {GULL: WELL, HERON: WELL}, {GULL: MOVED, HERON: ENDED}

    assert str(LEDGER) == note(root, before, after)
    assert "" == note(root, after, after)

    ledger = read_ledger(root)
    assert {GULL: SourceMoved(to=NEW, at=NOW)} == ledger.moved
    assert {HERON: SourceEnded(at=NOW, why="gone: it is closed")} == ledger.ended


def test_where_nothing_moved_no_file_is_made(root: Path) -> None:
    assert "" == note(root, {GULL: WELL}, {GULL: replace(WELL, items=3)})

    assert not (root / LEDGER).exists()


@pytest.mark.parametrize("state", [MOVED, ENDED])
def test_what_is_no_longer_believed_is_taken_out(root: Path, state: SourceState) -> None:
    note(root, {GULL: WELL}, {GULL: state})

    assert str(LEDGER) == note(root, {GULL: state}, {GULL: WELL})

    assert Ledger() == read_ledger(root)


def test_what_an_editor_keeps_is_not_written_down(root: Path) -> None:
    kept = Ledger(kept={GULL: SourceKept(by="Ada", at=NOW, why="")})
    records.write_ledger(root, kept)

    assert "" == note(root, {GULL: WELL}, {GULL: MOVED})


def test_a_move_by_hand_stays_where_memory_knows_of_none(root: Path) -> None:
    records.write_ledger(root, Ledger(moved={GULL: SourceMoved(to=NEW, at=NOW)}))

    assert "" == note(root, {GULL: WELL}, {GULL: WELL})

    assert {GULL} == set(read_ledger(root).moved)


def test_an_address_of_many_thousand_characters_is_not_written_down(root: Path) -> None:
    long = replace(WELL, moved_to=f"https://gull.example/{'x' * 8_000}")

    assert "" == note(root, {GULL: WELL}, {GULL: long})


def test_what_could_not_be_written_is_written_later(root: Path) -> None:
    (root / LEDGER).write_text("moved: [\n", "utf-8")
    with pytest.raises(RecordError, match="invalid YAML"):
        note(root, {GULL: WELL}, {GULL: MOVED})
    (root / LEDGER).unlink()

    assert str(LEDGER) == note(root, {GULL: MOVED}, {GULL: MOVED})


WRITTEN = Ledger(
    moved={GULL: SourceMoved(to=NEW, at=NOW)},
    ended={HERON: SourceEnded(at=NOW, why="")},
    kept={"https://kept.example/": SourceKept(by="Ada", at=NOW, why="")},
)


def test_with_the_memory_lost_the_ledger_is_believed() -> None:
    fresh = SourceState()

    assert NEW == apply_ledger(fresh, WRITTEN, GULL).moved_to
    ended = apply_ledger(fresh, WRITTEN, HERON)
    assert (True, NOW) == (ended.ended, ended.ended_at)
    assert apply_ledger(fresh, WRITTEN, "https://kept.example/").held
    assert fresh == apply_ledger(fresh, WRITTEN, "https://other.example/")


def test_what_is_remembered_goes_over_the_ledger_but_an_editors_word_over_both() -> None:
    assert WELL == apply_ledger(WELL, WRITTEN, GULL)

    kept = replace(WRITTEN, kept={GULL: SourceKept(by="Ada", at=NOW, why="")})
    moved, ended = (apply_ledger(one, kept, GULL) for one in (MOVED, ENDED))

    assert ("", True) == (moved.moved_to, moved.held)
    assert (False, True) == (ended.ended, ended.held)
    assert ended == apply_ledger(ended, kept, GULL)
    assert not apply_ledger(ended, WRITTEN, GULL).held


# keep


def keep(root: Path, url: str, *more: str) -> source_edits.KeepReport:
    said = copydesk(
        *("-C", root, "--now", "2026-11-20T08:00:00Z", "--json", "sources", "keep", url),
        *("--why", "it is back", "--as", "Ada", *more),
    )
    assert 0 == said.code, said.err
    return msgspec.convert(said.json(), source_edits.KeepReport)


@pytest.mark.parametrize(("state", "undone"), [(MOVED, "move"), (ENDED, "end"), (WELL, "")])
def test_keeping_a_source_undoes_what_came_over_it(
    root: Path, state: SourceState, undone: str
) -> None:
    remember(root, {GULL: state})
    if note(root, {GULL: WELL}, {GULL: state}):
        run_git(root, "add", str(LEDGER))
        run_git(root, "commit", "-qm", "a round")

    report = keep(root, GULL)

    after = remembered(root, GULL)
    assert ("", False, True) == (after.moved_to, after.ended, after.held)
    assert (undone, (str(LEDGER),)) == (report.undone, report.changed)
    assert Ledger(kept={GULL: SourceKept(by="Ada", at=NOW, why="it is back")}) == read_ledger(root)


def test_keeping_is_committed_with_its_reason(root: Path) -> None:
    remember(root, {GULL: MOVED})
    run_git(root, "config", "user.name", "Ed")

    report = keep(root, GULL)

    assert report.commit == run_git(root, "rev-parse", "HEAD").strip()
    assert f"sources: keep {GULL}\n\nit is back\n\nby Ada" in run_git(
        root, "log", "-1", "--format=%B"
    )
    assert "" == run_git(root, "status", "--porcelain")
    assert not is_cut_short(root)


def test_keeping_again_changes_nothing(root: Path) -> None:
    remember(root, {GULL: ENDED})
    keep(root, GULL)
    head, state = run_git(root, "rev-parse", "HEAD"), remembered(root, GULL)

    report = keep(root, GULL, "--as", "Bob", "--now", "2026-11-21T08:00:00Z")

    assert ((), None) == (report.changed, report.commit)
    assert (head, state) == (run_git(root, "rev-parse", "HEAD"), remembered(root, GULL))


def test_without_git_keeping_says_so(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", git=False)

    report = keep(root, GULL)

    assert None is report.commit
    assert ("there is no git repository: the change is on disk, without a history",) == report.notes


def test_only_a_source_of_the_beat_can_be_kept(root: Path) -> None:
    with open_newsroom(root, NOW, {}) as opened, pytest.raises(UsageError):
        source_edits.keep_source(opened, NEW, "why", "Ada")
    assert not (root / LEDGER).exists()


def test_a_ledger_with_a_persons_edits_is_not_committed_for_them(root: Path) -> None:
    (root / LEDGER).write_text("mine: [x]\n", "utf-8")

    with (
        open_newsroom(root, NOW, {}) as opened,
        pytest.raises(RecordError, match="uncommitted edits"),
    ):
        source_edits.keep_source(opened, GULL, "why", "Ada")


def test_a_feed_that_is_cut_gives_its_whole_items_and_is_reported(
    root: Path, tmp_path: Path
) -> None:
    whole = small_web()
    body = whole[GULL].body
    web = whole | {GULL: Answer(body=body[: body.index(b"<title>Bakery")])}
    file = record_web(tmp_path / "cut.warc.gz", web)

    ran = copydesk("-C", root, "run", "--web", file, "--now", NOW.isoformat(), "--json").json()

    assert "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md" in ran["filed"]
    (failure,) = [failure for failure in ran["failed"] if failure["url"] == GULL]
    assert failure["what"] == "the XML of the source ends too early, whole items read: 1"
    checked = copydesk("-C", root, "--now", NOW.isoformat(), "sources", "check", "--json").json()
    assert "cut-off" in {row["state"] for row in checked if row["url"] == GULL}
