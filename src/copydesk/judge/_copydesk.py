"""The `copydesk` profile: whole words, evidence, content read and not only its wrapping."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator

from copydesk.judge._features import Features, lede, source_of
from copydesk.judge._keywords import readable, stands
from copydesk.judge._profile import Match, Signal
from copydesk.news import Article, Beat, Topic

FULL_TEXT = 1500
SHORT_TEXT = 600
THIN_TEXT = 250

_OPEN = frozenset({"", "free", "open"})
_RELEASES = (
    "pr ?newswire|business ?wire|globe ?newswire|access ?wire|ein ?presswire|prweb|newsfile|cision"
    "|market ?wired?|newsdirect|openpr"
)
_RELEASE_CREDIT = re.compile(
    rf"\b(?:{_RELEASES}|press release|sponsored|advertorial|paid (?:post|content))\b", re.IGNORECASE
)
_RELEASE_DATELINE = re.compile(rf"[/(]\s*(?:{_RELEASES})[^\w/)]{{0,4}}[/)]", re.IGNORECASE)
_RELEASE_DOMAIN = re.compile(rf"^(?:{_RELEASES})\.(?:com|net|org)$".replace(" ?", ""))
_WIRES = re.compile(
    r"\b(?:reuters|associated press|ap|afp|agence france-presse|dpa|bloomberg|upi|xinhua|pa media"
    r"|ani|pti|ians|kyodo)\b",
    re.IGNORECASE,
)
_CLICKBAIT = re.compile(
    r"""(?xi)
      ^(?:the\ )?\d+\ .*\b(?:you|your|you'll|you're|you've|literally|totally|definitely)\b
    | ^(?:the\ )?\d+\ (?:\S+\ ){0,4}
      (?:reasons|things|ways|tricks|hacks|signs|facts|secrets|tips|gifs|memes|tweets|jokes|times)\b
    | ^(?:which|can|do|are|would)\b.*\byou\b
    | ^(?:we|if\ you|tell\ us)\b.*\byour?\b
    | \byou\ (?:won't\ believe|need\ to\ know)\b | \bwhat\ happen(?:s|ed)\ next\b
    | \bone\ (?:weird\ |simple\ )?trick\b | \b(?:blow\ your\ mind|shock\ you)\b
    | \b(?:change|save)\ your\ life\b | [!?]{2,}
    """
)

_Seen = Iterable[tuple[int, str]]


def _in_title(features: Features, beat: Beat) -> _Seen:
    return _first_keyword(features, beat, features.title, "title")


def _in_lede(features: Features, beat: Beat) -> _Seen:
    return _first_keyword(features, beat, features.lede, "lede")


def _first_keyword(features: Features, beat: Beat, text: str, place: str) -> _Seen:
    """Find one keyword of the record's topics: more of them say nothing more of quality."""
    words = readable(text)
    for topic in beat.topics:
        if topic.name in features.topics:
            for keyword in topic.keywords:
                if stands(keyword, words):
                    return [(1, f'keyword "{keyword}" in {place}')]
    return []


def _given(features: Features, beat: Beat) -> _Seen:
    """Take the source's word for the subject only where the words themselves are missing."""
    if not features.given or any(
        _first_keyword(features, beat, text, "") for text in (features.title, features.lede)
    ):
        return []
    return [(1, features.given)]


def _full_text(features: Features, beat: Beat) -> _Seen:
    del beat
    return _text_of(features, FULL_TEXT, sys.maxsize, f"at least {FULL_TEXT} characters of text")


def _short_text(features: Features, beat: Beat) -> _Seen:
    del beat
    return _text_of(
        features, SHORT_TEXT, FULL_TEXT, f"{SHORT_TEXT} to {FULL_TEXT} characters of text"
    )


def _thin_text(features: Features, beat: Beat) -> _Seen:
    del beat
    return _text_of(features, 0, THIN_TEXT, f"fewer than {THIN_TEXT} characters of text")


def _text_of(features: Features, least: int, below: int, why: str) -> _Seen:
    """See a text of so many characters; a video's is its description and counts for nothing."""
    count = features.text_characters
    if features.video or count is None or not least <= count < below:
        return []
    return [(1, why)]


def _video(features: Features, beat: Beat) -> _Seen:
    del beat
    return [(1, "is a video")] if features.video else []


def _picture(features: Features, beat: Beat) -> _Seen:
    del beat
    return [(1, "has a picture")] if features.image else []


def _byline(features: Features, beat: Beat) -> _Seen:
    del beat
    return [(1, "names its author")] if features.authors else []


def _organization(features: Features, beat: Beat) -> _Seen:
    known = beat.organizations.get(features.domain)
    return [(1, f"known organization {known.name}")] if known else []


def _official(features: Features, beat: Beat) -> _Seen:
    del beat
    return [(1, "official source of the beat")] if features.official else []


def _closed(features: Features, beat: Beat) -> _Seen:
    del beat
    return [(1, f"access {features.access}")] if features.access not in _OPEN else []


def _press_release(features: Features, beat: Beat) -> _Seen:
    """See a press agency's name in the credit, in a dateline, or as the site itself."""
    del beat
    found = (
        _RELEASE_CREDIT.search(features.credit)
        or _RELEASE_DATELINE.search(features.lede)
        or _RELEASE_DOMAIN.search(features.domain)
    )
    return [(1, f"press release: {found.group().strip('/() ')}")] if found else []


def _wire(features: Features, beat: Beat) -> _Seen:
    """See a news agency's name in the credit of another site."""
    del beat
    found = _WIRES.search(features.credit)
    if not found or found.group().lower() in features.domain:
        return []
    return [(1, f"told by another newsroom: {found.group()}")]


def _clickbait(features: Features, beat: Beat) -> _Seen:
    del beat
    found = _CLICKBAIT.search(readable(features.title))
    return [(1, f'headline that teases: "{found.group()}"')] if found else []


SIGNALS: tuple[Signal, ...] = (
    Signal(points=35, seen=_in_title),
    Signal(points=20, seen=_in_lede),
    Signal(points=30, seen=_given),
    Signal(points=30, seen=_full_text),
    Signal(points=15, seen=_short_text),
    Signal(points=-25, seen=_thin_text),
    Signal(points=25, seen=_video),
    Signal(points=5, seen=_picture),
    Signal(points=5, seen=_byline),
    Signal(points=10, seen=_organization),
    Signal(points=10, seen=_official),
    Signal(points=-15, seen=_closed),
    Signal(points=-45, seen=_press_release),
    Signal(points=-5, seen=_wire),
    Signal(points=-20, seen=_clickbait),
)


def relevance(article: Article, beat: Beat) -> tuple[Match, ...]:
    """Give the evidence that an article is on the beat, one piece a topic, strongest first.

    A keyword as whole words in the title, else in the lede; else the source's word: topics that
    the settings give it, or that it is official. A beat without topics takes everything.
    """
    title = readable(article.title)
    start = readable(lede(article.excerpt, article.text))
    in_title = [match for topic in beat.topics if (match := _evidence(topic, title, "title"))]
    in_lede = [match for topic in beat.topics if (match := _evidence(topic, start, "lede"))]
    found = {
        match.topic: match for match in reversed((*in_title, *in_lede, *_given_by(article, beat)))
    }
    return tuple(reversed(found.values()))


def _evidence(topic: Topic, words: str, place: str) -> Match | None:
    for keyword in topic.keywords:
        if stands(keyword, words):
            return Match(topic=topic.name, why=f'"{keyword}" in {place}')
    return None


def _given_by(article: Article, beat: Beat) -> Iterator[Match]:
    source = source_of(article, beat)
    name = source.name or source.url
    for topic in source.topics:
        yield Match(topic=topic, why=f"given by source {name}", given=True)
    if source.official:
        yield Match(topic=beat.topic, why=f"official source {name}", given=True)
    if not beat.topics:
        yield Match(topic=beat.topic, why="the beat has no topics", given=True)


def topics(article: Article, beat: Beat, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """Give the topics that have evidence, the main one first where it or one below it has."""
    del article
    names = [match.topic for match in matches if match.topic]
    if any(_is_below(name, beat) for name in names):
        names.insert(0, beat.topic)
    return tuple(dict.fromkeys(names))


def _is_below(name: str, beat: Beat) -> bool:
    """Say whether a topic is the main one or stands below it; a circle of parents ends."""
    parents = {topic.name: topic.parent for topic in beat.topics}
    passed: set[str] = set()
    while name and name not in passed:
        if name == beat.topic:
            return True
        passed.add(name)
        name = parents.get(name, "")
    return False
