"""Decide, without a second model, which sentences that a model wrote from reports may be shown.

A model may lie. So each sentence must name its reports, and every quotation, name, number, title,
negation and modal of it must stand in them, at the place where the sentence puts it: a value is
checked by the words around it, and fails if another value of the reports fits there better. A
sentence that fails is left out. A true sentence that is lost is cheap, a false one is not.

What holds by language: all rules for en, de, fr, es, it, nl and pt. Other languages with capitals:
each word must stand in the reports, and negations where the table knows them. Scripts without
capitals: the same, names included; where words have no spaces, letters are compared in pairs.
"""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

import regex

from copydesk.kit import sentences
from copydesk.kit import text as plain_text
from copydesk.model import _evidence, _words
from copydesk.model._words import Kind, Reader, ReadSentence, Word
from copydesk.news.summary import CitedSentence

_SHARE = 0.5  # of the words with content must come from the reports
_NEAR = 8.0  # places: what stands farther from a value says nothing of it
_MARGIN = 1.1  # another value may fit so much better before it is taken for the true one
_LEAST_FIT = 0.1  # of the fit that a value would have if its words stood around it as here
_ANYBODY = frozenset({"people", "other", "men", "women"})  # whom a number counts
_LOOSE = frozenset({"one", "second"})  # numbers that are more often none
_LETTERS = regex.compile(rf"[{plain_text.UNSPACED_LETTERS}]+")
_CITATION = regex.compile(r"[ \u00a0]*\[\d{1,3}(?:[ ,;–-]{1,2}\d{1,3})*\]")
_MARKUP = regex.compile(r"://|www\.|\]\(|<[/!?\p{L}]|[*_`#|\\{}\[\]]|&#?\w+;|\n")
_JOINERS = frozenset("\u200c\u200d")  # letters need them in Persian and Hindi
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberText:
    """A report as the model got it: its record's name, and its headline and paragraphs as lines."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """A sentence that a model wrote, and the numbers of the members it rests on, from 1."""

    text: str
    cites: tuple[int, ...]


class GateRule(StrEnum):
    """Why a sentence is left out."""

    SOURCE = "no source"
    MARKS = "marks"
    LANGUAGE = "language"
    QUOTATION = "quotation"
    SPEAKER = "speaker"
    NAME = "name"
    NUMBER = "number"
    TITLE = "title"
    WORDS = "words"
    COPIED = "copied"
    NEGATION = "negation"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A sentence that may not be shown, the rule, and the words that are wrong ("" if none)."""

    text: str
    rule: GateRule
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """The sentences that may be shown, none if they are too few, and those that may not."""

    sentences: tuple[CitedSentence, ...]
    left_out: tuple[LeftOut, ...]


_Fault = tuple[GateRule, str]


def check_sentences(
    drafts: Iterable[DraftSentence], members: Sequence[MemberText], language: str, *, least: int = 2
) -> GateResult:
    """Return which sentences may be shown; fewer than `least` are no summary.

    `language` is the language of the members.
    """
    language = language.lower()[:2]
    reader = Reader(language)
    reports = [_evidence.Report(member.text, reader) for member in members]
    known = functools.cache(
        lambda numbers: _evidence.MemberEvidence([reports[at - 1] for at in numbers], language)
    )
    shown, left_out = [], []
    for draft in drafts:
        text = _strip_citations(draft.text)
        numbers = tuple(sorted(set(draft.cites)))
        if not numbers or numbers[0] < 1 or numbers[-1] > len(members):
            left_out.append(LeftOut(text=text, rule=GateRule.SOURCE))
            continue
        evidence = functools.partial(known, numbers)
        fault = _find_fault(text, [reports[at - 1] for at in numbers], reports, evidence, reader)
        if fault:
            left_out.append(LeftOut(text=text, rule=fault[0], about=fault[1]))
        else:
            names = tuple(members[at - 1].name for at in numbers)
            shown.append(CitedSentence(text=text, stories=names))
    enough = len(shown) >= least
    return GateResult(sentences=tuple(shown) if enough else (), left_out=tuple(left_out))


def _strip_citations(text: str) -> str:
    return plain_text.fold(_CITATION.sub("", text)) if text.isprintable() else text


def split_draft(text: str) -> list[str]:
    """Return the sentences of a text, without the numbers of sources in brackets.

    A number before a full stop ends a sentence: "in the U.S. [5]. The" are two.
    """
    ended = regex.sub(rf"\.?(?:{_CITATION.pattern})+([.!?])(?=\s|$)", r"\1\n", text)
    lines = _CITATION.sub("", ended).splitlines()
    return [part for line in lines for part in _cut(line) if part]


def _cut(line: str) -> Iterator[str]:
    start = 0
    for end in [*sentences.ends(line), len(line)]:
        yield line[start:end].strip()
        start = end


def _find_fault(
    text: str,
    cited: Sequence[_evidence.Report],
    reports: Sequence[_evidence.Report],
    known: Callable[[], _evidence.MemberEvidence],
    reader: Reader,
) -> _Fault | None:
    """Return the first rule that a sentence breaks, and what is wrong in it."""
    if fault := _check_marks(text):
        return fault
    text = _words.spell(text)
    source = "\n".join(report.text for report in cited)
    if fault := _check_language(text, source, reader):
        return fault
    outside, quotations = _evidence.take_quotations(text)
    if fault := _check_runs(outside, reports):
        return fault
    if _LETTERS.search(text):
        return _check_letters(text, quotations, source, reader)
    evidence = known()
    faults = (_check_part(part, quotations, evidence, reader) for part in reader.read(text))
    return next((fault for found in faults for fault in found), None)


def _check_part(
    read: ReadSentence,
    quotations: Sequence[str],
    evidence: _evidence.MemberEvidence,
    reader: Reader,
) -> Iterator[_Fault]:
    part = _words.settle_names(read, evidence.common, headline=False)
    yield from _check_quotations(part, quotations, evidence)
    yield from _check_values(part, evidence)
    yield from _check_titles(part, evidence)
    yield from _check_words(part, evidence, reader)
    yield from _check_slots(part, evidence)
    yield from _check_cues(part, evidence)


def _check_runs(outside: str, reports: Sequence[_evidence.Report]) -> _Fault | None:
    runs = _evidence.word_runs(_words.split(outside))
    copied = (run for run in runs if any(run in report.runs for report in reports))
    found = next(copied, None)
    return (GateRule.COPIED, " ".join(found)) if found else None


def _check_marks(text: str) -> _Fault | None:
    """Refuse markup, addresses, signs that nobody sees, and sentences longer than any."""
    odd = next(
        (sign for sign in text if unicodedata.category(sign)[0] == "C" and sign not in _JOINERS), ""
    )
    if odd or len(text) > _evidence.LONGEST or not any(sign.isalpha() for sign in text):
        return GateRule.MARKS, ascii(odd)[1:-1]
    found = _MARKUP.search(text)
    return (GateRule.MARKS, found[0]) if found else None


def _check_language(text: str, source: str, reader: Reader) -> _Fault | None:
    """Compare the script, and count the small words of each language that is known."""
    if _evidence.dominant_script(text) != _evidence.dominant_script(source[:4000]):
        return GateRule.LANGUAGE, _evidence.dominant_script(text)
    words = _words.split(text)
    counts = {
        other: sum(word in _words.small_words(other) for word in words)
        for other in _words.languages()
    }
    own = counts.get(reader.language, 0)
    best = max(counts, key=lambda other: counts[other])
    return (GateRule.LANGUAGE, best) if own * 1.5 + 2 < counts[best] else None


def _check_letters(
    text: str, quotations: Sequence[str], source: str, reader: Reader
) -> _Fault | None:
    """Check a text without spaces: its letters in pairs, its numbers, quotations and negations."""
    lines = (_evidence.take_quotations(line)[1] for line in source.splitlines())
    quoted = list(itertools.chain.from_iterable(lines))
    lost = (words for words in quotations if not any(words in line for line in quoted))
    if quotation := next(lost, None):
        return GateRule.QUOTATION, quotation
    if numbers := sorted(set(_DIGITS.findall(text)) - set(_DIGITS.findall(source))):
        return GateRule.NUMBER, numbers[0]
    if kind := _find_other_cue(text, source, reader):
        return GateRule.NEGATION, kind
    known = _pairs(source)
    foreign = next((run for run in _RUNS.findall(text) if _is_foreign(run, known, reader)), None)
    return (GateRule.WORDS, foreign) if foreign else None


def _find_other_cue(text: str, source: str, reader: Reader) -> str:
    """Return the kind of cue that only one of the text and the sentence most like it has."""
    best = max(_SENTENCES.split(source), key=lambda part: len(_pairs(text) & _pairs(part)))
    kinds = ("negation", "may")
    return next((k for k in kinds if reader.has_cue(k, text) != reader.has_cue(k, best)), "")


def _is_foreign(run: str, known: AbstractSet[str], reader: Reader) -> bool:
    """Decide whether two letters in a row stand in no pair of the members, or a number alone."""
    pairs = [run[at : at + 2] in known for at in range(len(run) - 1)]
    covered = [a or b for a, b in zip([False, *pairs], [*pairs, False], strict=True)]
    alone = [not good and sign not in reader.small for sign, good in zip(run, covered, strict=True)]
    numbers = itertools.compress(run, alone)
    return not _HAN_NUMBERS.isdisjoint(numbers) or (True, True) in itertools.pairwise(alone)


_RUNS = regex.compile(r"[^\s\p{P}\d]{2,}")
_DIGITS = regex.compile(r"\d+(?:[.,]\d+)*")
_SENTENCES = regex.compile(r"[。！？!?\n]")
_HAN_NUMBERS = frozenset("一二三四五六七八九十百千万萬亿億")


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _check_quotations(
    part: ReadSentence, quotations: Sequence[str], evidence: _evidence.MemberEvidence
) -> Iterator[_Fault]:
    """Find each quotation in the members, and beside it the one who is named beside it here."""
    for number in sorted({word.quotation for word in part.words} - {-1}):
        quotation = quotations[number]
        found = [] if not quotation else evidence.find_quotation(quotation)
        if not found:
            yield GateRule.QUOTATION, quotation
            continue
        speaker = _speaker(part, number)
        known = (evidence.speakers(*place) for place in found)
        if speaker and not any(speaker & names for names in known):
            yield GateRule.SPEAKER, " ".join(sorted(speaker))


def _speaker(part: ReadSentence, number: int) -> set[str]:
    """Return the name beside the verb of speech, or else beside the quotation."""
    said = [word.place for word in part.words if word.quotation < 0 and word.key == "say"]
    centres = said or [word.place for word in part.words if word.quotation == number]
    runs = [run for run in _evidence.name_runs(part) if run[0].key not in _words.calendar()]
    nearest = min(runs, key=lambda run: _distance(part, run, centres), default=[])
    return {word.key for word in nearest}


def _distance(part: ReadSentence, run: Sequence[Word], centres: Sequence[float]) -> float:
    """Return how far a name is from a verb of speech, farther behind a word such as "of"."""
    before = part.words[max(0, part.words.index(run[0]) - 1)]
    behind = 1.5 if before.kind is Kind.SMALL and before.key != "the" else 0.0
    return behind + min(abs(word.place - centre) for word in run for centre in centres)


def _check_values(part: ReadSentence, evidence: _evidence.MemberEvidence) -> Iterator[_Fault]:
    """Find each number with its unit and noun, and each name, in the members."""
    for at, word in enumerate(part.words):
        nouns = _nouns(part.words, at)
        if word.kind is Kind.NUMBER and not _is_counted(word, nouns, part, evidence):
            yield GateRule.NUMBER, " ".join(word.text for word in (word, *nouns))
        elif word.kind is Kind.NAME and word.key not in evidence.names:
            yield GateRule.NAME, word.text
    for _, run in _evidence.find_anchors(part, evidence.located):
        for first, second in itertools.pairwise(run):
            if not evidence.are_near(first.key, second.key, 3):
                yield GateRule.NAME, f"{first.text} {second.text}"


def _is_counted(
    number: Word, nouns: Sequence[Word], part: ReadSentence, evidence: _evidence.MemberEvidence
) -> bool:
    """Decide whether the members have a number beside its noun, and a day beside its month."""
    supports = evidence.supports(number)
    if number.text.lower() in _LOOSE and not supports:
        return not any(evidence.counts(noun.key) for noun in nouns)
    months = [
        word
        for word in part.words
        if word.key in _words.calendar() and abs(word.place - number.place) <= 1
    ]
    pairs = filter(None, (nouns, months))
    return bool(supports) and all(evidence.have_noun(supports, words) for words in pairs)


def _nouns(words: Sequence[Word], at: int) -> list[Word]:
    """Return the words that a number may count: up to two with content directly behind it."""
    nouns = list(
        itertools.takewhile(lambda word: word.kind is Kind.CONTENT, words[at + 1 : at + 3])
    )
    is_year = _evidence.sort_of(words[at], frozenset()) == "year"
    return [] if not is_year and any(noun.key in _ANYBODY for noun in nouns) else nouns


def _check_titles(part: ReadSentence, evidence: _evidence.MemberEvidence) -> Iterator[_Fault]:
    """Find each title beside a name beside the same name in the members."""
    names = [word for run in _evidence.name_runs(part) for word in run]
    for at, title in enumerate(part.words):
        if title.title and title.quotation < 0:
            if title.key not in evidence.places:
                yield GateRule.TITLE, title.text
            for name in _find_holder(title, part.words[at + 1 : at + 2], names):
                if not evidence.has_title(title.key, name.key):
                    yield GateRule.TITLE, f"{title.text} {name.text}"


def _find_holder(title: Word, behind: Sequence[Word], names: Sequence[Word]) -> Sequence[Word]:
    """Return the name that a title belongs to, if any: the one behind it, or the last before it."""
    if behind and behind[0] in names:
        return behind
    return [name for name in names if -4 <= name.place - title.place < 0][-1:]


def _check_words(
    part: ReadSentence, evidence: _evidence.MemberEvidence, reader: Reader
) -> Iterator[_Fault]:
    """Ask for half of the words with content, for all in languages that are not well known."""
    content = [word for word in part.words if word.kind is Kind.CONTENT]
    foreign = [word for word in content if not evidence.knows(word.key, reader)]
    if foreign and (not reader.knows_cues or len(foreign) > len(content) * (1 - _SHARE)):
        yield GateRule.WORDS, foreign[0].text


def _check_cues(part: ReadSentence, evidence: _evidence.MemberEvidence) -> Iterator[_Fault]:
    """Compare negations and other cues with the sentences of the members that say the same."""
    content = _words_outside(part)
    overlap = evidence.overlap({word.key for word in content})
    yield from _find_new_cues(part, content, overlap, evidence)
    for word in content:
        mine = {kind for kind, _, place in part.cues if -4 <= word.place - place <= _evidence.REACH}
        states = evidence.states(word.key, overlap)
        if states and all(_misses(state, mine) for state in states):
            yield _cue_rule(min(states[0])), word.text


def _words_outside(part: ReadSentence) -> list[Word]:
    """Return the words with content outside of quotations, without the verbs of speech."""
    return [word for word in _with_content(part) if word.quotation < 0 and word.key != "say"]


def _with_content(part: ReadSentence) -> list[Word]:
    return [word for word in part.words if word.kind.value > Kind.SMALL.value]


def _find_new_cues(
    part: ReadSentence,
    content: Sequence[Word],
    overlap: Sequence[float],
    evidence: _evidence.MemberEvidence,
) -> Iterator[_Fault]:
    """Yield the cues that no word behind them has in the members."""
    for kind, text, place in part.cues:
        allowed = _ADDED.get(kind, {kind})
        governed = [word.key for word in content if -1.5 < word.place - place <= 3]
        kinds = (evidence.cues_at(key, overlap) for key in governed)
        if kind != "would" and not any(allowed & found for found in kinds):
            yield _cue_rule(kind), text


def _misses(state: frozenset[str], mine: set[str]) -> bool:
    """Decide whether a cue of the source is lost; a denial may become a negation, and so on."""
    return any(not (mine & _STANDS_FOR.get(kind, frozenset({kind}))) for kind in state)


# By which cues of the sentence a cue of the source is kept, and of the source one added here.
_STANDS_FOR: dict[str, AbstractSet[str]] = {
    "deny": {"deny", "negation"},
    "may": {"may", "plan", "alleged", "would"},
    "plan": {"plan", "may", "would"},
    "would": {"plan", "may", "would"},
    "alleged": {"alleged", "may"},
}
_ADDED: dict[str, AbstractSet[str]] = {
    "may": {"may", "plan", "would"},
    "plan": {"may", "plan", "would"},
}


def _cue_rule(kind: str) -> GateRule:
    return GateRule.TITLE if kind == "former" else GateRule.NEGATION


def _check_slots(part: ReadSentence, evidence: _evidence.MemberEvidence) -> Iterator[_Fault]:
    """Refuse a value if another value of the members fits better between the words around it.

    Another value of the sentence itself counts only where it fits better than in its own place.
    """
    slots = list(_fit_values(part, evidence))
    for slot in slots:
        rivals = (
            fit
            for keys, fit in slot.fits.items()
            if not keys & slot.keys and all(s.own < fit for s in slots if keys & s.keys)
        )
        if slot.own < slot.possible * _LEAST_FIT or max(rivals, default=0.0) > slot.own * _MARGIN:
            rule = GateRule.NUMBER if slot.run[0].kind is Kind.NUMBER else GateRule.NAME
            yield rule, " ".join(word.text for word in slot.run)


@dataclass(frozen=True, slots=True)
class _Slot:
    """The place of a value in a sentence, and how well each value of the members fits in it."""

    run: list[Word]
    keys: frozenset[str]
    fits: dict[frozenset[str], float]
    possible: float

    @property
    def own(self) -> float:
        """Return how well the value itself fits."""
        return max((fit for key, fit in self.fits.items() if key & self.keys), default=0.0)


def _fit_values(part: ReadSentence, evidence: _evidence.MemberEvidence) -> Iterator[_Slot]:
    around = [word for word in _with_content(part) if evidence.weight(word.key)]
    for anchor, run in _evidence.find_anchors(part, evidence.located):
        if run[0].text.lower() in _LOOSE:
            continue
        others = [w for w in around if w not in run and abs(anchor.distance(w.place)) <= _NEAR]
        keys = evidence.support_keys(run[0]) if run[0].kind is Kind.NUMBER else anchor.keys
        yield _Slot(run, keys, *evidence.fit(anchor, others, part.passive))


def check_headline(
    original: str, translated: str, source_language: str, language: str
) -> LeftOut | None:
    """Return why a translated headline may not be shown, None if it may.

    Figures, quotation marks, negations, and the countries and other names that the table knows must
    be the same. Names are compared where both are in Latin, Cyrillic or Greek letters and their
    capitals show them: nothing may be added, and outside German nothing lost.
    """
    if fault := _check_marks(translated):
        return LeftOut(text=translated, rule=fault[0], about=fault[1])
    texts = _words.spell(original), _words.spell(translated)
    codes = source_language.lower()[:2], language.lower()[:2]
    heads = [_Headline(text, code) for text, code in zip(texts, codes, strict=True)]
    if not 0.4 <= heads[1].length / max(heads[0].length, 1) <= 2.5:
        return LeftOut(text=translated, rule=GateRule.WORDS)
    fault = _compare_headlines(*heads)
    return LeftOut(text=translated, rule=fault[0], about=fault[1]) if fault else None


class _Headline:
    """A headline as it is compared with its translation."""

    def __init__(self, text: str, language: str) -> None:
        reader = Reader(language)
        words = [word for part in reader.read(text) for word in part.words]
        self.script = _evidence.dominant_script(text)
        self.length = len(text) + 2 * len(_WIDE.findall(text))  # a sign of these is a syllable
        self.quotations = len(_words.find_quotations(text))
        self.numbers = sorted(_figures(text, words))
        self.cues_known = bool(reader.phrases("negation"))
        self.negated = _is_negated(text, reader)
        self.countries = {word.key for word in words} & _words.countries()
        self.spellings = {_spelling(word.text) for word in words}
        self.names: list[Word] = []
        if language != "de" and self.script in _SPELLED and _shows_names(words):
            self.names = _find_names(words)


def _find_names(words: Sequence[Word]) -> list[Word]:
    known = _words.countries() | _words.calendar()
    named = (word for word in words if word.kind is Kind.NAME and not word.first)
    return [word for word in named if word.key not in known]


def _is_negated(text: str, reader: Reader) -> bool:
    if _LETTERS.search(text):
        return reader.has_cue("negation", text)
    cues = {kind for part in reader.read(text) for kind, *_ in part.cues}
    return bool(cues & {"negation", "deny"})


def _figures(text: str, words: Sequence[Word]) -> list[tuple[float, str]]:
    if _LETTERS.search(text):
        return [(float(found.replace(",", "")), "") for found in _DIGITS.findall(text)]
    numbers = (word for word in words if word.kind is Kind.NUMBER)
    return [(word.value, word.unit) for word in numbers if word.text.lower() not in _LOOSE]


def _shows_names(words: Sequence[Word]) -> bool:
    """Decide whether capitals show names in a headline, not words of any kind."""
    inner = [w for w in words if w.kind in (Kind.NAME, Kind.CONTENT) and not w.first]
    capitals = [word for word in inner if word.text != word.text.lower()]
    return len(inner) < 3 or len(capitals) <= len(inner) * _HEADLINE_CASE


_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_HEADLINE_CASE = 0.7  # share of words with a capital from which capitals show no names
_SPELLED = frozenset({"Latin", "Cyrillic", "Greek"})


def _spelling(name: str) -> str:
    """Return the consonants of a name in Latin letters, those that sound alike as one."""
    alike = plain_text.transliterate(name.lower()).translate(_ALIKE).replace("h", "")
    return alike[:1] + "".join(letter for letter in alike[1:] if letter not in "aeiou")


_ALIKE = str.maketrans("cqzvwyj", "kksffii")


def _compare_headlines(one: _Headline, other: _Headline) -> _Fault | None:
    if one.numbers != other.numbers:
        return GateRule.NUMBER, ", ".join(f"{value:g}" for value, _ in other.numbers)
    if one.quotations != other.quotations:
        return GateRule.QUOTATION, ""
    if one.negated != other.negated or not (one.cues_known and other.cues_known):
        return GateRule.NEGATION, ""
    if different := one.countries ^ other.countries:
        return GateRule.NAME, min(different)
    name = _find_missing_name(other, one) or _find_missing_name(one, other)
    return (GateRule.NAME, name) if name else None


def _find_missing_name(named: _Headline, other: _Headline) -> str:
    """Return a name that the other headline lacks, "" if there is none to be seen."""
    if other.script not in _SPELLED:
        return ""
    names = (word.text for word in named.names)
    return next((name for name in names if _spelling(name) not in other.spellings), "")
