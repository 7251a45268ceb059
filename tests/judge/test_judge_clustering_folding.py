"""Folding: of many documents, groups without a new report are kept as the sum of their reports."""

from __future__ import annotations

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


def test_ten_thousand_documents_are_kept_as_they_are() -> None:
    assert Stream.most_unfolded == 10_000


@pytest.mark.parametrize("seed", [2, 50, 95])
def test_nothing_is_folded_up_to_the_limit(seed: int) -> None:
    documents = list(tangled(seed))
    whole, at_limit = Stream(), folding(len(documents))
    for one in documents:
        assert whole.compare(one) == at_limit.compare(one)
        assert whole.place(one) == at_limit.place(one)

    assert whole.groups() == at_limit.groups()
    assert whole.postings == at_limit.postings


def test_one_document_more_folds_half_of_them() -> None:
    documents = fillers(31, 0, 0.1)
    at_limit, above = (folding(most, documents).postings for most in (31, 30))
    assert above == pytest.approx(at_limit / 2, rel=0.1)


def test_a_folded_group_has_no_entries_and_is_found_all_the_same() -> None:
    stream = folded_quakes()
    whole = Stream()
    for one in (*quakes(0, 3), *fillers(60, 3, 0.01)):
        whole.add(one)
    new = document("new", QUAKES[3], 5)

    (found,), (expected,) = stream.compare(new), whole.compare(new)

    assert stream.postings < whole.postings / 2
    assert found.similarity == pytest.approx(expected.similarity, abs=0.05)
    assert (found.group, found.shared, found.veto) == ("q0", expected.shared, "")


def test_a_report_that_joins_a_folded_group_is_kept_in_it() -> None:
    stream = folded_quakes()
    like_the_new = document("new", OWN, 9)
    assert stream.compare(like_the_new) == ()

    for at in range(3):
        woken = document(f"woken {at}", f"{QUAKES[at]}: {OWN}", 5)
        assert stream.place(woken).group == "q0"
    (awake,) = stream.compare(like_the_new)
    for one in fillers(60, 6, 0.01):
        stream.add(replace(one, key=f"more {one.key}", title=f"{one.title}x"))
    (folded,) = stream.compare(like_the_new)

    assert awake.group == folded.group == "q0"
    assert "zelikova" in awake.shared
    assert awake.shared == folded.shared
    assert awake.similarity / 2 < folded.similarity < awake.similarity
    assert stream.add(document("old words", QUAKES[1], 9)) == "q0"
    groups = stream.groups()
    found = {key for key, group in groups.items() if group == "q0"}
    assert found == {f"{name}{at}" for name in ("q", "woken ") for at in range(3)} | {"old words"}


def test_who_is_parted_from_a_report_stays_out_of_its_folded_group() -> None:
    new = document("new", QUAKES[3], 5)
    for apart in ({"q1": frozenset({"new"})}, {"new": frozenset({"q1"})}):
        stream = folded_quakes(apart=apart)
        assert stream.compare(new)[0].veto == "apart"
        assert stream.add(new) == "new"


def test_a_folded_group_is_forgotten_when_it_ends() -> None:
    stream = folded_quakes()
    late = [document(f"late {at}", f"xi{at}lo {at}vu", 24 * 40 + at) for at in range(80)]
    for one in late:
        stream.add(one)

    assert stream.place(document("new", QUAKES[1], 24 * 40 + 90)).near == ()
    assert stream.groups()["q1"] == "q0"


def test_a_folded_group_of_a_known_name_lives_again() -> None:
    stream = folded_quakes()
    assert stream.add(document("v", VOTE, 24 * 50, group="q0")) == "q0"
    assert stream.add(document("w", VOTE, 24 * 50)) == "q0"


def test_one_wrong_clock_is_folded_like_all_others() -> None:
    strays = [document("past", ROBOT, -24 * 365 * 56), document("ahead", ROBOT, 24 * 300)]
    stream = folding(10, [*quakes(0, 2), *strays, *quakes(2, 5), *fillers(40, 6, 0.1)])
    assert stream.add(document("new", QUAKES[0], 10)) == "q0"


def test_folded_groups_that_are_about_one_event_are_merged_with_their_sums() -> None:
    halves = [
        document(f"d{at}", QUAKES[at % len(QUAKES)], at / 10, group="odd" if at % 2 else "even")
        for at in range(6)
    ]
    stream = folding(20, [*halves, *fillers(40, 1, 0.01)])
    for at in range(12):
        stream.add(document(f"new {at}", QUAKES[at % len(QUAKES)], 2 + at / 10))
    stream.settle()

    groups = stream.groups()
    assert len({groups[one.key] for one in halves}) == 1
    assert stream.add(document("last", QUAKES[2], 4)) == groups["d0"]


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
