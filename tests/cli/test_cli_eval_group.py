"""eval group and eval copies as a person calls them: figures worked out by hand, faults named."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from judge.covered import QUAKES, ROBOT, VOTE
from measure.labelled import lines
from world.command import copydesk
from world.shared import SHARED, needs_shared

KEYS = {"documents", "stories", "groups", "order", "pairwise", "bcubed", "at_once", "first"}
SCORES = {"precision", "recall", "f1"}
TEXT = " ".join(f"The harbour of Velmora has a story number {at} to tell." for at in range(20))
OTHER = " ".join(f"Penguins listened to robots play song {at} in the hall." for at in range(20))


def row(key: str, title: str, cluster: str, **fields: object) -> dict[str, object]:
    return {"id": key, "title": title, "cluster": cluster, **fields}


# our groups are abc and de, the labels say ab, cd and e
DOCUMENTS = (
    row("a", QUAKES[0], "1", order=1),
    row("b", QUAKES[1], "1", order=2),
    row("c", QUAKES[2], "2", order=3),
    row("d", ROBOT, "2", order=4),
    row("e", ROBOT, "3", order=5),
)


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return lines(tmp_path / "gold.jsonl", *DOCUMENTS)


def test_group_prints_its_figures_as_json(gold: Path) -> None:
    said = copydesk("eval", "group", gold, "--json")

    told = said.json()
    assert said.code == 0
    assert set(told) == {*KEYS, "stretches", "documents_per_second"}
    assert set(told["at_once"]) == {"groups", "pairwise", "bcubed"}
    assert set(told["bcubed"]) == set(told["at_once"]["pairwise"]) == SCORES
    assert (told["documents"], told["stories"], told["groups"]) == (5, 3, 2)
    assert (told["order"], told["stretches"]) == ("order", 0.0)


def test_the_scores_are_those_worked_out_by_hand(gold: Path) -> None:
    told = copydesk("eval", "group", gold, "--json").json()

    # of our pairs ab, ac, bc, de one is labelled; of the labelled ab, cd one is ours
    assert told["pairwise"] == {"precision": 0.25, "recall": 0.5, "f1": 0.3333}
    # purity 2/3 2/3 1/3 1/2 1/2; completeness 1 1 1/2 1/2 1
    assert told["bcubed"] == {"precision": 0.5333, "recall": 0.8, "f1": 0.64}
    assert told["at_once"]["bcubed"] == told["bcubed"]
    assert told["first"] == 0.64


def test_group_tells_a_person(gold: Path) -> None:
    first, end, at_once = copydesk("eval", "group", gold).out.splitlines()

    assert first.startswith("5 documents about 3 events, ordered by order: ")
    assert end == (
        "  final groups: 2; BCubed F1 0.640 (precision 0.533, recall 0.800), "
        "pairwise F1 0.333 (precision 0.250, recall 0.500)"
    )
    assert at_once.startswith("  groups on arrival: 2; BCubed F1 0.640 ")


def test_out_gets_a_line_for_each_document_that_the_given_scorer_reads(
    gold: Path, tmp_path: Path
) -> None:
    out = tmp_path / "ours.jsonl"
    copydesk("eval", "group", gold, "--out", out)

    ours = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert ours == [{"id": key, "cluster": "a" if key in "abc" else "d"} for key in "abcde"]


@needs_shared
def test_the_scores_are_those_of_the_labelled_datas_own_scorer(gold: Path, tmp_path: Path) -> None:
    out = tmp_path / "ours.jsonl"
    told = copydesk("eval", "group", gold, "--out", out, "--json").json()
    ours = [json.loads(line)["cluster"] for line in out.read_text("utf-8").splitlines()]
    evaluate = runpy.run_path(str(SHARED / "data" / "story" / "metrics.py"))["evaluate"]

    theirs = evaluate([one["cluster"] for one in DOCUMENTS], ours)
    for ours_, (p, r, f1) in (("pairwise", ("P", "R", "F1")), ("bcubed", ("bP", "bR", "bF1"))):
        assert told[ours_] == {"precision": theirs[p], "recall": theirs[r], "f1": theirs[f1]}


@pytest.mark.parametrize(
    ("fields", "order"),
    [
        ({"ts": "2026-03-02T12:00:00Z", "order": 1}, "time"),
        ({"order": 1}, "order"),
        ({}, "hash"),
    ],
)
def test_documents_come_by_the_best_order_that_all_of_them_have(
    tmp_path: Path, fields: dict[str, object], order: str
) -> None:
    rows = [row(key, QUAKES[0], "1", **fields) for key in "ab"]
    told = copydesk("eval", "group", lines(tmp_path / "x.jsonl", *rows), "--json").json()
    assert told["order"] == order
    rows.append(row("c", QUAKES[1], "1"))
    mixed = lines(tmp_path / "y.jsonl", *rows)
    assert copydesk("eval", "group", mixed, "--json").json()["order"] == "hash"


def test_an_order_that_not_all_have_is_an_error_with_a_way_out(gold: Path) -> None:
    said = copydesk("eval", "group", gold, "--order", "time")

    assert said.code == 1
    assert said.err == ("error: not every document can be sorted by time\nhint: use --order hash\n")
    assert copydesk("eval", "group", gold, "--order", "sometimes").code == 2


def test_time_counts_only_where_documents_come_by_it(tmp_path: Path) -> None:
    rows = [
        row("a", QUAKES[0], "1", ts="2026-03-02T12:00:00Z"),
        row("b", QUAKES[0], "1", ts="2026-05-02T12:00:00Z"),
    ]
    gold = lines(tmp_path / "x.jsonl", *rows)
    groups = {
        order: copydesk("eval", "group", gold, "--order", order, "--json").json()["groups"]
        for order in ("time", "hash")
    }
    assert groups == {"time": 2, "hash": 1}


def test_words_of_the_beat_are_taken(tmp_path: Path) -> None:
    rows = [
        row("a", "Artificial intelligence writes an opera for whales", "1", order=1),
        row("b", "Artificial intelligence shortens queues in hospitals of Norland", "2", order=2),
    ]
    gold = lines(tmp_path / "x.jsonl", *rows)
    beat = ("--beat", "artificial intelligence", "--beat", "intelligence")
    for words, groups in (((), 1), (beat, 2)):
        told: Any = copydesk("eval", "group", gold, *words, "--json").json()
        assert told["at_once"]["groups"] == groups


FAULTS = {
    "empty": ("", "the file has no documents", "", "one line of JSON for each document"),
    "blank": ("\n  \n", "the file has no documents", "", "one line of JSON for each document"),
    "invalid JSON": ('{"id": 1,\n', "invalid JSON", ":1", "one line of JSON"),
    "a list": ("[1, 2]\n", "expected a labelled", ":1", "document"),
    "no cluster": (
        '{"id": 1, "title": "x", "cluster": 2}\n\n{"id": 2, "title": "y"}\n',
        "expected a labelled document",
        ":3",
        "an id, a title and its cluster",
    ),
    "no time": (
        '{"id": 1, "title": "x", "cluster": 2, "ts": "soon"}',
        "invalid time: soon",
        ":1",
        "2026-11-24T13:10:00Z",
    ),
    "twice": ('{"id": 1, "title": "x", "cluster": 2}\n' * 2, "1 ids occur twice", "", "its own id"),
}


@pytest.mark.parametrize("command", ["group", "copies"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_line_and_what_to_do(
    tmp_path: Path, fault: str, command: str
) -> None:
    text, what, where, hint = FAULTS[fault]
    file = tmp_path / "gold.jsonl"
    file.write_text(text, "utf-8")

    said = copydesk("eval", command, file)

    error, told_hint = said.err.splitlines()
    assert (said.code, said.out) == (1, "")
    assert error.startswith(f"error: {what}")
    assert f"{file}{where}" in error
    assert told_hint.startswith("hint: ")
    assert hint in told_hint


@pytest.mark.parametrize("command", ["group", "copies"])
def test_a_file_that_is_not_there_is_a_misuse(tmp_path: Path, command: str) -> None:
    assert copydesk("eval", command, tmp_path / "none.jsonl").code == 2
    assert copydesk("eval", command, tmp_path).code == 2


def test_a_place_that_cannot_be_written_is_named(gold: Path, tmp_path: Path) -> None:
    out = tmp_path / "none" / "ours.jsonl"

    said = copydesk("eval", "group", gold, "--out", out)

    assert said.code == 1
    assert said.err.startswith("error: the file cannot be written (No such file or directory)")
    assert str(out) in said.err
    assert "hint: " in said.err


def test_copies_among_texts_are_counted_by_hand(tmp_path: Path) -> None:
    rows = [
        row("a", "Velmora's stories", "1", text=TEXT),
        row("b", "A harbour tells", "1", text=f"VELMORA (Any Wire) {TEXT}"),
        row("c", "Robots play", "2", text=OTHER),
        row("d", "Told before", "3", text=TEXT),  # labelled as no copy, but it is one
        row("e", "Short", "2", text="Penguins listened."),  # too short to be found
    ]
    file = lines(tmp_path / "x.jsonl", *rows)

    told = copydesk("eval", "copies", file, "--json").json()

    # ours: ab, ad, bd; labelled: ab, ce
    assert told == {
        "texts": 5,
        "pairs": 2,
        "found": 3,
        "scores": {"precision": 0.3333, "recall": 0.5, "f1": 0.4},
        "auc": None,
    }
    assert copydesk("eval", "copies", file).out.splitlines() == [
        "5 texts, 2 pairs of copies",
        "  3 pairs found to be copies: precision 0.333, recall 0.500",
    ]


def pair(one: str, other: str, label: object) -> dict[str, object]:
    return {"a_title": one, "a_text": "", "b_title": other, "b_text": "", "label": label}


def test_pairs_are_ranked(tmp_path: Path) -> None:
    rows = [
        pair(QUAKES[0], QUAKES[0], "OK"),  # above both others
        pair(QUAKES[0], ROBOT, 1),  # as far apart as one of them, less than the other
        pair(ROBOT, VOTE, "BAD"),
        pair(QUAKES[0], QUAKES[1], "BAD"),
    ]
    file = lines(tmp_path / "x.jsonl", *rows)
    file.write_text("\n" + file.read_text("utf-8").replace("\n", "\n\n"), "utf-8")

    told = copydesk("eval", "copies", file, "--json").json()

    assert told == {"texts": 8, "pairs": 2, "found": 0, "scores": None, "auc": 2.5 / 4}
    assert "than other pairs: AUC 0.625" in copydesk("eval", "copies", file).out


def test_pairs_of_one_kind_have_no_rank(tmp_path: Path) -> None:
    file = lines(tmp_path / "x.jsonl", pair(ROBOT, ROBOT, "OK"))
    assert copydesk("eval", "copies", file, "--json").json()["auc"] is None


@pytest.mark.parametrize("key", ["a_title", "b_title", "label"])
def test_a_pair_without_a_side_or_label_is_named(tmp_path: Path, key: str) -> None:
    broken = {name: value for name, value in pair(ROBOT, VOTE, "OK").items() if name != key}
    file = lines(tmp_path / "x.jsonl", pair(ROBOT, VOTE, "OK"), broken)

    said = copydesk("eval", "copies", file)

    assert said.code == 1
    assert said.err == (
        f"error: missing key {key}: {file}:2\nhint: a pair needs the keys a_title, b_title, label\n"
    )
