"""Quality signals for kinds of text: words that show that an article is no news report."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk.judge.profile import Features, FindSightings, QualitySignal
from copydesk.judge.quality import _measure, wording
from copydesk.judge.quality._measure import (
    Lexicon,
    Sightings,
    Steps,
    language_with_lists,
    length,
    places_of,
    words_of,
)
from copydesk.judge.words import base_language, normalize
from copydesk.kit import tables
from copydesk.news import Beat, Reason, ReasonKind
from copydesk.news.beat import DomainTrust, SignalPoints
from copydesk.news.reason import reason_words

READ = 4_000  # first characters of a text, searched for important terms and signs of style
IN_TEXT = Steps(2, 4, 6, 9, 13, 18, 24)  # different words
IN_LEDE = Steps(4, 6, 8, 11)
UNLISTED = Steps(300, 900, 1_800, 3_500)  # characters of a text whose language has no list
_NAMED = 5


def in_title(features: Features, _beat: Beat) -> Sightings:
    """Find an important term (on lives, law, jobs, …) in the headline of an article."""
    word = wording.weighty(features.title[: wording.HEADLINE], features.language)
    if not word or not features.topics:
        return []
    return [(1, f'important term: "{word}" in title')]


def of_states(features: Features, beat: Beat) -> Sightings:
    """Find the name of a country in the headline of an article, as a quality signal."""
    language = language_with_lists(features, beat)
    if not language or not features.topics:
        return []
    word = find_state(features.title[: wording.HEADLINE], language)
    return [(1, f'names a country: "{word}" in title')] if word else []


def in_lede(features: Features, beat: Beat) -> Sightings:
    """Count the important terms in an article's headline and lede, for texts that are short."""
    language = language_with_lists(features, beat)
    if not language:
        return []
    matters = find_matters(f"{features.title[: wording.HEADLINE]}\n{features.lede}", language)
    return IN_LEDE.sight(matters.count, f"{matters.count} important terms in title and lede")


def in_text(features: Features, beat: Beat) -> Sightings:
    """Count the important terms (on lives, law, jobs, …) in an article's text, each once.

    A language without lists of terms is scored by the length of the text.
    """
    text = _what_is_read(features)
    language = language_with_lists(features, beat)
    if not language:
        why = "scored by length, since its language has no list of important terms"
        return UNLISTED.sight(length(text), why)
    matters = find_matters(text, language)
    named = ", ".join((*matters.words, *matters.of_field)[:_NAMED])
    return IN_TEXT.sight(matters.count, f"{matters.count} important terms in the text: {named}")


def locate_in_text(
    passages: Sequence[str], features: Features, beat: Beat
) -> Iterator[Sequence[tuple[int, int]]]:
    """Yield for each passage the (start, end) places of the important terms that earn points."""
    language = language_with_lists(features, beat)
    if not language:
        return iter([()] * len(passages))
    return locate_matters(passages, _what_is_read(features), language)


def _what_is_read(features: Features) -> str:
    return f"{features.title[: wording.HEADLINE]}\n{(features.text or features.lede)[:READ]}"


_FIELD = "-field"  # ends the names of rows with the words of a single field, such as sport
_KEPT_WORDS = 1 << 14  # cached: most words of a text were in earlier texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Matters:
    """The important terms (lives, law, jobs, …) found in a text, and those of its main field.

    Words with the same beginning (`killed`, `killing`) count once; all are spelled as in the text.
    """

    words: tuple[str, ...] = ()
    of_field: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Return the number of different important terms in the text."""
        return len(self.words) + len(self.of_field)


@functools.lru_cache(maxsize=8)
def find_matters(text: str, language: str) -> Matters:
    """Find the important terms (on lives, law, jobs, …) in a text, by lists of its language."""
    found = _find_rows(text, language)
    stakes = [of_row for row, of_row in found.items() if not row.endswith(_FIELD)]
    field = found.get(_name_field(found), {})
    return Matters(
        words=tuple(dict.fromkeys(word for of_row in stakes for word in of_row.values())),
        of_field=tuple(field.values()),
    )


def locate_matters(
    passages: Iterable[str], text: str, language: str
) -> Iterator[Sequence[tuple[int, int]]]:
    """Yield for each passage the (start, end) places of the important terms in it."""
    found = _find_rows(text, language)
    field = _name_field(found)
    lexicons = [
        lexicon
        for row, lexicon in _matter_lexicons(language).items()
        if row == field or not row.endswith(_FIELD)
    ]
    for passage in passages:
        yield [
            (start, end)
            for start, end, word in places_of(passage)
            if any(lexicon.entry_of(word.lower()) for lexicon in lexicons)
        ]


def _find_rows(text: str, language: str) -> Mapping[str, Mapping[str, str]]:
    """Return for each row of the lists the entries in a text, each with its first word."""
    found: dict[str, dict[str, str]] = {row: {} for row in _matter_lexicons(language)}
    for word in dict.fromkeys(words_of(text)):
        for row, entry in _entries_of(word.lower(), language):
            found[row].setdefault(entry, word)
    return found


@functools.lru_cache(maxsize=_KEPT_WORDS)
def _entries_of(word: str, language: str) -> tuple[tuple[str, str], ...]:
    """Return the rows with a lower-case word, each with its entry."""
    entries = ((row, lexicon.entry_of(word)) for row, lexicon in _matter_lexicons(language).items())
    return tuple((row, entry) for row, entry in entries if entry)


def _name_field(found: Mapping[str, Mapping[str, str]]) -> str:
    """Return the field that most words of a text belong to, "" for none."""
    fields = [row for row in found if row.endswith(_FIELD)]
    return max(fields, key=lambda row: len(found[row]), default="")


@functools.cache
def _matter_lexicons(language: str) -> Mapping[str, Lexicon]:
    rows = tables.read_rows(__package__, f"matters/{language}.toml", tuple[str, ...])
    return {row: Lexicon.of(entries) for row, entries in rows.items()}


_DOTS = re.compile(r"\b([A-Z])\.(?=[A-Z]\b)")  # of "U.S."
_INITIALS = 3  # letters: a name so short is one in capitals only


def find_state(headline: str, language: str) -> str:
    """Return the first word of a headline that names a country, a people or a union, "" for none.

    Names must have a capital: a turkey is not Turkey, and "us" is not the US.
    """
    names, adjectives = _state_lexicons(language)
    for word in words_of(_DOTS.sub(r"\1", headline)):
        small = word.lower()
        named = word.isupper() if len(word) <= _INITIALS else word[0].isupper()
        if (named and names.entry_of(small)) or adjectives.entry_of(small):
            return word
    return ""


@functools.cache
def _state_lexicons(language: str) -> tuple[Lexicon, Lexicon]:
    rows = tables.read_rows(__package__, f"states/{language}.toml", tuple[str, ...])
    return Lexicon.of(rows["names"]), Lexicon.of(rows.get("adjectives", ()))


# Quality signals in an article's metadata: topic, picture, publisher, trust, access, language.

# times that belonging to the site's subject counts, at any confidence, by scale
ON_BEAT = {1: 4, 2: 14}
SURE = _measure.Steps(50, 65, 80, 90)  # percent of confidence, each counting once more


def on_beat(features: Features, beat: Beat) -> _measure.Sightings:
    """Return how surely an article belongs to the site's subject, as a quality signal."""
    if beat.topics and not features.topics and not features.given:
        return []
    why = features.given or f"{features.nearest}, confidence {features.confidence}"
    fits = f"fits the site's subject: {why}" if beat.topics else "fits the site's subject"
    times = sum(times for times, _ in SURE.sight(features.confidence, ""))
    return [(ON_BEAT[beat.scoring.scale] + times, fits)]


def off_beat(features: Features, beat: Beat) -> _measure.Sightings:
    """Find an article that is kept although it has no topic of the site."""
    if features.topics or features.given or not beat.topics:
        return []
    return [(1, "has no topic of the site")]


def image(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find a lead picture of an article, as a quality signal."""
    return [(1, reason_words(ReasonKind.PICTURE))] if features.image else []


def video(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find an article that is a video, as a quality signal."""
    return [(1, "is a video")] if features.video else []


def organization(features: Features, beat: Beat) -> _measure.Sightings:
    """Find a publisher that is one of the site's known organizations."""
    known = beat.organizations.get(features.domain)
    return [(1, f"known publisher: {known.name}")] if known else []


def official(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find an article from an official source of the site."""
    return [(1, "official source on the site's subject")] if features.official else []


# Trust in the publisher is a number of its own and adds only a little to the quality.

HIGH = 80
GOOD = 60
POOR = 40
UNRELIABLE = 20
OFFICIAL = 80  # it speaks for itself, and the owner of the site has chosen it
KNOWN = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTrust:
    """The trust in an article's source, from 0 to 100, and the reason for it."""

    number: int
    why: str

    @property
    def reason(self) -> Reason:
        """Return the trust in the source as a reason to store with the story; it has no points."""
        return Reason.of(ReasonKind.TRUST, whose=self.number, known=self.why)


def source_trust(features: Features, beat: Beat) -> SourceTrust | None:
    """Return the trust in an article's source, None if nothing is known about it.

    The newsroom's trust files count first, then that it is official, then that its publisher is a
    known organization.
    """
    rated = _domain_with_rating(features, beat)
    if rated:
        domain, rating = rated
        return SourceTrust(number=round(100 * rating.trust), why=f"{domain} {rating.why}".strip())
    if features.official:
        return SourceTrust(number=OFFICIAL, why="official source on the site's subject")
    known = beat.organizations.get(features.domain)
    return SourceTrust(number=KNOWN, why=f"known publisher: {known.name}") if known else None


def _domain_with_rating(features: Features, beat: Beat) -> tuple[str, DomainTrust] | None:
    """Return the nearest rated domain (the host, then domains above it) and its rating, or None."""
    for domain in _domains_above(features.host, features.domain):
        if domain in beat.standings:
            return domain, beat.standings[domain]
    return None


def _domains_above(host: str, domain: str) -> Iterator[str]:
    """Yield the host and the domains above it; only the domain if the host is not below it."""
    while host.endswith(f".{domain}") and domain:
        yield host
        host = host.partition(".")[2]
    yield domain


def _find_rating(least: int, below: int) -> FindSightings:
    """Return a signal that finds a publisher whose rating in the newsroom's files is in a range."""

    def find(features: Features, beat: Beat) -> _measure.Sightings:
        rated = _domain_with_rating(features, beat)
        if not rated or not least <= round(100 * rated[1].trust) < below:
            return []
        domain, rating = rated
        return [(1, f"trust rating of {domain}: {rating.trust:.2f} {rating.why}".rstrip())]

    return find


DAY = 24
WEEK = 7 * DAY

_OPEN = frozenset({"", "free", "open"})


def wall(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find an article that is behind a paywall or needs a registration."""
    return [(1, f"limited access: {features.access}")] if features.access not in _OPEN else []


def stub(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find an article of which the page has only the beginning, before a paywall."""
    if features.access in _OPEN or features.text is None:
        return []
    if _measure.measure(features.text).length >= _measure.FULL_TEXT:
        return []
    return [(1, f"fewer than {_measure.FULL_TEXT} characters before the paywall")]


def late(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find an article found a week or more after its publication, though its source was watched."""
    hours = features.age_hours
    if hours is None or not WEEK < hours:
        return []
    return [(1, f"found {hours // DAY:.0f} days after its publication")]


def foreign(features: Features, beat: Beat) -> _measure.Sightings:
    """Find an article in a language that is not the site's and in which no topic has keywords."""
    home = base_language(beat.locale)
    translated = {
        base_language(language) for topic in beat.topics for language, _ in topic.translations
    }
    written = base_language(features.language)
    if not written or written in translated | {home}:
        return []
    return [(1, f"written in {written}, but the site is in {home}")]


def press_release(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find signs that an article is a press release, except from the site's official sources."""
    if features.official:
        return []
    text = features.text or ""
    evidence = wording.press_release(
        features.credit, features.domain, features.lede, text
    ) or wording.advertorial(_title(features), features.section, text)
    return _of_kind(ReasonKind.PRESS_RELEASE, evidence)


def _of_kind(kind: ReasonKind, evidence: str) -> _measure.Sightings:
    return [(1, reason_words(kind, evidence=evidence))] if evidence else []


def _find_kind(kind: ReasonKind, search: Callable[[str, str], str]) -> FindSightings:
    """Return a signal that finds a kind of text in the headline and the ends of the text."""

    def find(features: Features, _beat: Beat) -> _measure.Sightings:
        return _of_kind(kind, search(_title(features), _ends(features)))

    return find


def pastime(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find signs that an article is a puzzle, a horoscope or lottery numbers."""
    return _of_kind(ReasonKind.PASTIME, wording.pastime(_title(features)))


def ticker(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find signs that an article is an automatic stock report."""
    return _measure.once(
        "automatic stock report", wording.ticker(_title(features), _ends(features))
    )


def live_stub(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find signs that an article is a live blog that has only just begun."""
    if features.text is None or _measure.measure(features.text).length >= _measure.FULL_TEXT:
        return []
    return _measure.once("live blog that has just begun", wording.live(_title(features)))


def opinion(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find a publisher's label on an article that says that it is opinion."""
    return _measure.once("labelled as opinion", wording.opinion(_title(features), features.section))


LONG = 4_000  # characters of an alphabet, about 650 words
QUESTIONS = 2  # headings that ask, from which on a text explains


def analysis(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find a long text that explains or analyses: by its label, headline or headings that ask."""
    text = features.text or ""
    if _measure.length(text) < LONG:
        return []
    title = normalize(_title(features))
    label = wording.kind("analysis", title) or wording.kind("analysis", f"{features.section}:")
    if label:
        return [(1, f"explains or analyses: {label}")]
    asked = len(_QUESTION_HEADING.findall(text[: _measure.READ]))
    return [(1, f"explains: {asked} headings ask a question")] if asked >= QUESTIONS else []


def investigation(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find words in a text that show that its publisher found out something by itself."""
    text = _measure.drop_quotations((features.text or "")[:LONG])
    return _of_kind(ReasonKind.INVESTIGATION, wording.kind("investigation", text))


def live_page(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find a page that is written on while an event goes on."""
    return _measure.once("live page", wording.live(_title(features)))


def _kind_in_title(row: str, why: str) -> FindSightings:
    """Return a signal that finds a kind of journalism in the headline."""
    return _find_in_title(lambda title: wording.kind(row, normalize(title)), why)


def _find_in_title(search: Callable[[str], str], why: str) -> FindSightings:
    """Return a signal that finds words in the headline."""

    def find(features: Features, _beat: Beat) -> _measure.Sightings:
        words = search(_title(features))
        return [(1, f'{why}: "{words}" in title')] if words else []

    return find


def agency(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find signs that an article was written by a news agency."""
    return _measure.once(
        "written by a news agency", wording.agency(features.credit, features.domain)
    )


def brief(features: Features, beat: Beat) -> _measure.Sightings:
    """Find a short article on something important, by a trusted publisher or an agency."""
    title = _title(features)
    if (
        features.text is None
        or not _measure.CAPTION <= _measure.length(features.text) < _measure.BRIEF
    ):
        return []
    if not features.topics or not wording.weighty(title, features.language):
        return []
    sender = _sender_of(features, beat)
    return _measure.once("short report from a trusted source", sender)


def _sender_of(features: Features, beat: Beat) -> str:
    """Return the agency or the trust that a brief relies on, "" for none."""
    if name := wording.agency(features.credit, "") or wording.dateline(features.lede):
        return name
    trust = source_trust(features, beat)
    return trust.why if trust is not None and trust.number >= GOOD else ""


def tease(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find clickbait words in an article's headline."""
    words = wording.tease(_title(features))
    return [(1, f'clickbait headline: "{words}"')] if words else []


def _title(features: Features) -> str:
    return features.title[: wording.HEADLINE]


def _ends(features: Features) -> str:
    """Return beginning and end of an article's text, which show its kind; else the lede."""
    return wording.ends_of(features.text or features.lede)


# Quality signals of substance and style: who is quoted, how the text addresses its readers.

VOICES = {
    1: _measure.Steps(1, 2, 4, 7, 12, 18),
    2: _measure.Steps(1, 2, 4, 7, 12, 18, 28, 45),  # an investigation has more than a report
}

_WHOLE_END = re.compile(
    r"[.!?:\u2026\u3002\uff01\uff1f\"'\u201c\u201d\u2019\u00bb\u300d)\]*|]\s*\Z"
)


def caption(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find an article with hardly any text that is not a video."""
    if (
        features.video
        or features.text is None
        or _measure.length(features.text) >= _measure.CAPTION
    ):
        return []
    return [(1, reason_words(ReasonKind.THIN_TEXT, bound=_measure.CAPTION))]


def abrupt_end(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find a text that ends in the middle of a sentence, or in an unfinished list."""
    text = (features.text or "").rstrip()
    if features.video or not text or _WHOLE_END.search(text[-40:]):
        return []
    return [(1, "its text ends in the middle of a sentence")]


def voices(features: Features, beat: Beat) -> _measure.Sightings:
    """Count the named sources or quotes in an article's text."""
    if features.text is None or features.video:
        return []
    measures = _measure.measure(features.text)
    heard = max(measures.speakers, measures.quotes)
    times = "once" if heard == 1 else f"{heard} times"
    return VOICES[beat.scoring.scale].sight(heard, f"names its sources ({times})")


def inquiry(features: Features, _beat: Beat) -> _measure.Sightings:
    """Find words in an article that show the publisher's own reporting."""
    evidence = _measure.own_reporting(features.text or "", features.domain)
    return _of_kind(ReasonKind.OWN_REPORTING, evidence)


def reputation(features: Features, beat: Beat) -> _measure.Sightings:
    """Find what the newsroom's records say of the publisher, as points up or down."""
    known = beat.reputations.get(features.domain)
    if known is None or not known.points:
        return []
    words = reason_words(ReasonKind.REPUTATION, value=known.points, evidence=known.why)
    return [(known.points, words)]


# Signals of style do not count against official sources of the site, which speak for themselves.

PROMOTION = _measure.Steps(5, 8, 12)  # different words of advertising
FIRST_PERSON = _measure.Steps(8, 15)  # in a thousand words outside of quotes
SIGNS = _measure.Steps(4, 9)  # exclamation and question marks, likewise
_FEW_SIGNS = 2  # a single mark shows nothing
_SIGN = re.compile(r"[!?]")
_QUESTION_HEADING = re.compile(r"^[^\n.!?]{3,120}\?[ \t]*$", re.MULTILINE)  # of an explainer


def promotion(features: Features, beat: Beat) -> _measure.Sightings:
    """Count the advertising words in an article's text."""
    found = _lexicon("promotion", features, beat).find(
        _measure.words_of((features.text or "")[:READ])
    )
    named = ", ".join(list(found.values())[:4])
    return PROMOTION.sight(len(found), f"{len(found)} advertising words: {named}")


def _read_author(features: Features, beat: Beat) -> str:
    """Return what the author says: without quotations and, on the second scale, without headings
    that ask; there a quotation may be long, or several paragraphs.
    """
    text = (features.text or "")[:READ]
    if beat.scoring.scale == 1:
        return _measure.QUOTED.sub("", text)
    return _QUESTION_HEADING.sub("", _measure.drop_quotations(text))


def first_person(features: Features, beat: Beat) -> _measure.Sightings:
    """Find an article whose author often writes "I" or "me"."""
    words = _measure.words_of(_read_author(features, beat))
    lexicon = _lexicon("first-person", features, beat)
    count = sum(1 for word in words if lexicon.entry_of(word.lower()))
    share = round(1_000 * count / max(len(words), 1))
    return FIRST_PERSON.sight(share, f"written in the first person: {share} of 1,000 words")


def signs(features: Features, beat: Beat) -> _measure.Sightings:
    """Find a text with many exclamation and question marks."""
    plain = _read_author(features, beat)
    count = len(_SIGN.findall(plain))
    if count < _FEW_SIGNS or features.official or not _measure.language_with_lists(features, beat):
        return []
    share = round(1_000 * count / max(len(_measure.words_of(plain)), 1))
    return SIGNS.sight(share, f"exclamation and question marks: {share} in 1,000 words")


def to_reader(features: Features, beat: Beat) -> _measure.Sightings:
    """Find a headline that addresses the reader, or speaks about its author."""
    return _in_title("to-reader", "personal headline", features, beat)


def light(features: Features, beat: Beat) -> _measure.Sightings:
    """Find a headline about trivial subjects."""
    return _in_title("light", "trivial subject", features, beat)


def _in_title(row: str, why: str, features: Features, beat: Beat) -> _measure.Sightings:
    found = _lexicon(row, features, beat).find(_measure.words_of(features.title))
    word = next(iter(found.values()), "")
    return [(1, f'{why}: "{word}" in title')] if word else []


def _lexicon(row: str, features: Features, beat: Beat) -> _measure.Lexicon:
    language = _measure.language_with_lists(features, beat)
    return _lexicons(language)[row] if language and not features.official else _NOTHING


@functools.cache
def _lexicons(language: str) -> Mapping[str, _measure.Lexicon]:
    rows = tables.read_rows(__package__, f"style/{language}.toml", tuple[str, ...])
    return {row: _measure.Lexicon.of(entries) for row, entries in rows.items()}


_NOTHING = _measure.Lexicon.of(())


# The quality signals of the `copydesk` profile, by name; their points are `[scoring.points]`.
#
# The default points follow three rules (docs/design/judge.md): all that can be earned together is
# at most HIGHEST; what is not news, or outside the site's subject, loses more than it can earn
# above 69; and each part is bounded, so that no signal adds up without end.

HIGHEST = 190


# A signal's name, its part of the quality, and what finds it.
_SIGNALS: tuple[tuple[str, str, FindSightings], ...] = (
    ("on_beat", "relevance", on_beat),
    ("off_beat", "relevance", off_beat),
    ("weighty_title", "consequence", in_title),
    ("state_in_title", "consequence", of_states),
    ("weighty_lede", "consequence", in_lede),
    ("weighty_text", "consequence", in_text),
    ("voices", "substance", voices),
    ("own_reporting", "substance", inquiry),
    ("thin_text", "substance", caption),
    ("abrupt_end", "substance", abrupt_end),
    ("promotion", "style", promotion),
    ("first_person", "style", first_person),
    ("exclamation", "style", signs),
    ("to_reader", "style", to_reader),
    ("light_fare", "style", light),
    ("video", "wrapping", video),
    ("picture", "wrapping", image),
    ("organization", "source", organization),
    ("official", "source", official),
    ("high_standing", "source", _find_rating(HIGH, 101)),
    ("good_standing", "source", _find_rating(GOOD, HIGH)),
    ("poor_standing", "source", _find_rating(UNRELIABLE, POOR)),
    ("unreliable", "source", _find_rating(0, UNRELIABLE)),
    ("reputation", "source", reputation),
    ("wall", "access", wall),
    ("stub", "access", stub),
    ("foreign_language", "access", foreign),
    ("late", "access", late),
    ("press_release", "kind", press_release),
    ("market_report", "kind", _find_kind(ReasonKind.MARKET_REPORT, wording.market_report)),
    ("job_advert", "kind", _find_kind(ReasonKind.JOB_ADVERT, wording.job)),
    ("shopping", "kind", _find_kind(ReasonKind.SHOPPING_PAGE, wording.shopping)),
    ("pastime", "kind", pastime),
    ("ticker", "kind", ticker),
    ("live_stub", "kind", live_stub),
    ("agency", "kind", agency),
    ("brief", "kind", brief),
    ("opinion", "kind", opinion),
    ("gossip", "kind", _find_in_title(wording.gossip, "trivial subject")),
    ("instructions", "kind", _find_in_title(wording.service, "gives instructions")),
    ("tease", "kind", tease),
    ("analysis", "kind", analysis),
    ("investigation", "kind", investigation),
    ("live_page", "kind", live_page),
    ("interview", "kind", _kind_in_title("interview", "interview")),
    ("own_view", "kind", _kind_in_title("own_view", "opinion")),
    ("listicle", "kind", _kind_in_title("listicle", "list")),
    ("market", "kind", _kind_in_title("market", "prices of a day")),
    ("fixture", "kind", _kind_in_title("fixture", "for fans")),
    ("self_portrait", "kind", _kind_in_title("self_portrait", "about itself")),
)


@functools.lru_cache(maxsize=32)  # trying other points asks for the same ones for each story
def signals(points: SignalPoints) -> tuple[QualitySignal, ...]:
    """Return the quality signals of the `copydesk` profile, with their points from the settings."""
    return tuple(
        QualitySignal(
            name=name, points=getattr(points, name), find=find, of_picture=find is image, part=part
        )
        for name, part, find in _SIGNALS
    )
