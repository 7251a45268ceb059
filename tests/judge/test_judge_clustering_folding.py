"""Folding: of many documents, groups without a new report are kept as the sum of their reports."""

from __future__ import annotations

import math
import random
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from copydesk.judge.clustering import Stream
from copydesk.judge.clustering.documents import NewsDocument
from judge.covered import QUAKES, ROBOT, VOTE, document
from judge.test_judge_clustering_stream import fillers, quakes, tangled

OWN = "Zelikova flees by ferry"  # words that none of QUAKES has


def folding(most: int, documents: Iterable[NewsDocument] = (), **options: object) -> Stream:
    """Return a stream that folds groups from so many documents on, with these documents in it."""
    stream = Stream(**options)  # type: ignore[arg-type]
    stream.most_unfolded = most
    for one in documents:
        stream.add(one)
    return stream


def folded_quakes(**options: object) -> Stream:
    """Return a stream with one folded group, of three reports on an earthquake."""
    return folding(40, [*quakes(0, 3), *fillers(60, 3, 0.01)], **options)


def test_a_hundred_thousand_documents_are_kept_as_they_are() -> None:
    assert Stream.most_unfolded == 100_000


@pytest.mark.parametrize("seed", [2, 50, 95])
def test_nothing_is_folded_up_to_the_limit(seed: int) -> None:
    documents = list(tangled(seed))
    whole, at_limit = Stream(), folding(len(documents))
    for one in documents:
        assert whole.compare(one) == at_limit.compare(one)
        assert whole.place(one) == at_limit.place(one)

    assert whole.groups() == at_limit.groups()
    assert whole.postings == at_limit.postings


def test_each_document_more_folds_one() -> None:
    documents = fillers(31, 0, 0.1)
    at_limit, above = (folding(most, documents).postings for most in (31, 30))
    assert above == pytest.approx(at_limit * 30 / 31 + 8, rel=0.01)  # a folded one has 8


def test_a_folded_group_has_no_entries_and_is_found_all_the_same() -> None:
    stream = folded_quakes()
    whole = Stream()
    for one in (*quakes(0, 3), *fillers(60, 3, 0.01)):
        whole.add(one)
    new = document("new", QUAKES[3], 5)

    (found,), (expected,) = stream.compare(new), whole.compare(new)

    assert stream.postings < whole.postings * 0.8
    assert found.similarity == pytest.approx(expected.similarity, abs=0.05)
    assert (found.group, found.shared, found.veto) == ("q0", expected.shared, "")


def needed(size: int) -> float:
    """Return the similarity that a report needs to join a group of so many."""
    return pytest.approx(0.27 - 0.02 * math.log(size))  # type: ignore[return-value]


def test_a_report_that_joins_a_folded_group_is_kept_in_it() -> None:
    stream = folded_quakes()
    assert stream.place(document("q3", QUAKES[3], 5)).group == "q0"
    for at in range(3):
        assert stream.add(document(f"own {at}", OWN, 5, group="q0")) == "q0"
    asked = [document("like the first", QUAKES[1], 9), document("like the last", OWN, 9)]
    woken = [stream.compare(one) for one in asked]
    for one in fillers(60, 6, 0.01):
        stream.add(replace(one, key=f"more {one.key}", title=f"{one.title}x"))
    folded = [stream.compare(one) for one in asked]

    for (before,), (after,) in zip(woken, folded, strict=True):
        assert before.group == after.group == "q0"
        assert before.needed == after.needed == needed(7)
        assert before.similarity > after.similarity > 0.6 * before.similarity
        assert before.shared[0] == after.shared[0]
    groups = stream.groups()
    found = {key for key, group in groups.items() if group == "q0"}
    assert found == {"q0", "q1", "q2", "q3", "own 0", "own 1", "own 2"}


def test_folding_again_leaves_no_entries_behind() -> None:
    assert folding(0, [document(str(at), QUAKES[0], at) for at in range(9)]).postings <= 8


def test_who_is_parted_from_a_report_stays_out_of_its_folded_group() -> None:
    new = document("new", QUAKES[3], 5)
    for apart in ({"q1": frozenset({"new"})}, {"new": frozenset({"q1"})}):
        stream = folded_quakes(apart=apart)
        assert stream.compare(new)[0].veto == "apart"
        assert stream.add(new) == "new"


def test_a_folded_group_is_forgotten_when_it_ends() -> None:
    late = [document(f"late {at}", f"xi{at}lo {at}vu", 24 * 40 + at) for at in range(40)]
    stream = folding(0, [*quakes(0, 3), *late])

    assert stream.postings == folding(0, late).postings
    assert stream.place(document("new", QUAKES[1], 24 * 40 + 50)).near == ()
    assert stream.groups()["q1"] == "q0"


def test_a_folded_group_of_a_known_name_lives_again() -> None:
    late = [document(f"late {at}", f"xi{at}lo {at}vu", 24 * 40 + at) for at in range(80)]
    stream = folding(40, [*quakes(0, 3), *fillers(60, 3, 0.01), *late])
    assert stream.add(document("v", VOTE, 24 * 44, group="q0")) == "q0"
    assert stream.compare(document("w", VOTE, 24 * 44))[0].needed == needed(1)
    assert stream.add(document("w", VOTE, 24 * 44)) == "q0"


def test_a_wrong_clock_changes_no_folded_group() -> None:
    stream = folded_quakes()
    new = document("new", QUAKES[0], 5)
    (before,) = stream.compare(new)
    stream.add(document("ahead", ROBOT, 24 * 300))
    (after,) = stream.compare(new)

    assert before.similarity == pytest.approx(after.similarity, abs=0.01)
    assert stream.add(new) == "q0"


def test_a_clock_that_is_wrong_by_half_a_century_is_survived() -> None:
    strays = [document(f"stray {at}", ROBOT, at * 24 * 365 * 56) for at in (-1, 1)]
    stream = folding(10, [*quakes(0, 2), *strays, *fillers(40, 6, 0.1)])
    assert stream.groups()["q1"] == "q0"


def test_folded_groups_that_are_about_one_event_are_merged_with_their_sums() -> None:
    halves = [
        document(f"{name}{at}", f"{QUAKES[at]} {name}", at / 10, group=name)
        for name in ("zelikova", "ruttenberg")
        for at in range(3)
    ]
    stream = folding(20, [*halves, *fillers(40, 1, 0.01)])
    for at in range(12):
        stream.add(document(f"new {at}", QUAKES[at % len(QUAKES)], 2 + at / 10))
    stream.settle()

    (found,) = stream.compare(document("last", "Zelikova, Ruttenberg", 4))
    assert {"zelikova", "ruttenberg"} <= set(found.shared)
    assert found.needed == needed(6 + 12)
    assert {stream.groups()[one.key] for one in halves} == {found.group}


@pytest.mark.parametrize("seed", [2, 14, 28, 50, 69, 73, 92, 95])
@pytest.mark.parametrize("most", [0, 3, 20])
def test_however_groups_are_folded_none_is_lost_or_has_anothers_name(seed: int, most: int) -> None:
    documents = list(tangled(seed))
    streams = [folding(most, documents), folding(most, documents)]
    for stream in streams:
        stream.settle()

    found = streams[0].groups()
    assert list(found) == [one.key for one in documents]
    assert streams[0].group_count == len(set(found.values()))
    assert found == streams[1].groups()
    assert all(found[name] == name for name in set(found.values()) & found.keys())


def headlines(count: int) -> Iterator[NewsDocument]:
    """Yield headlines of three to an event, in the order of time; whole, one costs 4,400 bytes."""
    chance = random.Random(1)
    words = [f"{chance.choice('bdfgklmnprst')}{at:x}a" for at in range(2000)]
    for at in range(count):
        title = " ".join(chance.choices(words, k=4) + words[at // 3 % 500 * 4 :][:4])
        yield document(f"k{at}", title, at / 100)


def one_headline(count: int) -> Iterator[NewsDocument]:
    """Yield one headline again and again; whole, each costs 980 bytes."""
    return (replace(one, title=QUAKES[0]) for one in headlines(count))


@pytest.mark.slow
@pytest.mark.parametrize(("made", "most_bytes"), [(headlines, 2200), (one_headline, 400)])
def test_a_folded_headline_costs_little(made, most_bytes: int) -> None:  # type: ignore[no-untyped-def]
    documents = list(made(2000))
    stream = folding(100, documents[:1000])
    tracemalloc.start()
    for one in documents[1000:]:
        stream.add(one)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert grown / 1000 < most_bytes
