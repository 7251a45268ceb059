"""eval topics as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from world.command import copydesk

TOPIC = "_id: fish\nname: Fish\nkeywords:\n  - herring\n"


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "_data" / "topics").mkdir(parents=True)
    (tmp_path / "_data" / "topics" / "00-fish.yaml").write_text(TOPIC)
    (tmp_path / "beat.toml").write_text('[site]\ntitle = "The Harbour"\n')
    rows = [
        {"id": "1", "title": "Herring is back", "topics": ["Fish"]},
        {"id": "2", "title": "Herring in \u001b[31mred", "topics": []},
    ]
    (tmp_path / "labelled.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_topics_prints_its_figures_as_json(room: Path) -> None:
    said = copydesk("-C", room, "eval", "topics", room / "labelled.jsonl", "--json")

    told = said.json()
    assert said.code == 0
    assert set(told) == {"stories", "labels", "copydesk", "everyday", "topics", "misses"}
    assert set(told["copydesk"]) == {"profile", "micro", "macro", "exact", "on_beat"}
    assert told["copydesk"]["micro"] == {"precision": 0.5, "recall": 1.0, "f1": 0.6667}
    assert told["misses"][0]["story"] == "2"


def test_topics_tells_a_person_and_lists_misses_when_asked_for(room: Path) -> None:
    said = copydesk("-C", room, "eval", "topics", room / "labelled.jsonl")
    misses = copydesk("-C", room, "eval", "topics", room / "labelled.jsonl", "--misses")

    assert said.out.splitlines() == [
        "2 stories, 1 topics",
        "copydesk: F1 0.667 (precision 0.500, recall 1.000), 50.0% of the stories fully right",
        "  mean over topics: F1 0.667 (precision 0.500, recall 1.000)",
        "  whether stories are on topic: F1 0.667 (precision 0.500, recall 1.000)",
        "everyday: F1 0.667 (precision 0.500, recall 1.000), 50.0% of the stories fully right",
        "  mean over topics: F1 0.667 (precision 0.500, recall 1.000)",
        "  whether stories are on topic: F1 0.667 (precision 0.500, recall 1.000)",
        "Fish\t1\t2\t1\t0.500\t1.000\t0.667",
    ]
    assert misses.out.splitlines()[:4] == [
        "Herring in [31mred (2)",
        "  assigned: Fish",
        "  expected: -",
        '  topic Fish: "herring" in title (confidence 72)',
    ]


def test_a_broken_label_ends_with_1_and_its_line(room: Path) -> None:
    (room / "labelled.jsonl").write_text('{"title": "x", "topics": ["Birds"]}')

    said = copydesk("-C", room, "eval", "topics", room / "labelled.jsonl")

    assert said.code == 1
    assert "labelled.jsonl:1" in said.err
    assert "hint: the topics are: Fish" in said.err
