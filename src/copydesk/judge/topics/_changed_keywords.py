"""Changed words: which articles a change of keywords may touch, told without reading them again.

An article's stems are kept with what was found in it. A phrase can stand only where each of its
words has its stem among these, and the head of a compound only where a stem ends in it: so an
article that is passed over has the same evidence before the change and after.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from copydesk.judge.phrases import COMPOUNDING, list_stems
from copydesk.judge.profile import lede
from copydesk.judge.topics._evidence import index_of, labels_of, language_of, mark_lines
from copydesk.judge.topics._topics import relevance
from copydesk.kit import text as plain_text
from copydesk.news import Article, Beat, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedWords:
    """The stems of what articles of one language are looked through for before or after alone.

    A phrase is touched where all of its stems stand; an article by any phrase. `has_heads` says
    that one may be the end of a longer word.
    """

    phrases: tuple[tuple[str, ...], ...]
    has_heads: bool

    def may_touch(self, stems: str) -> bool:
        """Decide whether an article of these stems may have other topics for the change."""
        start = "" if self.has_heads else " "
        return any(all(f"{start}{stem} " in stems for stem in phrase) for phrase in self.phrases)


def stems_of(article: Article, beat: Beat) -> str:
    """Return the stems of all that an article's topics are told by, each once, between blanks."""
    language = language_of(beat, article.language)
    prose = plain_text.prose(article.text)
    labels = (label for _, label in labels_of(article))
    text = mark_lines(prose)
    places = (article.title, lede(article.excerpt, prose), text, *labels)
    found = {stem for place in places for stem in list_stems(place, language)}
    return f" {' '.join(sorted(found))} "


def find_changed_words(before: Beat, after: Beat, language: str) -> ChangedWords | None:
    """Return what changed in the words for articles of a language, None where all may be touched.

    That is where more than keywords changed: a topic, what it stands below, what it excludes, or
    whether the main one has any word at all.
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
    """Return a beat's topics without their keywords, and what nothing is told by."""
    return [
        Topic(
            id="",
            name=topic.name,
            shortname=topic.shortname,
            parent=topic.parent,
            aliases=topic.aliases,
            required=topic.required,
            excluded=topic.excluded,
            translations=topic.translations,
        )
        for topic in beat.topics
    ]


# Try a keyword: what an article's topics would be if one of them had it for a keyword.


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicEffect:
    """What another keyword does to one article: whether it wins the topic, and which it loses.

    `before` are the topics that it has without.
    """

    is_won: bool
    before: tuple[str, ...]
    lost: tuple[str, ...]


def with_keyword(beat: Beat, topic: str, word: str) -> Beat:
    """Return a beat in which a topic has another keyword, in whatever language an article is."""
    topics = tuple(
        replace(known, aliases=(*known.aliases, word)) if known.name == topic else known
        for known in beat.topics
    )
    return replace(beat, topics=topics)


def try_keyword(article: Article, beat: Beat, more: Beat, topic: str) -> TopicEffect:
    """Return what becomes of an article's topics under `more`, the beat with another keyword."""
    before, after = _topics(article, beat), _topics(article, more)
    return TopicEffect(
        is_won=topic in after and topic not in before,
        before=before,
        lost=tuple(name for name in before if name not in after),
    )


def _topics(article: Article, beat: Beat) -> tuple[str, ...]:
    return tuple(match.topic for match in relevance(article, beat) if match.topic)
