"""The threshold under other topics, and what waits as near the beat.

    python benchmarks/judgement/threshold.py DATA WORK

DATA and WORK as for `quality.py`. For each graded beat, on the second scale: precision and recall
of quality 70 on what is worth publishing, on both halves, with the topics as their writers left
them, with half of their keywords (by the hash of each), and with twice as many. The words that are
added have the highest log odds of the topic's graded stories against the others, on the half that
is looked at. Behind that, how many stories without a topic wait as near the beat, of this beat's
web and of the other webs.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from beats import WEBS, Graded, beat_of, graded, half, judged, read_web
from pairs import WORTH, on_second_scale

from copydesk import judge
from copydesk.judge import shelves
from copydesk.news import Article, Beat, Dropped, ReasonKind, Story, Topic

HALVES = ("looked", "aside")


def main() -> None:
    """Print the two tables."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("data", type=Path)
    asked.add_argument("work", type=Path)
    given = asked.parse_args()
    webs = {web: read_web(web, given.data, given.work) for web in set(WEBS.values())}
    print("| beat, topics | looked P, R | aside P, R |\n|---|---|---|")
    for name, web in WEBS.items():
        stories, beat = list(graded(name, webs[web])), on_second_scale(beat_of(name))
        halved = replace(beat, topics=tuple(map(halve, beat.topics)))
        for what, tried in (("", beat), (", half", halved), (", twice", double(beat, stories))):
            cells = (rate(tried, [s for s in stories if half(s.article.url) == h]) for h in HALVES)
            print(f"| {name}{what} | {' | '.join(cells)} |")
    print("\n| beat | with places | looked: near of off-beat | aside |\n|---|---|---|---|")
    for name in WEBS:
        for has_places in (False, True):
            beat = on_second_scale(beat_of(name, with_places=has_places))
            every = [article for web in webs.values() for article in web.values()]
            cells = (count_near(beat, [a for a in every if half(a.url) == h]) for h in HALVES)
            print(f"| {name} | {'yes' if has_places else ''} | {' | '.join(cells)} |")


def rate(beat: Beat, stories: Sequence[Graded]) -> str:
    """Write precision and recall of the threshold."""
    passed = {at for at, one in enumerate(stories) if judged(one.article, beat).published}
    worth = {at for at, one in enumerate(stories) if one.grade >= WORTH}
    right = len(passed & worth)
    return f"{right / len(passed):.2f}, {right / len(worth):.2f}" if passed else "–"


def halve(topic: Topic) -> Topic:
    """Return a topic with half of its keywords in each language."""
    translations = tuple((language, _half_of(words)) for language, words in topic.translations)
    return replace(topic, keywords=_half_of(topic.keywords), translations=translations)


def _half_of(words: Iterable[str]) -> tuple[str, ...]:
    ordered = sorted(words, key=lambda word: hashlib.sha256(word.encode()).digest())
    return tuple(ordered[: (len(ordered) + 1) // 2])


def double(beat: Beat, stories: Iterable[Graded]) -> Beat:
    """Return a beat whose topics have as many more keywords as they have."""
    looked = [(words_of(s.article), s.topics) for s in stories if half(s.article.url) == "looked"]
    return replace(beat, topics=tuple(_double(topic, looked) for topic in beat.topics))


def _double(topic: Topic, looked: Sequence[tuple[set[str], frozenset[str]]]) -> Topic:
    inside = [words for words, topics in looked if topic.name in topics]
    outside = [words for words, topics in looked if topic.name not in topics]
    here, there = count(inside), count(outside)
    known = set(" ".join(topic.keywords).lower().split())
    odds: Mapping[str, float] = {
        word: math.log((times + 0.5) / (len(inside) + 1))
        - math.log((there[word] + 0.5) / (len(outside) + 1))
        for word, times in here.items()
        if times > 1 and word not in known
    }
    best = sorted(odds, key=lambda word: (-odds[word] * min(here[word], 5), word))
    return replace(topic, keywords=topic.keywords + tuple(best[: len(topic.keywords)]))


def words_of(article: Article) -> set[str]:
    """Return the longer words of an article's beginning."""
    return set(re.findall(r"\b[^\W\d_]{4,}\b", f"{article.title} {article.text[:1500]}".lower()))


def count(documents: Iterable[set[str]]) -> Counter[str]:
    """Count in how many documents each word is."""
    return Counter(word for words in documents for word in words)


def count_near(beat: Beat, articles: Iterable[Article]) -> str:
    """Write how many articles without a topic wait as near the beat, of how many."""
    scoring = replace(beat.scoring, off_beat="drop", near_beat=True)
    beat = replace(beat, scoring=scoring)
    fates = Counter(_fate(article, beat) for article in articles)
    return f"{fates['near']} of {fates['near'] + fates['dropped']}"


def _fate(article: Article, beat: Beat) -> str:
    fresh = replace(article, found=article.published_at)
    made: Story | Dropped = judge.assess(fresh, beat, shelves.MemoryShelf())
    if isinstance(made, Dropped):
        return "dropped"
    return "near" if any(one.kind is ReasonKind.NEAR_BEAT for one in made.reasons) else "on"


if __name__ == "__main__":
    main()
