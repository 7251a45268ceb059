"""What the cited members say: where each word stands, who is quoted, what fits in which place.

Each value of the members is an anchor: a number, or a name of one or several words.
"""

from __future__ import annotations

import bisect
import itertools
import math
import operator
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

import regex

from copydesk.model import _words
from copydesk.model._words import Kind, Reader, ReadSentence, Word

LONGEST = 600  # characters of a sentence that is looked at
_RUN = 8  # words that may not be copied
_OTHER_SIDE = 0.6  # how much a word counts on the other side of the value than in the sentence
_FAR = 16.0  # places in the members
_OTHER_SORT = 0.8  # how much better a name must fit to stand for one of another sort
_ALIKE = dict.fromkeys(itertools.permutations(("name", "place", "country"), 2), _OTHER_SORT)
_ALIKE["name", "place"] = 0.5  # what never stands behind "in" is hardly a place
_BESIDE = 0.55  # how much a name counts that stands beside the true one in a sentence
_MOST_BEFORE = 30  # names of the sentence before that are looked at
_BEFORE = 0.25  # how much a word counts for a name of the sentence before, if it has a pronoun
_KNOWN = 200  # places of a word that are looked at
_SAME = 0.85  # of the words that the best sentence has: it tells the same
REACH = 7.0  # places behind a cue that it may govern
_GOVERNS = {"negation": 2, "deny": 2}  # places behind a cue that surely depend on it, else 1
_SCOPE = 5.0  # places behind a cue of the members that one of the sentence may have
_RELATED = 0.6  # of the words that the best sentence has
_VERB_FIRST = frozenset({"de", "nl"})  # "not" may stand behind what it denies
_WHERE = frozenset(
    ["in", "at", "near", "im", "en", "à", "dans", "nel", "nella", "em", "no", "na", "te"]
)
_START = operator.attrgetter("start")
_ROUND = 0.1  # how far a rounded number may be from the exact one


SCRIPTS = {
    name: regex.compile(rf"\p{{{name}}}")
    for name in ("Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Hangul", "Thai")
} | {"Han": regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")}


@dataclass(frozen=True, slots=True)
class Anchor:
    """A number, or a name of one or several words, and where it stands in its sentence.

    Only anchors of one `sort` can be mistaken for each other.
    """

    keys: frozenset[str]
    start: float
    end: float
    sort: str

    @property
    def is_number(self) -> bool:
        """Whether it is a number or a year."""
        return self.sort.startswith(("number", "year"))

    def distance(self, place: float) -> float:
        """Return how many places behind the anchor a word stands; before it is negative."""
        return place - (self.start if place < self.start else self.end)


def find_anchors(part: ReadSentence, located: AbstractSet[str]) -> list[tuple[Anchor, list[Word]]]:
    """Return the numbers and names outside of quotations; `located` are the names of places."""
    numbers = [[w] for w in part.words if w.kind is Kind.NUMBER and w.quotation < 0]
    return [
        (
            Anchor(
                frozenset(w.key for w in run), run[0].place, run[-1].place, sort_of(run[0], located)
            ),
            run,
        )
        for run in [*numbers, *name_runs(part)]
    ]


def sort_of(word: Word, located: AbstractSet[str]) -> str:
    if word.kind is Kind.NUMBER:
        is_year = 1900 <= word.value <= 2100 and word.text.isdigit() and not word.unit
        return "year" if is_year else f"number {word.unit}"
    if word.key in _words.calendar():
        return "time"
    if word.key in _words.countries():
        return "country"
    return "place" if word.key in located else "name"


class Report:
    """A member as the gate reads it, each part only when a rule asks for it."""

    def __init__(self, text: str, reader: Reader) -> None:
        self.text = _words.spell(text)
        self._reader = reader

    @cached_property
    def _kept(self) -> list[str]:
        return [line for line in self.text.splitlines() if line.strip()]

    @cached_property
    def lines(self) -> list[list[ReadSentence]]:
        return [self._reader.read(line) for line in self._kept]

    @cached_property
    def quotations(self) -> list[list[str]]:
        return [take_quotations(line)[1] for line in self._kept]

    @cached_property
    def runs(self) -> set[tuple[str, ...]]:
        return set(word_runs(_words.split(self.text)))


def _names_of(part: ReadSentence) -> set[str]:
    return {word.key for run in name_runs(part) for word in run}


class MemberEvidence:
    """What the cited members say: their sentences, and where each word stands in them."""

    def __init__(self, reports: Sequence[Report], language: str) -> None:
        lines = itertools.chain.from_iterable(report.lines for report in reports)
        read = list(itertools.chain.from_iterable(lines))
        self._behind = -4.0 if language in _VERB_FIRST else 0.0
        self.common = _words.common_words(read, language)
        self.sentences: list[ReadSentence] = []
        self.begins: set[int] = set()  # sentences that begin a line
        self.member: list[int] = []
        self.quoted: list[tuple[int, int, str]] = []  # first and last sentence, and the words
        for at, report in enumerate(reports):
            for number, line in enumerate(report.lines):
                self._add_line(line, report.quotations[number], headline=number == 0)
                self.member += [at] * len(line)
        self.places: dict[str, list[tuple[int, Word]]] = defaultdict(list)
        self.names: set[str] = set()
        self.located: set[str] = set()  # the names of places
        for at, sentence in enumerate(self.sentences):
            self._add_words(at, sentence)
        self.anchors = [self._sort_anchors(part) for part in self.sentences]
        self.named = [_names_of(part) for part in self.sentences]
        words = itertools.chain.from_iterable(part.words for part in self.sentences)
        self.numbers = sorted({word.value for word in words if word.kind is Kind.NUMBER})

    def _sort_anchors(self, part: ReadSentence) -> list[Anchor]:
        return sorted((anchor for anchor, _ in find_anchors(part, self.located)), key=_START)

    def _add_line(
        self, line: Sequence[ReadSentence], quotations: Sequence[str], *, headline: bool
    ) -> None:
        begin = len(self.sentences)
        self.begins.add(begin)
        inside: dict[int, list[int]] = defaultdict(list)
        for part, sentence in enumerate(line, begin):
            self.sentences.append(_words.settle_names(sentence, self.common, headline=headline))
            for quotation in {word.quotation for word in sentence.words} - {-1}:
                inside[quotation].append(part)
        for quotation, parts in inside.items():
            self.quoted.append((parts[0], parts[-1], f" {quotations[quotation]} "))

    def _add_words(self, at: int, sentence: ReadSentence) -> None:
        before = ""
        for word in sentence.words:
            if word.kind not in (Kind.MARK, Kind.SMALL):
                self.places[word.key].append((at, word))
            if word.text != word.text.lower() or word.key in _words.countries():
                self.names.add(word.key)
            if word.kind is Kind.NAME and before in _WHERE:
                self.located.add(word.key)
            before = word.key

    def near(self, at: int, place: float) -> list[Anchor]:
        """Return the anchors of a sentence that are not far from a place in it."""
        anchors = self.anchors[at]
        first = bisect.bisect_left(anchors, place - _FAR, key=_START)
        return anchors[first : bisect.bisect_right(anchors, place + _FAR, key=_START)]

    def weight(self, key: str) -> float:
        """Return how much a word tells: more if it is rare in the members, 0 if it is not there."""
        count = len(self.places.get(key, ()))
        return 1 / (1 + math.log(count)) if count else 0.0

    def support_keys(self, number: Word) -> frozenset[str]:
        """Return the keys of the numbers that a number of the draft may stand for."""
        return frozenset(word.key for word in self.supports(number))

    def supports(self, number: Word) -> list[Word]:
        """Return the numbers of the members that a number of the draft may stand for."""
        low = bisect.bisect_left(self.numbers, number.value * (1 - _ROUND))
        high = bisect.bisect_right(self.numbers, number.value * (1 + _ROUND) * 1.2)
        keys = [repr(float(value)) for value in self.numbers[low : high + 1]]
        known = (word for key in keys for _, word in self.places[key] if word.kind is Kind.NUMBER)
        return [word for word in known if word.unit == number.unit and _is_rounded(number, word)]

    def find_quotation(self, words: str) -> list[tuple[int, int]]:
        """Return where words are quoted: (first sentence, last sentence)."""
        found = ((first, last) for first, last, quoted in self.quoted if f" {words} " in quoted)
        return list(itertools.islice(found, _KNOWN))

    def speakers(self, first: int, last: int) -> set[str]:
        """Return the names that may be the speaker of a quotation."""
        names = set[str]().union(*self.named[first : last + 1])
        if last + 1 < len(self.sentences) and last + 1 not in self.begins:
            behind = self.sentences[last + 1].words[:8]
            names |= self.named[last + 1] if any(word.key == "say" for word in behind) else set()
        if names and not any(part.pronoun for part in self.sentences[first : last + 1]):
            return names
        return names | self._names_before(first)

    def _names_before(self, first: int) -> set[str]:
        """Return the names before a sentence, at most of the paragraph before its own."""
        lines = 0
        for at in range(first - 1, max(-1, first - 5), -1):
            lines += at + 1 in self.begins
            if lines > 1 or self.member[at] != self.member[first]:
                return set()
            if self.named[at]:
                return self.named[at]
        return set()

    def have_noun(self, numbers: Sequence[Word], nouns: Sequence[Word]) -> bool:
        """Decide whether one of the numbers stands near one of the nouns in the members."""
        pairs = ((number.key, noun.key) for number in numbers for noun in nouns)
        return any(self.are_near(*pair, 4) for pair in pairs)

    def counts(self, noun: str) -> bool:
        """Decide whether the members say a number of something."""
        known = self.places.get(noun, ())[:_KNOWN]
        return any(
            anchor.sort.startswith("number") and 0 < anchor.distance(word.place) <= 1
            for at, word in known
            for anchor in self.near(at, word.place)
        )

    def are_near(self, one: str, other: str, most: float) -> bool:
        """Decide whether two words stand in one sentence of the members, near each other."""
        places = defaultdict(list)
        for at, word in self.places.get(one, ())[:_KNOWN]:
            places[at].append(word.place)
        return any(
            abs(word.place - place) <= most
            for at, word in self.places.get(other, ())[:_KNOWN]
            for place in places.get(at, ())
        )

    def has_title(self, title: str, name: str) -> bool:
        """Decide whether a title belongs to a name in a sentence of the members."""
        places = self.places.get(title, ())[:_KNOWN]
        return any(name in keys for at, word in places for keys in self._holders(at, word))

    def _holders(self, at: int, title: Word) -> Iterator[frozenset[str]]:
        """Yield the names that a title may belong to: the one behind it, or those around it."""
        near = self.near(at, title.place)
        behind = [a for a in near if a.sort == "name" and 0 < a.start - title.place <= 1]
        for anchor in near:
            distance = anchor.distance(title.place)
            if anchor in behind or (abs(distance) <= 5 and (distance > 0 or not behind)):
                yield anchor.keys

    def knows(self, key: str, reader: Reader) -> bool:
        """Decide whether a word stands in the members; in scripts without capitals, nearly."""
        if key in self.places or reader.knows_cues:
            return key in self.places
        return bool(_forms(key) & self.forms)

    @cached_property
    def forms(self) -> set[str]:
        return {form for key in self.places for form in _forms(key)}

    def overlap(self, keys: set[str]) -> list[float]:
        """Return for each sentence of the members how much of the words it has."""
        shares = [0.0] * len(self.sentences)
        for key in keys:
            weight = self.weight(key)
            for at in {at for at, _ in self.places.get(key, ())[:_KNOWN]}:
                shares[at] += weight
        return shares

    def cues_at(self, key: str, overlap: Sequence[float]) -> set[str]:
        """Return the kinds of cues near a word, in the sentences that have most of the others."""
        best = max(overlap, default=0.0) * _RELATED
        return {
            kind
            for at, word in self.places.get(key, ())[:_KNOWN]
            if overlap[at] >= best
            for kind, _, place in self.sentences[at].cues
            if self._behind - 1 <= word.place - place <= _SCOPE
        }

    def states(self, key: str, overlap: Sequence[float]) -> list[frozenset[str]]:
        """Return for each place of a word, in the best sentences, which cues govern it."""
        known = [(at, word) for at, word in self.places.get(key, ())[:_KNOWN] if word.quotation < 0]
        best = max((overlap[at] for at, _ in known), default=0.0) * _SAME
        return [
            frozenset(
                kind
                for kind, _, place in self.sentences[at].cues
                if self._behind < word.place - place <= _GOVERNS.get(kind, 1)
            )
            for at, word in known
            if overlap[at] >= best
        ]

    def fit(
        self, anchor: Anchor, others: Sequence[Word], passive: bool
    ) -> tuple[dict[frozenset[str], float], float]:
        """Return how well each value of the members fits in the place of one.

        Also returns the fit of a value that has the same words as near as the sentence has them.
        """
        best: dict[tuple[int, Anchor, str], float] = defaultdict(float)
        possible = 0.0
        for other in others:
            distance = anchor.distance(other.place)
            weight = self.weight(other.key) / (1 + abs(distance))
            possible += weight / (1 + abs(distance))
            for at, word in self.places.get(other.key, ())[:_KNOWN]:
                side = distance if passive == self.sentences[at].passive else 0.0
                for sentence, rival, fit in self._rivals(at, word, anchor, side):
                    slot = sentence, rival, other.key
                    best[slot] = max(best[slot], fit * weight)
        sums: dict[tuple[int, Anchor], float] = defaultdict(float)
        for (at, rival, _), fit in best.items():
            sums[at, rival] += fit
        fits: dict[frozenset[str], float] = defaultdict(float)
        for (at, rival), fit in sums.items():
            is_beside = not anchor.is_number and any(a.keys & anchor.keys for a in self.anchors[at])
            own = bool(rival.keys & anchor.keys)
            fits[rival.keys] = max(fits[rival.keys], fit if own or not is_beside else fit * _BESIDE)
        return fits, possible

    def _rivals(
        self, at: int, word: Word, anchor: Anchor, side: float
    ) -> Iterator[tuple[int, Anchor, float]]:
        """Yield the values around a word that may stand for an anchor, and how near they are.

        `side` is where the word stands, before (negative) or behind the anchor, 0 if it may move.
        """
        for rival in self.near(at, word.place):
            apart = rival.distance(word.place)
            alike = _ALIKE.get((rival.sort, anchor.sort), float(rival.sort == anchor.sort))
            if alike and word.key not in rival.keys:
                turned = _OTHER_SIDE if apart * side < 0 else 1.0
                yield at, rival, alike * turned / (1 + abs(apart))
        if anchor.sort == "name" and self.sentences[at].pronoun and at not in self.begins:
            for rival in self.anchors[at - 1][:_MOST_BEFORE]:
                if rival.sort == "name" and word.key not in rival.keys:
                    yield at - 1, rival, _BEFORE


def _forms(key: str) -> set[str]:
    """Return a word without up to two letters before it and three behind it."""
    least = 2 if SCRIPTS["Hangul"].search(key) else 3
    return {
        key[a : len(key) - b]
        for a in range(1 if least == 2 else 3)
        for b in range(4)
        if len(key) - a - b >= least
    } | {key}


def _is_rounded(number: Word, exact: Word) -> bool:
    """Decide whether a number may be written for another one, with its "about" or "over"."""
    if number.value == exact.value:
        return number.rounding in ("", exact.rounding, "about") or bool(exact.rounding)
    ratio = exact.value / number.value if number.value else 0.0
    return {
        "about": 1 - _ROUND <= ratio <= 1 + _ROUND,
        "nearly": 1 - _ROUND <= ratio < 1,
        "under": 1 - _ROUND <= ratio < 1,
        "over": 1 < ratio <= 1 + 2 * _ROUND,
    }.get(number.rounding, False)


def dominant_script(text: str) -> str:
    return max(SCRIPTS, key=lambda name: len(SCRIPTS[name].findall(text)))


def take_quotations(text: str) -> tuple[str, list[str]]:
    """Return what stands outside of the quotations, and their words."""
    spans = _words.find_quotations(text)
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    outside = " § ".join(
        text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)
    )
    return outside, [" ".join(_words.split(text[start:end])) for start, end in spans]


def word_runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


def name_runs(part: ReadSentence) -> list[list[Word]]:
    """Return the names outside of quotations, those side by side as one."""
    runs: list[list[Word]] = []
    before: Word | None = None
    for word in part.words:
        if word.kind is Kind.NAME and word.quotation < 0:
            if before and before.kind is Kind.NAME and runs and runs[-1][-1] is before:
                runs[-1].append(word)
            else:
                runs.append([word])
        if word.text not in "-.&":
            before = word
    return runs
