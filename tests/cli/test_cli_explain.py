"""copydesk explain: the quality as a table, and how it stands among others."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from copydesk.archive.record import emit_story
from copydesk.news import Provider, Reason, Story
from world.command import Said, copydesk
from world.machine import PATIENCE_SECONDS
from world.newsroom import NOW, newsroom, run_git, write_files

WALL = "_news/2026-11-19-wall.md"
LONG = "important term: " + "thousands of people leave their houses behind the dam " * 3


def record(path: str, quality: int | None, *reasons: str, **fields: object) -> dict[str, bytes]:
    about: dict[str, object] = {
        "title": "Sea wall to rise",
        "published_at": NOW,
        "web_url": f"https://gull.example/{path}",
        "topics": ("Coast",),
        "quality": quality,
        "heat": quality,
        "published": (quality or 0) >= 70,
        "reasons": tuple(map(Reason.parse, reasons)),
        **fields,
    }
    return {path: emit_story(Story(path=path, **about))}  # type: ignore[arg-type]


def file(root: Path, *records: dict[str, bytes]) -> Path:
    for files in records:
        write_files(root, files)
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "stories")
    return root


def explain(root: Path, name: str = WALL) -> list[str]:
    done = copydesk("-C", root, "--now", NOW.isoformat(), "explain", name)
    assert done.code == 0, done.err
    return done.out.splitlines()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a newsroom of a story with points of all kinds, and two more on its topic."""
    own = record(
        WALL,
        75,
        "topic Coast: by hand",
        'quality +35: keyword "sea wall" in title',
        f"quality +50: {LONG}",
        "quality -10: late: \x1b[31mred",
        "published: quality 75 reaches the threshold 70",
    )
    others = (record(f"_news/2026-11-19-other-{n}.md", 60 + n * 30) for n in range(2))
    return file(newsroom(tmp_path / "beat"), own, *others)


def test_quality_is_a_table_in_the_place_of_its_reasons_with_the_sum_below(root: Path) -> None:
    lines = explain(root)
    assert "  status: quality 75 reaches the threshold 70" == lines[2]
    changes = [line for line in lines if line.startswith("  to change this: ")]
    assert [
        "  topic Coast: by hand",
        '  relevance         +35  keyword "sea wall" in title',
        f"  other             +50  {LONG.strip()}",
        "                    -10  late: [31mred",
        "  sum                75",
        "  rank: 2 by quality among the last 3 stories on Coast (median quality 75, 2 published)",
    ] == lines[3 + len(changes) :][:6]


def test_json_gains_parts_and_places_and_keeps_all_reasons(root: Path) -> None:
    told = copydesk("-C", root, "explain", WALL, "--json").json()

    assert 75 == told["quality"]
    assert ["relevance", ""] == [row["part"] for row in told["parts"]]
    assert [35, 40] == [row["points"] for row in told["parts"]]
    late = "late: \x1b[31mred"
    assert {"points": -10, "why": late, "reason": f"quality -10: {late}"} == (
        told["parts"][1]["evidence"][1]
    )
    assert [{"topic": "Coast", "place": 2, "stories": 3, "median": 75, "published": 2}] == told[
        "places"
    ]
    assert 'quality +35: keyword "sea wall" in title' in told["reasons"]


def test_a_quality_that_a_person_wrote_stands_beside_the_sum(tmp_path: Path) -> None:
    odd = record(WALL, 98, "quality +35: by rules of old", "quality +20: has a picture")

    lines = explain(file(newsroom(tmp_path / "beat"), odd))

    assert "  sum                55  the file says 98" in lines
    assert not any(line.startswith("  rank:") for line in lines)  # it is alone


def test_where_no_part_is_known_the_table_is_of_quality(tmp_path: Path) -> None:
    odd = record(WALL, 35, "quality +35: by rules of old")

    assert "  quality           +35  by rules of old" in explain(
        file(newsroom(tmp_path / "beat"), odd)
    )


def test_a_story_of_no_topic_has_its_place_among_all(tmp_path: Path) -> None:
    root = file(
        newsroom(tmp_path / "beat"),
        record(WALL, 10, topics=()),
        record("_news/2026-11-19-other.md", 80),
        record("_news/2026-11-19-third.md", 70, provider=Provider(name="G", domain="g.example")),
    )

    place = "  rank: 3 by quality among the last 3 stories (median quality 70, 2 published)"
    assert place in explain(root)


def test_an_unscored_story_has_neither_table_nor_place(tmp_path: Path) -> None:
    root = file(
        newsroom(tmp_path / "beat"),
        record(WALL, None),
        record("_news/2026-11-19-other.md", 80),
    )

    lines = explain(root)

    assert "  quality: not scored yet" in lines
    assert not any(line.lstrip().startswith(("sum", "rank")) for line in lines)


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    ends = pty.openpty()
    yield ends
    for end in ends:
        os.close(end)


def test_on_a_terminal_the_table_is_as_wide_as_that(root: Path, terminal: tuple[int, int]) -> None:
    outer, inner = terminal
    subprocess.run(
        [sys.executable, "-m", "copydesk", "-C", root, "explain", WALL],
        stdout=inner,
        env={**os.environ, "COLUMNS": "60"},
        timeout=PATIENCE_SECONDS,
        check=True,
    )
    lines = os.read(outer, 100_000).decode().splitlines()

    first = next(at for at, line in enumerate(lines) if "relevance" in line)
    last = next(at for at, line in enumerate(lines) if line.startswith("  sum"))
    table = lines[first : last + 1]
    assert all(len(line) <= 60 for line in table)
    assert len(table) > 4
    words = " ".join(line[24:].strip() for line in table)
    assert LONG.strip() in words


@pytest.mark.parametrize("has_user", [True, False])
def test_the_command_that_would_publish_works_as_it_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_user: bool
) -> None:
    root = file(newsroom(tmp_path / "the beat"), record(WALL, 10, "quality +10: by rules of old"))
    if not has_user:
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (line,) = (line for line in explain(root) if "verdict" in line)

    words = shlex.split(line[line.index("copydesk") :])

    assert ("--as" in words) != has_user
    assert 0 == copydesk(*words[1:], "--now", "2026-11-20T08:00:00Z").code


def test_the_place_on_the_front_page_is_a_sum(root: Path) -> None:
    [line] = [line for line in explain(root) if line.startswith("  front page: ")]
    told = copydesk("-C", root, "--now", NOW.isoformat(), "explain", WALL, "--json").json()["front"]

    parts = [told["heat"], told["reads"], told["sole"], told["age"]]
    assert told["counts"] == sum(parts)
    assert told["sole"] == -19  # a quarter of 75, since nobody else has it
    assert line.endswith(f"= {told['counts']}")
    assert "heat 75 - 19 (only one publisher)" in line


def test_a_story_that_leads_before_a_hotter_one_says_why(tmp_path: Path) -> None:
    reputed = "quality +9: reputation of its publisher 9: credited by 4 other publishers"
    lone = record("_news/2026-11-19-claim.md", 180)
    known = record(WALL, 75, reputed, provider=Provider(name="Tern", domain="tern.example"))
    root = file(newsroom(tmp_path / "beat", more="[scoring]\nscale = 2\n"), lone, known)

    [line] = [line for line in explain(root) if line.startswith("  front page: ")]
    [other] = [line for line in explain(root, "_news/2026-11-19-claim.md") if "front page" in line]

    assert "place 1, before a hotter one because it is confirmed or its publisher is known" in line
    assert "place 2: heat 180 - 45 (only one publisher) = 135" in other


def test_a_story_that_is_not_published_has_no_place(root: Path) -> None:
    held = "_news/2026-11-19-other-0.md"
    assert not any("front page" in line for line in explain(root, held))
    assert copydesk("-C", root, "explain", held, "--json").json()["front"] is None


CRIME = "_news/2026-11-01-crime.md"
TRIAL = "_news/2026-11-02-trial.md"
LEAK = "_news/2026-11-03-leak.md"


def matter_of(root: Path, path: str) -> tuple[str, str]:
    told = copydesk("-C", root, "explain", path, "--json").json()
    return told["matter"], told["matter_title"]


@pytest.fixture
def matters(tmp_path: Path) -> Path:
    """Give a newsroom of two events of one matter, and one of none."""
    crime = Path(CRIME).stem
    return file(
        newsroom(tmp_path / "beat"),
        record(CRIME, 80, matter=crime),
        record(TRIAL, 80, matter=crime),
        record(LEAK, 80),
    )


def rule_matter(root: Path, *words: str) -> Said:
    return copydesk("-C", root, "rule", "matter", *words, "--why", "so", "--as", "Ada")


def test_a_matter_is_split_merged_and_renamed_without_a_change_of_records(matters: Path) -> None:
    crime, trial = Path(CRIME).stem, Path(TRIAL).stem
    before = (matters / TRIAL).read_bytes(), (matters / LEAK).read_bytes()
    assert matter_of(matters, TRIAL) == (crime, "")

    assert rule_matter(matters, "rename", TRIAL, "The bakery case").code == 0
    assert matter_of(matters, CRIME) == (crime, "The bakery case")
    assert rule_matter(matters, "split", TRIAL).code == 0
    assert matter_of(matters, TRIAL) == (trial, "")
    assert rule_matter(matters, "merge", CRIME, LEAK).code == 0
    assert matter_of(matters, LEAK) == (crime, "The bakery case")
    assert before == ((matters / TRIAL).read_bytes(), (matters / LEAK).read_bytes())

    assert copydesk("-C", matters, "rule", "undo", "2").code == 0
    assert matter_of(matters, TRIAL) == (crime, "The bakery case")


def test_a_rule_on_a_matter_twice_is_one_rule(matters: Path) -> None:
    for _ in range(2):
        assert rule_matter(matters, "split", TRIAL).code == 0
        assert rule_matter(matters, "merge", CRIME, LEAK).code == 0
    assert len(copydesk("-C", matters, "rule", "list", "--json").json()) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("split", CRIME), "the story began its matter, or belongs to none"),
        (("split", LEAK), "the story began its matter, or belongs to none"),
        (("merge", CRIME, TRIAL), "the stories belong to one matter already"),
        (("merge", CRIME), "the stories belong to one matter already"),
        (("rename", TRIAL, " "), "the headline is empty"),
    ],
)
def test_a_rule_on_a_matter_that_says_nothing_is_refused(
    matters: Path, words: tuple[str, ...], said: str
) -> None:
    done = rule_matter(matters, *words)
    assert (done.code, said in done.err) == (2, True)
