"""Choose the sentences that other newsrooms' reports of an event add to its main story.

report ── whole sentences that need no other ──> with facts that the main story lacks ──> the best

Nothing is rewritten: a sentence is quoted as it is, or not at all.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from copydesk.judge.copies import shingles
from copydesk.judge.coverage._heat import agency_of, voice_of
from copydesk.judge.coverage._leader import is_own_report
from copydesk.judge.coverage._ruled_groups import name_of
from copydesk.judge.gate import blocking_ruling
from copydesk.judge.words import figures
from copydesk.kit import sentences, tables, text
from copydesk.news import Beat, Shelved, Story
from copydesk.news.ruling import allows_additions
from copydesk.news.story import Addition

_REPORTS = 20  # reports of a group that are searched, the best first
_READ = 20_000  # characters of each that are searched
_COMPARED = 200_000  # characters of the main story that are compared
_SHORTEST, _LONGEST = 50, 300  # characters of a sentence
_MOST_SHARED = 0.3  # of a sentence's 5-grams may be in another newsroom's report
_NEAR, _NEW = 3, 0.25  # longer words of a sentence that readers know, and the share that is new
_LONG_WORD = 4  # letters
_EARLY = 8  # the first sentences of a report tell what is important
_SHORTEST_NAME = 3

_ROWS = tables.read_rows(__package__, "sentences.toml", dict[str, tuple[str, ...]])
_SAID = tables.read_rows("copydesk.judge.quality", "sourcing.toml", tuple[str, ...])["said"]
_SPEAKS = re.compile(rf"\b{tables.any_of(_SAID)}\b", re.IGNORECASE)
_PARAGRAPH = re.compile(r"(?!#{1,6} |\||[-*+] |[0-9]{1,9}[.)\\] ?|```|>).+")
_QUOTATION = re.compile(r'["“„«][^"“”„«»\n]{30,}["“”»]')
_OPENS = "\"“„«'‘"
_SINGLE = re.compile(r"(?<!\w)['‘](?=\w)|(?<=[,.!?])['’]")
# Addresses, a dateline or a label before the report ("LONDON - ", "CLOSE John"), a caption's "(R)".
_ODD = re.compile(
    r"…$|https?:|www\.|@\w|#\w|\([CLR](?:-[LR])?\)"
    r"|^[A-Z]{4,}(?:,? [A-Z]|,? [-–—(])|^.{0,40}(?: --|\)) "
)
_NUMBER_ENDS = re.compile(r"\d\. [A-Z]")  # "… was under 16. He had …"
_WORD = re.compile(r"[^\W\d_](?:[\w-]*\w)?(?:['’](?!s\b)\w+)?")
_TITLED = re.compile(r"\b(?:Mrs?|Ms|Dr|Mme|Herr|Frau|Sra?)\.? ([A-Z][\w-]+)(?! [A-Z])")
_JOINTS = re.compile(r" (?:(?:of|for|de|du|des|di|da|von|van|bin|al)(?: the| la| der)? )?")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)+|\d{2,}")
_COUNTED = re.compile(r"(?<![\w.,])(\d[\d.,]*) ([^\W\d_]{3,})")
# Years, times of day, and days beside "\0", which is put for the names of months and weekdays.
_DATES = re.compile(
    r"(?i)(?<!\w)(?:\0\.? \d{1,2}|\d{1,2}\.? (?:de )?\0"
    r"|(?:19|20)\d\d|\d{1,2}[:h]\d\d|\d{1,2} ?[ap]\.?m)(?!\w)"
)
_WITH_CAPITALS = "de"  # a language that writes all nouns with capitals


@functools.cache
def _pattern(language: str, kind: str) -> re.Pattern[str]:
    entries = tables.any_of(_ROWS[language][kind])
    return re.compile(rf"(?<!\w){entries}(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """A report of another newsroom: its text, and how many characters of it may still be shown.

    `words` are its longer words, `small` those that it writes in small letters, `surnames` the last
    words of names, `grams` its 5-grams.
    """

    name: str
    text: str
    room: int
    words: frozenset[str]
    small: frozenset[str]
    surnames: frozenset[str]
    grams: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A sentence of a report, its place there, its longer words, and the facts in it.

    `speaks` says that it quotes a person whom it names. A sentence `is_central` if half of the
    other reports have most of its words.
    """

    report: _Report
    sentence: str
    place: int
    words: frozenset[str]
    names: tuple[str, ...]
    figures: tuple[str, ...]
    speaks: bool
    is_central: bool


class _Known:
    """What readers know by the main story, and by the sentences that were chosen so far."""

    def __init__(self, told: str) -> None:
        self.grams = shingles(told)
        self.words: set[str] = set()
        self._figures: set[str] = set()
        self._counted: dict[str, set[str]] = {}
        self.learn(told)

    def learn(self, told: str) -> None:
        """Add the words and figures of a text."""
        self.words.update(text.words(told))
        found = figures(told)
        self._figures |= found | {figure.partition(".")[0] for figure in found}
        for figure, noun in _COUNTED.findall(told.lower()):
            self._counted.setdefault(noun, set()).add(figure)

    def find_news(self, candidate: _Candidate) -> list[str]:
        """Return in words the facts of a sentence that are new; none if its figures contradict."""
        for figure, noun in _COUNTED.findall(candidate.sentence.lower()):
            if figure not in self._counted.get(noun, {figure}):
                return []
        names = (name for name in candidate.names if self.lacks_name(name))
        new = [f"name {name}" for name in names]
        new += [f"figure {figure}" for figure in candidate.figures if self._lacks_figure(figure)]
        return [*new, "a person is quoted"] if candidate.speaks else new

    def _lacks_figure(self, figure: str) -> bool:
        return self._figures.isdisjoint({figure, figure.partition(".")[0]})

    def lacks_name(self, name: str) -> bool:
        """Return whether the last word of a name is new, with or without an s at its end."""
        last = text.words(name)[-1]
        return self.words.isdisjoint({last, last.removesuffix("s"), f"{last}s"})


def choose_additions(
    leader: Shelved, beside: Sequence[Shelved], beat: Beat, kept: Mapping[str, Addition]
) -> tuple[Addition, ...]:
    """Return at most three sentences of other newsrooms' reports with facts that a leader lacks.

    `beside` are the reports that its page lists, the best first. Of each newsroom one sentence is
    chosen. `kept` are the sentences chosen before, by story: they stay where a text is not stored.
    """
    story, most = leader.story, beat.excerpt.additions
    if not (most and beat.scoring.traits.has_blocks and _base(beat.locale) in _ROWS):
        return ()
    lenders = [shelved for shelved in beside if _may_lend(shelved.story, story, beat)]
    if not leader.text:
        return tuple(filter(None, (kept.get(name_of(one.story)) for one in lenders)))[:most]
    known = _Known(f"{story.title}\n{story.excerpt}\n{leader.text[:_COMPARED]}")
    reports = list(_list_reports(lenders[:_REPORTS], kept, beat))
    found = [_list_candidates(one, reports, known, _base(beat.locale)) for one in reports]
    return tuple(_choose(list(chain.from_iterable(found)), known, most))


def keeps_additions(leader: Story, group: Iterable[Story], beat: Beat) -> bool:
    """Return whether all sentences below a leader may still be quoted, by rules and decisions."""
    names = {addition.story for addition in leader.additions}
    lenders = (story for story in group if name_of(story) in names)
    return len(names) == sum(_may_lend(story, leader, beat) for story in lenders)


def _may_lend(story: Story, leader: Story, beat: Beat) -> bool:
    """Return whether a report may be quoted below a leader, by its origin, language and status."""
    return (
        story.may_be_quoted
        and is_own_report(story)
        and voice_of(story, beat) not in {"", voice_of(leader, beat)}
        and _base(story.language or beat.locale) == _base(beat.locale)
        and all(allows_additions(name_of(one), beat.rulings) for one in (story, leader))
        and not blocking_ruling(story, beat.rulings)
    )


def _base(language: str) -> str:
    return language.lower()[:2]


def _list_reports(
    lenders: Iterable[Shelved], kept: Mapping[str, Addition], beat: Beat
) -> Iterator[_Report]:
    """Yield the first report of each newsroom with what may still be shown of its text."""
    seen: set[str] = set()
    for shelved in lenders:
        story, voice = shelved.story, voice_of(shelved.story, beat)
        told, room = _read(shelved, kept.get(name_of(story)))
        if voice not in seen and room > 0:
            seen.add(voice)
            small = frozenset(filter(str.islower, _WORD.findall(told)))
            names = _find_names(told, small, _base(beat.locale))
            yield _Report(
                name=name_of(story),
                text=told,
                room=min(room, _LONGEST, beat.excerpt.max_characters),
                words=_long_words(told),
                small=small,
                surnames=frozenset(name.rpartition(" ")[2] for name in names if " " in name),
                grams=frozenset(shingles(told)),
            )


def _read(shelved: Shelved, before: Addition | None) -> tuple[str, int]:
    """Return a report's text and how many characters of it may still be shown.

    Of a report whose text is not stored, that is the sentence that was chosen before.
    """
    if shelved.text and shelved.quotable is not None:
        return shelved.text[:_READ], shelved.quotable - len(shelved.story.excerpt)
    return (before.text, len(before.text)) if before else ("", 0)


def _list_candidates(
    report: _Report, reports: Sequence[_Report], known: _Known, language: str
) -> Iterator[_Candidate]:
    """Yield the sentences of a report that can be quoted alone and are its own."""
    others = [other for other in reports if other is not report]
    copied = [known.grams, *(other.grams for other in others)]
    for place, sentence in enumerate(_list_sentences(report.text, report.room)):
        names = _find_names(sentence, report.small, language)
        words, grams = _long_words(sentence), shingles(sentence)
        shared = max(len(grams & theirs) for theirs in copied)
        if shared > _MOST_SHARED * len(grams) or not _is_fit(sentence, language):
            continue
        if not _names_its_people(sentence, names, report, known, language):
            continue
        near = sum(2 * len(words & other.words) >= len(words) for other in others)
        yield _Candidate(
            report=report,
            sentence=sentence,
            place=place,
            words=words,
            names=names,
            figures=_find_figures(sentence, language),
            speaks=_speaks(sentence, names),
            is_central=2 * near >= max(1, len(others)),
        )


def _speaks(sentence: str, names: Sequence[str]) -> bool:
    """Return whether a sentence has a quotation and names who said it."""
    return bool(names and _QUOTATION.search(sentence) and _SPEAKS.search(sentence))


def _find_figures(sentence: str, language: str) -> tuple[str, ...]:
    """Return the figures in a sentence, without dates, times of day and single digits."""
    dateless = _DATES.sub(" ", _pattern(language, "calendar").sub("\0", sentence))
    return tuple(dict.fromkeys(one.replace(",", "") for one in _FIGURE.findall(dateless)))


def _list_sentences(told: str, longest: int) -> Iterator[str]:
    """Yield the sentences of a text's paragraphs that stand in it once, whole and in one piece.

    A sentence within a quotation of several sentences is no whole one.
    """
    for block in filter(_PARAGRAPH.fullmatch, told.split("\n\n")):
        is_within = False
        for start, end in pairwise([0, *sentences.ends(block), len(block)]):
            sentence = block[start:end].strip()
            is_closed = _is_closed(sentence)
            is_whole = is_closed and not is_within and sentences.is_ended(sentence)
            is_within ^= not is_closed
            if is_whole and _SHORTEST <= len(sentence) <= longest and told.count(sentence) == 1:
                yield sentence


def _is_closed(sentence: str) -> bool:
    """Return whether a sentence closes the quotations and brackets that it opens, and no others."""
    quotes = sum(map(sentence.count, '"“”„«»'))
    is_even = quotes % 2 == 0 and len(_SINGLE.findall(sentence)) % 2 == 0
    return is_even and all(sentence.count(one) == sentence.count(two) for one, two in ("()", "[]"))


def _is_fit(sentence: str, language: str) -> bool:
    """Return whether a sentence is understood without the one before, and is of the report."""
    bare = sentence.lstrip(_OPENS)
    plain = _QUOTATION.sub(" ", sentence)
    is_cut = language != _WITH_CAPITALS and _NUMBER_ENDS.search(sentence)
    if bare[:1].islower() or is_cut or text.fold(sentence) != sentence or _ODD.search(sentence):
        return False
    if _pattern(language, "leaning").match(bare):
        return False
    if any(_pattern(language, kind).search(plain) for kind in ("own", "added")):
        return False
    return not any(agency_of(word, "") for word in plain.split())


def _names_its_people(
    sentence: str, names: Sequence[str], report: _Report, known: _Known, language: str
) -> bool:
    """Return whether readers learn who is meant, as far as the words show it.

    Whoever is a "he" or "she" must be named before, by a whole name or the first word. Whoever
    the report names in full elsewhere must be named so here, or in the main story.
    """
    person = _pattern(language, "persons").search(sentence)
    starts = [sentence.find(name) for name in names if " " in name]
    if (first := _WORD.match(sentence)) and first[0] in report.surnames:
        starts.append(0)
    if person and min(starts, default=len(sentence)) > person.start():
        return False
    whole = {word for name in names if " " in name for word in name.split()}
    alone = (report.surnames & set(_WORD.findall(sentence))) - whole
    return not any(map(known.lacks_name, alone.union(_TITLED.findall(sentence))))


def _find_names(passage: str, small: Collection[str], language: str) -> tuple[str, ...]:
    """Return the names in a passage: words in capitals that its report never writes small.

    The first word of a sentence or a quotation is no name by itself. Where all nouns have capitals,
    only names of several words are known.
    """
    calendar = _pattern(language, "calendar")
    runs: list[tuple[int, int]] = []
    for word in _WORD.finditer(passage):
        if not word[0][0].isupper() or calendar.fullmatch(word[0]):
            continue
        if runs and _JOINTS.fullmatch(passage, runs[-1][1], word.start()):
            runs[-1] = (runs[-1][0], word.end())
        elif word[0].lower() not in small:
            runs.append(word.span())
    names = ((passage[start:end], passage[max(0, start - 1)]) for start, end in runs)
    return tuple(name for name, before in names if _is_name(name, before, language))


def _is_name(name: str, before: str, language: str) -> bool:
    """Return whether words in capitals are a name; `before` is the character before them."""
    if " " in name:
        return True
    return language != _WITH_CAPITALS and len(name) >= _SHORTEST_NAME and before == " "


def _long_words(told: str) -> frozenset[str]:
    return frozenset(word for word in text.words(told) if len(word) >= _LONG_WORD)


def _choose(candidates: Collection[_Candidate], known: _Known, most: int) -> Iterator[Addition]:
    """Yield the best sentences, each of another newsroom and with facts that no other one has."""
    chosen: dict[str, Addition] = {}
    while len(chosen) < most:
        left = (one for one in candidates if one.report.name not in chosen)
        ranked = [(_count_points(one, known), -one.place, one.sentence, one) for one in left]
        points, *_, best = max(ranked, key=lambda rank: rank[:3], default=(0, None))
        if not points or best is None:
            break
        why = ", ".join(known.find_news(best))
        chosen[best.report.name] = Addition(text=best.sentence, story=best.report.name, why=why)
        known.learn(best.sentence)
    in_order = dict.fromkeys(candidate.report.name for candidate in candidates)
    yield from (chosen[name] for name in in_order if name in chosen)


def _count_points(candidate: _Candidate, known: _Known) -> int:
    """Return the points of a sentence: 0 without a fact, or if readers know it or nothing of it.

    2 for each of three names and figures that are new, 3 for a person who is quoted, 2 if the
    sentence is central, 1 if it is one of the first in its report.
    """
    shared, words = candidate.words & known.words, candidate.words
    news = known.find_news(candidate)
    if not news or len(shared) < _NEAR or len(words) - len(shared) < _NEW * len(words):
        return 0
    named = min(3, len(news) - candidate.speaks)
    return 2 * named + 3 * candidate.speaks + 2 * candidate.is_central + (candidate.place < _EARLY)
