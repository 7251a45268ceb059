"""Find the articles whose topics may change when keywords are edited, and the new topics.

The stems of an article are stored with its findings. A phrase can only occur if the stems of all
its words are among them, the last part of a compound only if a stem ends in it. So an article that
is skipped has the same evidence before and after the change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from copydesk.judge.phrases import COMPOUNDING, list_stems
from copydesk.judge.profile import lede
from copydesk.judge.topics._evidence import index_of, labels_of, language_of, mark_lines
from copydesk.judge.topics._topics import relevance
from copydesk.kit import text as plain_text
from copydesk.kit.options import take
from copydesk.news import Article, Beat, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedWords:
    """The word stems of keywords that were added to or removed from topics, for one language.

    A phrase may occur if all of its stems do. `has_heads` tells that a phrase may be the end of a
    longer word.
    """

    phrases: tuple[tuple[str, ...], ...]
    has_heads: bool

    def may_touch(self, stems: str) -> bool:
        """Return whether the topics of an article with these word stems may change."""
        start = "" if self.has_heads else " "
        return any(all(f"{start}{stem} " in stems for stem in phrase) for phrase in self.phrases)


def stems_of(article: Article, beat: Beat) -> str:
    """Return the word stems of an article that decide its topics, each once, between spaces."""
    language = language_of(beat, article.language)
    prose = plain_text.prose(article.text)
    labels = (label for _, label in labels_of(article))
    text = mark_lines(prose)
    places = (article.title, lede(article.excerpt, prose), text, *labels)
    found = {stem for place in places for stem in list_stems(place, language)}
    return f" {' '.join(sorted(found))} "


def find_changed_words(before: Beat, after: Beat, language: str) -> ChangedWords | None:
    """Return the keywords that changed in a language, None if any article may be affected.

    That is the case if more than keywords changed: a topic, its parent, an excluded word, or
    whether a topic has any word at all.
    """
    if (before.topic, before.locale) != (after.topic, after.locale):
        return None
    if _without_keywords(before) != _without_keywords(after):
        return None
    old, new = index_of(before, language), index_of(after, language)
    if old.has_words != new.has_words:
        return None
    code = language_of(before, language)
    changed = {(term.topic, term.kind, term.text) for term in old.terms} ^ {
        (term.topic, term.kind, term.text) for term in new.terms
    }
    phrases = {tuple(list_stems(text, code, is_keyword=True)) for _, _, text in changed}
    return ChangedWords(phrases=tuple(sorted(phrases - {()})), has_heads=code[:2] in COMPOUNDING)


def _without_keywords(beat: Beat) -> list[Topic]:
    """Return a site's topics without keywords and other fields that do not affect topics."""
    words = ("aliases", "required", "excluded", "translations")
    kept = ("name", "shortname", "parent", "kind", *words)
    return [Topic(id="", **take(topic, *kept)) for topic in beat.topics]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicEffect:
    """The effect of a new keyword on an article: whether it gains the topic, and topics it loses.

    `before` are the topics that it has without the keyword.
    """

    is_won: bool
    before: tuple[str, ...]
    lost: tuple[str, ...]


def with_keyword(beat: Beat, topic: str, word: str) -> Beat:
    """Return a copy of the site's settings with one more keyword for a topic, in any language."""
    topics = tuple(
        replace(known, aliases=(*known.aliases, word)) if known.name == topic else known
        for known in beat.topics
    )
    return replace(beat, topics=topics)


def try_keyword(article: Article, beat: Beat, more: Beat, topic: str) -> TopicEffect:
    """Return how an article's topics change with one more keyword (settings `more`)."""
    before, after = _topics(article, beat), _topics(article, more)
    return TopicEffect(
        is_won=topic in after and topic not in before,
        before=before,
        lost=tuple(name for name in before if name not in after),
    )


def _topics(article: Article, beat: Beat) -> tuple[str, ...]:
    return tuple(match.topic for match in relevance(article, beat) if match.topic)
