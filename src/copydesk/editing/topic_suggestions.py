"""Suggest keywords for topics, each with the stories that a keyword would add and remove.

labels ── read ──> samples ── find words ──> words ── try on articles ──> suggestions
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from copydesk.catalogue import Catalogue, StoryFilter, StoryLabels
from copydesk.editing._rules import topic_names
from copydesk.errors import CatalogueError, RecordError
from copydesk.judge import keywords
from copydesk.judge.keywords import TopicSample, TopicWord
from copydesk.judge.topics import lacks_names, propose_kind, rank_topics, try_keyword, with_keyword
from copydesk.judge.words import base_language
from copydesk.kit.options import fill
from copydesk.news import Article, Beat, Story, Topic
from copydesk.newsroom import Failure, Newsroom, Progress, Silence, failure_of
from copydesk.newsroom.cataloguing import ask_catalogue

_TRIED = 40  # stories on which a word is tried, the newest ones
_MORE = 3  # times as many words are tried as are shown
_ASKED = 300  # stories, the newest ones, in which topics that were nearly found are counted

OnTopic = Literal["filed", "other-topics", "no-topic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestQuestion:
    """A query for new keywords: the topic ("" for all), the language, and how many per topic.

    `proposed` are words for the topic from elsewhere, which are tried besides.
    """

    topic: str = ""
    language: str = ""
    limit: int = 10
    proposed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedStory:
    """A story that a new keyword would add to a topic, or remove from one.

    `is_won` is set if the story would get the topic; `lost` names the topics that it would lose;
    `topics` are those in its record. `now` is "filed" if the record has the topic although the
    judge does not find it: it comes from an editor, a source, or older rules.
    """

    path: str
    title: str
    now: OnTopic
    topics: tuple[str, ...]
    is_won: bool
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedWord:
    """A word that may become a keyword of a topic, with statistics and affected stories.

    It is prominent in `on` events of the topic and in `off` others; `strength` says in standard
    errors how much more often than in others. Of the `tried` stories, `wins` would get the topic
    and `loses` would lose another one. For suggestions without a topic, `wins` are stories that
    contain the word.
    """

    word: str
    on: int
    off: int
    strength: float
    tried: int
    wins: tuple[AffectedStory, ...]
    loses: tuple[AffectedStory, ...]

    @property
    def worth(self) -> float:
        """Return the word's score for ranking: significance, weighted by stories that it adds."""
        return self.strength * (1 + math.log2(1 + len(self.wins)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSuggestions:
    """The keywords suggested for a topic, best first; `topic` is "" for stories without one.

    `stories` have the topic; an editor gave it to `ruled` of them. `near_misses` are those of the
    newest 300 stories that have half of the confidence in the topic that they need.
    """

    topic: str
    stories: int
    ruled: int
    words: tuple[SuggestedWord, ...]
    near_misses: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KindOffer:
    """The kind that a topic without one probably is; `place` is its country's ISO code or ""."""

    topic: str
    kind: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestReport:
    """Suggested keywords by topic, with the number and language of the searched stories.

    Topics that miss most stories come first. `kinds` are proposals for topics without a kind.
    """

    stories: int
    language: str
    topics: tuple[TopicSuggestions, ...]
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    kinds: tuple[KindOffer, ...] = ()

    @property
    def least_stories(self) -> int:
        """Return how many of a topic's stories, at least, must contain a suggested word."""
        return keywords.least_events(self.stories)


@dataclass(slots=True)
class _Search:
    """The state of a search for keywords; `age` counts the newer stories, by story path."""

    newsroom: Newsroom
    labels: Mapping[str, StoryLabels]
    age: Mapping[str, int]
    progress: Progress
    failed: list[Failure] = field(default_factory=list)


def suggest_keywords(
    newsroom: Newsroom, question: SuggestQuestion, progress: Progress | None = None
) -> SuggestReport:
    """Return keywords that would add stories to a topic, or to each topic; nothing is changed.

    Raises UsageError for an unknown topic.
    """
    beat = newsroom.beat
    names = topic_names(beat, [question.topic]) if question.topic else ()
    language = question.language or base_language(beat.locale) or "en"
    notes: list[str] = []
    listed = list_labels(newsroom, notes)
    labels = [label for label in listed if base_language(label.language) in ("", language)]
    search = _Search(
        newsroom=newsroom,
        labels={label.path: label for label in labels},
        age={label.path: at for at, label in enumerate(labels)},
        progress=progress or Silence(),
    )
    samples = read_samples(newsroom, labels, search.progress, search.failed)
    most = question.limit * _MORE
    words = keywords.find_words(samples, beat, language, _publishers(beat, labels), most)
    words = _add_proposals(search, words, names, question.proposed, language)
    if beat.topic in names:
        notes.append(f"{beat.topic} is the main topic, so there are no stories to compare it with")
    if len(listed) >= MOST:
        notes.append(f"only the newest {MOST} stories were read")
    topics = () if names else beat.topics
    notes += _note_missing_names(topics, language)
    return SuggestReport(
        stories=len(labels),
        language=language,
        topics=tuple(_suggest_each(search, words, names, question.limit)),
        failed=tuple(search.failed),
        notes=tuple(notes),
        kinds=tuple(_offer_kinds(topics, beat.topic, language)),
    )


def _add_proposals(
    search: _Search,
    words: Mapping[str, Sequence[TopicWord]],
    names: Sequence[str],
    proposed: Iterable[str],
    language: str,
) -> Mapping[str, Sequence[TopicWord]]:
    """Add words that somebody proposed for a topic, each with the newest stories that have it."""
    for name in names[:1]:
        topic = next(topic for topic in search.newsroom.beat.topics if topic.name == name)
        known = {*map(str.casefold, keywords.list_words_of(topic, language))}
        found = list(words.get(name, ()))
        for word in proposed:
            if word.casefold() in known or not keywords.can_be_found(word, language):
                continue
            ask = functools.partial(_find_with, word=word)
            paths = ask_catalogue(search.newsroom, ask)
            keys = tuple(path for path in paths if path in search.labels)
            found.append(TopicWord(topic=name, word=word, on=0, off=0, strength=1.0, keys=keys))
        words = {**words, name: found}
    return words


def _find_with(catalogue: Catalogue, word: str) -> list[str]:
    return catalogue.find(StoryFilter(words=f'"{word}"'), _TRIED)


def _note_missing_names(topics: Sequence[Topic], language: str) -> Iterator[str]:
    """Yield a note for each country whose people and capital are not known in a language."""
    for topic in topics:
        if lacks_names(topic, language):
            yield (
                f"only the name of the country {topic.place} is known in {language}: add its "
                f"people, capital and abbreviations to the keywords of {topic.name}"
            )


def _offer_kinds(topics: Sequence[Topic], main: str, language: str) -> Iterator[KindOffer]:
    """Yield a kind for each topic without one, if there are topics of several kinds."""
    below = [topic for topic in topics if topic.name != main]
    probable = [
        (topic.kind, "") if topic.kind else propose_kind(topic, language) for topic in below
    ]
    if len({kind for kind, _ in probable}) > 1:
        for topic, (kind, place) in zip(below, probable, strict=True):
            if not topic.kind:
                yield KindOffer(topic=topic.name, kind=kind, place=place)


def _publishers(beat: Beat, labels: Sequence[StoryLabels]) -> set[str]:
    """Return the publishers' names from the settings, and the words of their domains."""
    named = {source.name for source in beat.sources} | {
        known.name for known in beat.organizations.values()
    }
    domains = {label.publisher for label in labels}
    return named | {domain.rpartition(".")[0].replace(".", " ") for domain in domains} - {""}


def _suggest_each(
    search: _Search, words: Mapping[str, Sequence[TopicWord]], names: Sequence[str], limit: int
) -> Iterator[TopicSuggestions]:
    """Yield the suggestions for each requested topic, those that miss most first, "" last."""
    near = _count_near_misses(search)
    order = names or _order_by_misses(search.newsroom.beat, near)
    wanted = [name for name in order if words.get(name) or name in names or near[name]]
    search.progress.stage("try", sum(len(words.get(name, ())) for name in wanted))
    for name in wanted:
        found = _suggest_for(search, name, words.get(name, ()), limit)
        yield replace(found, near_misses=near[name])


def _order_by_misses(beat: Beat, near: Mapping[str, int]) -> list[str]:
    """Return the names of topics, first those that editors gave or articles nearly have most."""
    missed = {
        topic.name: near.get(topic.name, 0) + len(_find_rules(beat, topic.name))
        for topic in beat.topics
    }
    return [*sorted(missed, key=lambda name: -missed[name]), ""]


def _count_near_misses(search: _Search) -> Counter[str]:
    """Count by topic in how many of the newest stories it was nearly found, and is not filed."""
    found: Counter[str] = Counter()
    for path in sorted(search.labels, key=search.age.__getitem__)[:_ASKED]:
        try:
            article = read_article(search.newsroom, path)
        except RecordError:
            continue  # just deleted
        filed = search.labels[path].topics
        ranked = rank_topics(article, search.newsroom.beat)
        missed = (topic.name for topic in ranked if topic.is_near_miss)
        found.update(name for name in missed if name not in filed)
    del found[search.newsroom.beat.topic]  # the main topic gets no suggestions
    return found


def _suggest_for(
    search: _Search, topic: str, words: Sequence[TopicWord], limit: int
) -> TopicSuggestions:
    tried = sorted((_try(search, word) for word in words), key=lambda word: -word.worth)
    about = [path for path, label in search.labels.items() if _has(label, topic)]
    ruled = _find_rules(search.newsroom.beat, topic)
    return TopicSuggestions(
        topic=topic,
        stories=len(about),
        ruled=sum(path.rpartition("/")[2].removesuffix(".md") in ruled for path in about),
        words=tuple(tried[:limit]),
    )


def _has(label: StoryLabels, topic: str) -> bool:
    return topic in label.topics if topic else not label.topics


def _find_rules(beat: Beat, topic: str) -> set[str]:
    """Return the names of the story records to which an editor's rule gives a topic."""
    rules = (rule for rule in beat.rulings if rule.said == "retopic" and topic in rule.values)
    return {name for rule in rules for name in rule.stories}


def _try(search: _Search, word: TopicWord) -> SuggestedWord:
    """Try a word as a topic's keyword on the newest stories that contain it.

    Without a topic, the stories are only listed.
    """
    paths = sorted(word.keys, key=search.age.__getitem__)[:_TRIED]
    more = with_keyword(search.newsroom.beat, word.topic, word.word)
    affected = [story for path in paths for story in _affect(search, path, word.topic, more)]
    search.progress.step()
    return fill(
        SuggestedWord,
        word,
        tried=len(paths),
        wins=tuple(story for story in affected if story.is_won or not word.topic),
        loses=tuple(story for story in affected if story.lost),
    )


def _affect(search: _Search, path: str, topic: str, more: Beat) -> Iterator[AffectedStory]:
    """Yield the story at a path if a keyword changes its topics, or if `topic` is ""."""
    try:
        article = read_article(search.newsroom, path)
    except RecordError:
        return  # just deleted
    topics = search.labels[path].topics
    if not topic:
        yield AffectedStory(path=path, title=article.title, now="no-topic", topics=(), is_won=False)
        return
    effect = try_keyword(article, search.newsroom.beat, more, topic)
    if effect.is_won or effect.lost:
        yield AffectedStory(
            path=path,
            title=article.title,
            now="filed" if topic in topics else "other-topics" if topics else "no-topic",
            topics=topics,
            is_won=effect.is_won,
            lost=effect.lost,
        )


# Reading the newest stories as samples, from stored articles or else from their records.

MOST = 20_000  # stories: about 80 MB of words; older ones say little about a topic today


def list_labels(newsroom: Newsroom, notes: list[str]) -> list[StoryLabels]:
    """Return the topics and URLs of the newest 20,000 stories, without copies of others."""

    def find(catalogue: Catalogue) -> list[StoryLabels]:
        return [label for label in catalogue.list_labels(MOST) if not label.copy_of]

    def warn(error: CatalogueError) -> None:
        notes.append(f"the index could not be used, so every story file was read: {error}")

    return ask_catalogue(newsroom, find, warn)


def read_samples(
    newsroom: Newsroom, labels: Sequence[StoryLabels], progress: Progress, failed: list[Failure]
) -> Iterator[TopicSample]:
    """Yield headline and first paragraph of each story; unreadable stories go to `failed`."""
    progress.stage("read", len(labels))
    for label in labels:
        try:
            article = _find_article(newsroom, label) or read_article(newsroom, label.path)
        except RecordError as error:
            failed.append(failure_of(label.path, error))
        else:
            yield TopicSample(
                key=label.path,
                text=keywords.up_front(article),
                topics=frozenset(label.topics),
                event=label.group or label.path,
                publisher=label.publisher,
            )
        progress.step()


def _find_article(newsroom: Newsroom, label: StoryLabels) -> Article | None:
    found = (newsroom.articles.find(identity) for identity in label.identities)
    return next((article for article in found if article is not None), None)


def read_article(newsroom: Newsroom, path: str) -> Article:
    """Return the stored article of the story at a path, else one made from its record."""
    story = newsroom.archive.read_listed(path)
    return newsroom.articles.find_for(story) or _of_record(story, newsroom)


def _of_record(story: Story, newsroom: Newsroom) -> Article:
    """Return an article without a text, made from the story's record."""
    when = story.published_at or newsroom.now
    return Article(
        url=story.original_url or story.web_url,
        web_url=story.web_url,
        title=story.title,
        published_at=when,
        source="",
        found=when,
        excerpt=story.excerpt,
        language=story.language,
    )
