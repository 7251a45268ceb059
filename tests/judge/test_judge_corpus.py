"""What grouping asks of what is filed: the terms of what a new story may meet, and of no other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from copydesk import judge
from copydesk.news import Beat, Corpus, CountedTerms, Shelved, Story
from judge.covered import BEAT, NOON, QUAKES, ROBOT, VOTE, Desk, name_of, ruled, story


class Watched:
    """A corpus that notes which documents it is asked for."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self.read: set[str] = set()
        self.sizes = corpus.sizes
        self.documents_with = corpus.documents_with
        self.find = corpus.find

    def terms_of(self, keys: Collection[str]) -> Mapping[str, CountedTerms]:
        """Return the terms of these documents."""
        self.read.update(keys)
        return self._corpus.terms_of(keys)


class WatchedDesk(Desk):
    """A newsroom whose corpus is watched."""

    def corpus_of(self, filed: Sequence[Shelved]) -> Corpus:
        self.corpus = Watched(judge.make_corpus(filed, self.beat))
        return self.corpus


def fillers(count: int) -> list[Story]:
    """Return stories that have no word in common with any other."""
    return [story(f"f{at}", f"zo{at}ba mi{at}ku ra{at}te", hours=at / 100) for at in range(count)]


def test_a_new_story_is_compared_with_what_it_may_meet_alone() -> None:
    desk = WatchedDesk()
    desk.round(story("a"), story("b", QUAKES[1]), story("r", ROBOT), *fillers(300))

    desk.round(story("new", QUAKES[2], hours=4))

    assert frozenset({"a", "b", "new"}) in desk.groups()
    assert {"a", "b", "new"} == desk.corpus.read


def test_all_of_a_group_are_compared_however_little_they_share() -> None:
    desk = WatchedDesk(replace(BEAT, rulings=(ruled("merge", "a", "r"),)))
    desk.round(story("a"), story("r", ROBOT), story("v", VOTE))

    desk.round(story("new", QUAKES[2], hours=4))

    assert desk.groups() == {frozenset({"a", "r", "new"})}
    assert {"a", "r", "new"} == desk.corpus.read


def test_what_is_months_away_is_not_compared() -> None:
    desk = WatchedDesk()
    desk.round(story("a"))

    desk.round(story("new", QUAKES[0], hours=24 * 31))

    assert desk.groups() == set()
    assert {"new"} == desk.corpus.read


def test_a_round_without_news_asks_for_nothing() -> None:
    desk = WatchedDesk()
    desk.round(story("a"), story("b", QUAKES[1]))

    assert desk.changes() == {}

    assert set() == desk.corpus.read


def shelve(*stories: Story) -> list[Shelved]:
    return [Shelved(story=one, text="It shook at noon.", found=NOON) for one in stories]


def changes(beat: Beat, before: Sequence[Shelved], now: Sequence[Shelved]) -> tuple[set[str], ...]:
    """Return the keys that a corpus of other stories takes in and forgets."""
    known = {one.key: one.digest for one in judge.compare_with_corpus(before, beat, {}).put}
    change = judge.compare_with_corpus(now, beat, known)
    return {one.key for one in change.put}, set(change.forget)


@pytest.mark.parametrize(
    "edit",
    [
        lambda one: replace(one, story=replace(one.story, title=ROBOT)),
        lambda one: replace(one, story=replace(one.story, language="de")),
        lambda one: replace(one, text="It shook again."),
        lambda one: replace(one, story=replace(one.story, published_at=NOON - timedelta(hours=1))),
    ],
    ids=["headline", "language", "text", "time"],
)
def test_a_corpus_lacks_a_story_whose_terms_or_time_are_others(edit: object) -> None:
    filed = shelve(story("a"), story("b"))
    assert callable(edit)

    assert ({"b"}, set()) == changes(BEAT, filed, [filed[0], edit(filed[1])])


def test_a_corpus_lacks_nothing_where_numbers_changed_alone() -> None:
    filed = shelve(story("a"), story("b"))
    moved = replace(filed[1], story=replace(filed[1].story, quality=3, group="a", heat=-1))

    assert (set(), set()) == changes(BEAT, filed, [filed[0], moved])


def test_a_corpus_forgets_what_went_and_what_has_become_a_copy() -> None:
    filed = shelve(story("a"), story("b"), story("c"))
    copy = replace(filed[1], story=replace(filed[1].story, copy_of="a"))

    assert (set(), {"b", "c"}) == changes(BEAT, filed, [filed[0], copy])


def test_terms_of_a_sample_are_those_of_this_version() -> None:
    # Where this fails, and it is meant, raise the version in `coverage/_index_stories.py` too:
    # what newsrooms have kept is then made again.
    sample = story("a", "Erdbeben in Velmora: Hafen gesperrt", language="de")
    [document] = judge.compare_with_corpus(shelve(sample), BEAT, {}).put

    terms = document.terms
    assert (6, 31, 6) == terms.sizes
    assert (489, 489) == (sum(terms.terms) % 1000, sum(terms.telling) % 1000)
    assert (139, 2855) == (sum(terms.counts), sum(terms.rates))
    assert name_of(sample) == document.key
