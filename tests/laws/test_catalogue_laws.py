"""Laws of the catalogue: whatever happened to the records, it answers as they stand."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.catalogue import Catalogue, StoryFilter
from copydesk.judge import gate
from copydesk.kit import text, urls
from copydesk.news import Standing, Story
from copydesk.newsroom import Newsroom, Troubles
from copydesk.newsroom.cataloguing import follow_commits, open_catalogue, sweep_records
from copydesk.newsroom.standings import read_rules, standing_of
from world.history import NAMES, SITES, History
from world.newsroom import NOW

pytestmark = pytest.mark.slow  # newsrooms on the disk, and git

RECORDS = [f"2026-11-20-{name}" for name in NAMES]
ADDRESSES = [f"{site}/{number}" for site in SITES for number in range(4)]
FILTERS = [
    StoryFilter(),
    *(StoryFilter(standings=frozenset({standing})) for standing in Standing),
    StoryFilter(standings=frozenset({Standing.HELD, Standing.PUBLISHED}), words="coast"),
    StoryFilter(topics=frozenset({"Coast", "Toys"})),
    StoryFilter(source="heron.example"),
    StoryFilter(source="https://gull.example/feed1"),
    StoryFilter(since=NOW - timedelta(hours=12)),
    StoryFilter(quality=(30, 60)),
    StoryFilter(is_gone=True),
    *(StoryFilter(words=words) for words in ("wall", "lighthouse", "nobody coming", "coats")),
]
Answers = dict[str, object]


def ask(catalogue: Catalogue) -> Answers:
    """Ask a catalogue everything."""
    every = catalogue.find(StoryFilter())
    answers: Answers = {f"at {url}": catalogue.path_at(url) for url in ADDRESSES}
    answers |= {f"all at {url}": catalogue.at_addresses([url]) for url in ADDRESSES}
    answers |= {f"copies of {name}": catalogue.copies_of(name) for name in RECORDS}
    answers |= {f"named {name}": catalogue.find_by_name([name]) for name in RECORDS}
    answers |= {f"in {name}": catalogue.in_groups([name]) for name in RECORDS}
    answers |= {str(wanted): catalogue.find(wanted) for wanted in FILTERS}
    answers |= {f"count {wanted}": catalogue.count(wanted) for wanted in FILTERS}
    return answers | {
        "last day": catalogue.between(NOW - timedelta(hours=24), NOW),
        "broken": [record.path for record in catalogue.list_failures()],
        "standings": catalogue.standings(every),
        "points": catalogue.gate_points(NOW - timedelta(hours=24)),
        "decided": sorted(catalogue.find_verdicts()),
        "read": sorted(catalogue.signatures()),
    }


def walk(newsroom: Newsroom) -> Answers:
    """Answer the same by reading every record."""
    troubles = Troubles()
    stories = list(newsroom.archive.stories(troubles))
    broken = sorted(error.subject for error in troubles.errors)
    rules = read_rules(newsroom.root, newsroom.beat, newsroom.now)

    articles = {story.path: newsroom.articles.find_for(story) for story in stories}
    standings = {
        story.path: standing_of(rules, story, lambda one: articles[one.path]) for story in stories
    }

    def wants(wanted: StoryFilter, story: Story) -> bool:
        article = articles[story.path]
        low, high = wanted.quality or (0, 0)
        has_quality = story.quality is not None and low <= story.quality <= high
        domain = story.provider.domain if story.provider else ""
        texts = (story.title, story.excerpt, article.text if article else "")
        words = set(text.words(" ".join(texts)))
        return all(
            (
                not wanted.standings or standings[story.path] in wanted.standings,
                not wanted.topics or not wanted.topics.isdisjoint(story.topics),
                wanted.source in {"", domain, article.source if article else ""},
                wanted.since is None
                or bool(story.published_at and story.published_at >= wanted.since),
                wanted.quality is None or has_quality,
                not wanted.is_gone or story.access == "gone",
                words.issuperset(wanted.words.split()),
            )
        )

    def find(wanted: StoryFilter) -> list[str]:
        found = sorted((one for one in stories if wants(wanted, one)), key=lambda one: one.path)
        return paths(sorted(found, key=_time, reverse=True))

    answers: Answers = {f"at {url}": next(iter(at(stories, url)), None) for url in ADDRESSES}
    answers |= {f"all at {url}": sorted(at(stories, url)) for url in ADDRESSES}
    for name in RECORDS:
        answers[f"copies of {name}"] = sorted(paths(s for s in stories if s.copy_of == name))
        answers[f"named {name}"] = paths(s for s in stories if Path(s.path).stem == name)
        answers[f"in {name}"] = sorted(paths(s for s in stories if s.group == name))
    answers |= {str(wanted): find(wanted) for wanted in FILTERS}
    answers |= {f"count {wanted}": len(find(wanted)) for wanted in FILTERS}
    dated = [one for one in stories if one.published_at is not None]
    day = [one for one in dated if NOW - timedelta(hours=24) <= (one.published_at or NOW) <= NOW]
    return answers | {
        "last day": paths(sorted(day, key=lambda one: (_time(one), one.path))),
        "broken": broken,
        "standings": standings,
        "points": {
            one.path: gate.deciding_points(one)
            for one in dated
            if (one.published_at or NOW) >= NOW - timedelta(hours=24)
        },
        "decided": sorted(paths(one for one in stories if one.verdict)),
        "read": sorted([*paths(stories), *broken]),
    }


def at(stories: Iterable[Story], url: str) -> Iterator[str]:
    """Yield the paths of the stories at an address, in the order in which they are read."""
    for story in stories:
        if urls.identity(url) in map(urls.identity, story.addresses):
            yield story.path


def paths(stories: Iterable[Story]) -> list[str]:
    return [story.path for story in stories]


def _time(story: Story) -> float:
    return story.published_at.timestamp() if story.published_at else 0.0


def differences(one: Answers, other: Answers) -> Answers:
    return {key: (one[key], other[key]) for key in one if one[key] != other[key]}


NUMBERS = st.integers(0, 999)
EDITS = ["file", "file", "file", "edit", "spoil", "link", "delete", "move", "say", "say"]
OTHERS = ["rule", "set", "wait", "lose"]


def histories(*kinds: str) -> st.SearchStrategy[list[list[tuple[str, int]]]]:
    """Give what happens, in lots: after each the catalogue is asked."""
    happening = st.tuples(st.sampled_from(kinds), NUMBERS)
    return st.lists(st.lists(happening, min_size=1, max_size=3), min_size=1, max_size=8)


@given(histories(*EDITS, *OTHERS))
@settings(max_examples=15)
def test_after_a_sweep_it_answers_as_the_records_stand(
    history: list[list[tuple[str, int]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        beat = History.begin(Path(folder), git=False)
        for lot in history:
            for kind, number in lot:
                beat.happen(kind, number)
            with beat.open() as newsroom, open_catalogue(newsroom.private) as catalogue:
                sweep_records(newsroom, catalogue)
                assert {} == differences(ask(catalogue), walk(newsroom))
        with contextlib.ExitStack() as stack:
            newsroom = stack.enter_context(beat.open())
            catalogue = stack.enter_context(open_catalogue(newsroom.private))
            fresh = stack.enter_context(contextlib.closing(Catalogue()))
            sweep_records(newsroom, fresh)
            assert {} == differences(ask(catalogue), ask(fresh))


@given(histories(*EDITS, *OTHERS, "commit", "rewind", "detach"))
@settings(max_examples=10)
def test_after_commits_were_followed_it_answers_as_the_records_stand(
    history: list[list[tuple[str, int]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        beat = History.begin(Path(folder))
        for lot in history:
            for kind, number in lot:
                beat.happen(kind, number)
            beat.commit(lot[-1][1])
            with beat.open() as newsroom, open_catalogue(newsroom.private) as catalogue:
                follow_commits(newsroom, catalogue)
                assert {} == differences(ask(catalogue), walk(newsroom))
