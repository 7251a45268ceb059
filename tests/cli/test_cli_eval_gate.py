"""copydesk eval gate: the gate beside the verdicts of a newsroom's editors."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.archive import Rulings, record
from copydesk.news import Reason, Story, Verdict
from copydesk.news.ruling import Said
from world.command import Said as Done
from world.command import copydesk
from world.newsroom import NOW, newsroom, record_web, run_git, small_web, write_files
from world.records import write_rulings

HELD = "held: every story waits for an editor"
WORDS = ("--why", "so", "--as", "Ed")


def file(root: Path, name: str, quality: int, said: Said | None, *reasons: str) -> str:
    path = f"_news/2026-11-19-{name}.md"
    story = Story(
        path=path,
        title=f"The {name}",
        published_at=NOW,
        web_url=f"https://gull.example/{name}",
        quality=quality,
        heat=quality,
        published=said == "publish",
        topics=("Coast",),
        reasons=tuple(map(Reason.parse, reasons)),
        verdict=said and Verdict(by="Ed", at=NOW, said=said, why="so"),
    )
    write_files(root, {path: record.emit_story(story)})
    return path


def commit(root: Path) -> None:
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "stories")


def measure(root: Path, *words: str) -> Done:
    done = copydesk("-C", root, "--now", NOW.isoformat(), "eval", "gate", *words)
    assert done.code == 0, done.err
    return done


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a newsroom whose editor wants what has 55 points or more, with a gate at 70."""
    root = newsroom(tmp_path / "beat")
    for number in range(12):
        file(root, f"low-{number}", 40, "reject", HELD, "quality +40: everything")
        file(root, f"near-{number}", 55, "publish", HELD, "quality +55: everything")
        file(root, f"high-{number}", 90, "publish", HELD, "quality +90: everything")
    file(root, "unasked", 90, "hold", "published: quality 90 reaches 70")
    file(root, "removed", 90, "remove", "published: quality 90 reaches 70")
    file(root, "untouched", 90, None, "published: quality 90 reaches 70")
    commit(root)
    return root


def test_the_agreement_is_told_with_a_gate_that_would_have_agreed_better(root: Path) -> None:
    assert [
        "decisions of editors on 38 stories: 1 hold, 24 publish, 12 reject, 1 remove",
        "  1 not compared: copies, related or removed stories",
        (
            "36 stories that had waited for an editor: "
            "the threshold (70) agrees with editors on 24 (67%)"
        ),
        "  the threshold publishes 12, and editors 12 of them (100%)",
        "  editors publish 24, and the threshold 12 of them (50%)",
        "1 stories that editors chose themselves: the threshold (70) agrees with editors on 0 (0%)",
        "  the threshold publishes 1, and editors 0 of them (0%)",
        "  editors publish 0, and the threshold 0 of them",
        "  most chosen stories correct a status, so they do not measure the threshold",
        "period      waited  agreed   chosen  agreed",
        "2026-W47        36      24        1       0",
        (
            "publish_at = 55 would agree with editors on 36 of 36 stories, and no other on more; "
            "today's 70 agrees on 24"
        ),
        ("  thresholds from 41 to 55 agree nearly as well: these decisions do not tell them apart"),
        (
            "  tested: 55 to 55 were chosen on 9/10 of the stories, "
            "and on the rest 12 decisions were better, 0 worse"
        ),
        "  proposed: publish_at = 55; copydesk rejudge shows the effect",
    ] == measure(root).out.splitlines()


def test_it_changes_nothing(root: Path) -> None:
    settings, head = (root / "beat.toml").read_bytes(), run_git(root, "rev-parse", "HEAD")

    measure(root)

    assert settings == (root / "beat.toml").read_bytes()
    assert head == run_git(root, "rev-parse", "HEAD")
    assert "" == run_git(root, "status", "--porcelain")


def test_json_has_all_of_it(root: Path) -> None:
    told = measure(root, "--json").json()

    assert {"hold": 1, "publish": 24, "reject": 12, "remove": 1} == told["said"]
    assert (36, 12, 0, 12, 12) == tuple(
        told["waited"][key] for key in ("stories", "both", "gate_only", "editor_only", "neither")
    )
    assert (55, "") == (told["proposal"], told["lacks"])
    assert ["2026-W47"] == [period["period"] for period in told["periods"]]


def test_without_a_verdict_it_says_what_it_needs(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")

    done = measure(root)

    assert ("", 0) == (done.out, measure(root, "--json").json()["decided"])
    assert "no editor has decided on a story yet: use copydesk verdict PATH publish" in done.err


def test_a_word_among_the_rulings_counts_and_a_record_that_is_gone_does_not(
    tmp_path: Path,
) -> None:
    root = newsroom(tmp_path / "beat", more='[scoring]\nprofile = "everyday"\npublish_at = 70\n')
    path = file(root, "wall", 90, None)
    word = Verdict(by="Ed", at=NOW, said="hold", why="so")
    write_rulings(root, Rulings(verdicts={path: word, "_news/2026-11-19-gone.md": word}))
    commit(root)

    told = measure(root, "--json").json()

    assert (1, 1) == (told["decided"], told["picked"]["gate_only"])


def test_a_record_that_cannot_be_read_loses_no_other(root: Path) -> None:
    (root / "_news/2026-11-19-low-0.md").write_text("---\ntitle: [\n---\n", "utf-8")

    done = measure(root)

    assert done.out.startswith("decisions of editors on 37 stories")
    assert "2026-11-19-low-0.md" in done.err


@pytest.mark.slow
def test_verdicts_as_editors_give_them_are_counted_until_they_are_taken_back(
    tmp_path: Path,
) -> None:
    web = record_web(tmp_path / "web.warc.gz", small_web())
    root = newsroom(tmp_path / "beat", more='[review]\nmode = "hold"\n')
    now = ("--now", NOW.isoformat())
    assert copydesk("-C", root, *now, "run", "--web", web).code == 0
    wall, seals = sorted(root.glob("_news/*.md"), reverse=True)
    for path, word in ((wall, "publish"), (seals, "reject")):
        assert copydesk("-C", root, *now, "verdict", path, word, *WORDS).code == 0

    met = measure(root, "--json").json()["waited"]
    assert (2, 1, 1) == (met["stories"], met["both"], met["neither"])

    assert copydesk("-C", root, *now, "rejudge", "--apply").code == 0
    assert 2 == measure(root, "--json").json()["waited"]["stories"]  # the reasons were made anew
    assert copydesk("-C", root, *now, "verdict", wall, "clear", *WORDS).code == 0
    assert 1 == measure(root, "--json").json()["decided"]
