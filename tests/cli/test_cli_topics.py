"""copydesk topics suggest: lines for a script, a sheet for a person, keywords into a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.archive import Archive
from copydesk.news import Story
from world import records
from world.command import copydesk
from world.newsroom import NOW, newsroom, run_git

TOPIC = "_data/topics/00-coast.yaml"
LAND = "_id: land\nname: Land\nkeywords:\n  - meadow\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a newsroom with four stories on the coast that have trawlers, one that is on none."""
    root = newsroom(tmp_path / "beat")
    beat = root / "beat.toml"
    text = beat.read_text("utf-8").replace('topic = "Coast"', "main_topic = false")
    beat.write_text(text, "utf-8")
    (root / "_data/topics/01-land.yaml").write_text(LAND, "utf-8")
    titles: list[tuple[str, tuple[str, ...]]] = [
        (f"Old trawlers {verb}", ("Coast",)) for verb in ("sail", "sink", "drift", "race")
    ]
    titles += [(f"Meadow {number}", ("Land",)) for number in range(10)]
    titles += [("New trawlers\x1b[31m", ())]
    for number, (title, topics) in enumerate(titles):
        url = f"https://gull.example/{number}"
        path = f"_news/2026-11-19-story-{number}.md"
        records.write(
            Archive(root),
            Story(path=path, title=title, topics=topics, web_url=url, published_at=NOW),
        )
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "stories")
    return root


def test_without_a_terminal_a_line_is_a_word_with_its_counts(root: Path) -> None:
    said = copydesk("-C", root, "topics", "suggest", "Coast")

    cells = said.out.splitlines()[0].split("\t")
    assert cells[:6] == ["Coast", "trawlers", "5", "0", "4", "1"]
    assert float(cells[6]) > 1
    assert "from 15 stories in en" in said.err
    assert 'copydesk topics suggest "Coast" --add WORD' in said.err


def test_on_a_terminal_each_word_has_its_stories_below(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("copydesk.cli.topics.is_for_a_person", lambda: True)

    said = copydesk("-C", root, "topics", "suggest", "Coast")

    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert lines[0] == "Coast (4 stories)"
    assert lines[1] == "word wins loses on it elsewhere"
    assert "trawlers 5 0 4 1" in lines
    assert any(line.startswith("+ New trawlers") and "(no topic)" in line for line in lines)
    assert "\x1b[31m" not in said.out


def test_the_report_has_the_keys_of_the_contract(root: Path) -> None:
    report = copydesk("-C", root, "topics", "suggest", "--limit", "1", "--json").json()

    assert report.keys() == {"stories", "language", "topics", "failed", "notes", "kinds"}
    (coast,) = [topic for topic in report["topics"] if topic["topic"] == "Coast"]
    assert coast.keys() == {"topic", "stories", "ruled", "words", "near_misses"}
    (word,) = coast["words"]
    assert word.keys() == {"word", "on", "off", "strength", "tried", "wins", "loses"}
    won = word["wins"][0]
    assert won.keys() == {"path", "title", "now", "topics", "is_won", "lost"}


def test_topics_that_miss_much_come_first_and_kinds_are_offered(root: Path) -> None:
    """Meadows are nearly found in many stories; Portugal and Zambia are countries."""
    for number in range(3):
        story = Story(
            path=f"_news/2026-11-18-near-{number}.md",
            title=f"A day out {number}",
            excerpt="Beyond the meadow.",
            web_url=f"https://gull.example/near-{number}",
            published_at=NOW,
        )
        records.write(Archive(root), story)
    countries = {"02-pt": "_id: pt\nname: Portugal\n", "03-zm": "_id: zm\nname: Africa\n"}
    for file, text in countries.items():
        place = "place: ZM\nkind: place\n" if "zm" in file else ""
        (root / f"_data/topics/{file}.yaml").write_text(text + place, "utf-8")

    report = copydesk("-C", root, "topics", "suggest", "--json").json()
    said = copydesk("-C", root, "topics", "suggest")

    topics = [(topic["topic"], topic["near_misses"]) for topic in report["topics"]]
    assert [("Land", 3), ("Coast", 0)] == topics[:2]
    assert report["kinds"] == [
        {"topic": "Coast", "kind": "subject", "place": ""},
        {"topic": "Land", "kind": "subject", "place": ""},
        {"topic": "Portugal", "kind": "place", "place": "PT"},
    ]
    assert "to Portugal: write `kind: place` and `place: PT` in its file" in said.err
    assert "only the name of the country ZM is known in en" in said.err


def test_a_word_is_added_once(root: Path) -> None:
    order = ("-C", root, "topics", "suggest", "coast", "--add", "trawler", "--as", "Ada")

    first, again = copydesk(*order), copydesk(*order, "--json").json()

    assert first.out == f"added to {TOPIC}: trawler\n"
    assert "copydesk rejudge" in first.err
    assert "  - trawler\n" in (root / TOPIC).read_text("utf-8")
    assert (again["added"], again["known"], again["commit"]) == ([], ["trawler"], None)
    assert copydesk(*order).out == "already a keyword: trawler\n"


def test_a_dismissed_word_is_offered_no_more(root: Path) -> None:
    order = ("-C", root, "topics", "suggest", "coast", "--dismiss", "trawler", "--as", "Ada")

    first, again = copydesk(*order), copydesk(*order, "--json").json()

    assert first.out == f"keyword not suggested again for {TOPIC}: trawler\n"
    assert "dismissed:\n  - trawler\n" in (root / TOPIC).read_text("utf-8")
    assert run_git(root, "log", "-1", "--format=%B").split("\n\n") == [
        "topics: Coast, 1 dismissed word",
        "- trawler",
        "by Ada\n",
    ]
    assert again.keys() == {"topic", "path", "dismissed", "known", "commit", "notes"}
    assert (again["dismissed"], again["known"], again["commit"]) == ([], ["trawler"], None)
    assert copydesk(*order).out == "already dismissed: trawler\n"
    assert "trawlers" not in copydesk("-C", root, "topics", "suggest", "Coast").out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--dismiss", "trawler", "--as", "Ada"), "copydesk topics suggest TOPIC --dismiss"),
        (("Coast", "--dismiss", "a", "--add", "b", "--as", "Ada"), "options cannot be combined"),
        (("Coast", "--dismiss", "!", "--as", "Ada"), "write at least one word"),
        (("--add", "trawler", "--as", "Ada"), "copydesk topics suggest TOPIC --add"),
        (("Costa", "--as", "Ada"), "Coast"),
        (("Coast", "--add", "!", "--as", "Ada"), "write at least one word"),
    ],
)
def test_what_cannot_be_meant_is_misuse(root: Path, words: tuple[str, ...], hint: str) -> None:
    said = copydesk("-C", root, "topics", "suggest", *words)

    assert said.code == 2
    assert said.out == ""
    assert hint in said.err
