"""Topics on labelled stories: counted as a person would, and what is no such list is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copydesk import measure
from copydesk.errors import DataError
from copydesk.news import Beat, Topic

BEAT = Beat(
    title="The Harbour",
    topic="Sea",
    topics=(
        Topic(id="sea", name="Sea"),
        Topic(id="fish", name="Fish", parent="Sea", keywords=("herring", "cod")),
        Topic(id="ships", name="Ships", parent="Sea", keywords=("ferry",)),
    ),
)


def labelled(path: Path, *rows: dict[str, object] | str) -> Path:
    file = path / "stories.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def row(title: str, *topics: str, **fields: object) -> dict[str, object]:
    return {"id": title, "title": title, "topics": list(topics), **fields}


def test_topics_are_counted_by_story_and_by_topic(tmp_path: Path) -> None:
    report = measure.topics(
        labelled(
            tmp_path,
            row("Herring is back", "Fish"),
            row("Ferry full of herring", "Ships"),
            row("Nothing of it"),
            row("A silent boat", "Ships"),
        ),
        BEAT,
    )
    ours = report.copydesk
    assert (report.stories, report.labels) == (4, 3)
    assert (ours.micro.precision, ours.micro.recall, ours.micro.f1) == (0.6667, 0.6667, 0.6667)
    assert ours.macro.f1 == round((2 / 3 + 2 / 3) / 2, 4)
    assert ours.exact == 0.5
    assert (ours.on_beat.precision, ours.on_beat.recall) == (1.0, 0.6667)
    assert [(score.topic, score.labelled, score.given, score.right) for score in report.topics] == [
        ("Fish", 1, 2, 1),
        ("Ships", 2, 1, 1),
    ]


def test_a_miss_is_told_with_its_reasons(tmp_path: Path) -> None:
    report = measure.topics(labelled(tmp_path, row("Ferry", "Fish"), row("A boat", "Ships")), BEAT)
    ferry, boat = report.misses
    assert (ferry.story, ferry.topics, ferry.expected) == ("Ferry", ("Ships",), ("Fish",))
    assert 'topic Ships: "ferry" in title (confidence 72)' in ferry.reasons
    assert boat.reasons == ("off-beat: no keyword of any topic in the article",)


def test_the_references_rule_stands_beside_it(tmp_path: Path) -> None:
    # it finds cod in "codes", and reads no text
    report = measure.topics(
        labelled(tmp_path, row("Codes"), row("Out early", "Fish", text="Cod. " * 9)), BEAT
    )
    assert report.everyday.micro.f1 == 0.0
    assert (report.everyday.profile, report.copydesk.profile) == ("everyday", "copydesk")
    assert report.copydesk.micro.f1 == 1.0


@pytest.mark.parametrize(
    ("rows", "compared"),
    [
        ([row("Herring", "Fish")], ["Fish"]),
        ([row("Herring", "Fish", "Sea")], ["Fish", "Sea"]),
    ],
)
def test_the_main_topic_is_compared_where_a_label_names_it(
    tmp_path: Path, rows: list[dict[str, object]], compared: list[str]
) -> None:
    report = measure.topics(labelled(tmp_path, *rows), BEAT)
    assert [score.topic for score in report.topics] == compared
    assert report.copydesk.exact == 1.0


def test_excerpt_language_section_and_tags_are_read(tmp_path: Path) -> None:
    report = measure.topics(
        labelled(
            tmp_path,
            row("a", "Fish", excerpt="Cod and cod", section="Fish"),
            row("b", "Ships", tags=["ferry"], text="A ferry. " * 3),
            row("c", "Fish", lang="de", text="Cod und cod und cod. " * 3, url="https://x.example/"),
        ),
        BEAT,
    )
    assert report.copydesk.exact == 1.0


def test_a_topic_that_is_always_off_is_nought(tmp_path: Path) -> None:
    report = measure.topics(labelled(tmp_path, row("Nothing")), BEAT)
    assert (report.copydesk.micro.f1, report.copydesk.macro.f1, report.copydesk.exact) == (0, 0, 1)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{", "the line is not JSON"),
        ("[" * 100_000, "the line is not JSON"),
        ("[1]", "the line is not a labelled story"),
        ('{"title": "x"}', "the story has no `topics`"),
        ('{"title": "x", "topics": "Fish"}', "expected a list of texts as topics"),
        ('{"title": "x", "topics": [1]}', "expected a list of texts as topics"),
        ('{"title": ["x"], "topics": []}', "expected a text as title"),
        ('{"title": "x", "topics": ["Birds"]}', "unknown topic: 'Birds'"),
    ],
)
def test_what_is_no_labelled_story_is_named_with_its_line(
    tmp_path: Path, line: str, what: str
) -> None:
    file = labelled(tmp_path, row("Herring", "Fish"), "", line)
    with pytest.raises(DataError, match=r"stories\.jsonl:3") as caught:
        measure.topics(file, BEAT)
    assert caught.value.what == what


def test_a_file_without_stories_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="found no labelled stories"):
        measure.topics(labelled(tmp_path), BEAT)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="the file is not UTF-8"):
        measure.topics(file, BEAT)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        measure.topics(tmp_path, BEAT)
