"""Extract the terms by which documents are compared: word stems, 4-grams, names; and weight them.

Each space makes up for the others: stems for inflection, 4-grams for compounds, cognates and other
spellings, names for telling apart two events of one kind (docs/design/coverage.md).
"""

from __future__ import annotations

import functools
import heapq
import itertools
import math
import re
import zlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk.judge import words
from copydesk.judge.clustering._inverted_index import DECAY_DAYS, FORGOTTEN_AFTER_DAYS
from copydesk.judge.clustering.documents import NewsDocument, Vector
from copydesk.kit import tables
from copydesk.kit import text as plain_text
from copydesk.news.story import Corpus, CountedTerms

TEXT_CHARACTERS = 1500  # 600 cost one point of BCubed F1, the whole text gains none
NGRAM_CHARACTERS = 500
TITLE_COUNTS = 4
_HEADLINE_CASE = 0.75  # share of capitalized words above which capitals do not show names
_NOUNS_IN_CAPITALS = frozenset({"de"})  # languages where all nouns are capitalized
_CACHED_WORDS = 50_000
_WORD = re.compile(r"\w\w+")
_SENTENCE_ENDS = re.compile(r"(?:[.!?…]+[\"'”’»)\]]*\s|[。！？]|\n)\s*")
_LEAST_SENTENCE = 5  # words; shorter ones are the same by chance
_FIXED_PARTS = (
    re.compile(r"^([^:|]{2,40})[:|]\s+(?=\w)"),
    re.compile(r"\s[-–—|]\s([^-–—|]{2,40})$"),
)
_RUNNING = frozenset(tables.read_lines(__package__, "running.txt"))
_BETWEEN_THOUSANDS = re.compile(r"(?<=\d)[.,\u00a0\u202f'\u2019](?=\d{3}\b)")
_TELLING = (32, 32, 16)  # terms of each space by which a filed document is found
_MOST_COUNTED = 255
_LEAST_RATE = 1e-6
# crc32 mixes its seed with the first four letters, so no seed may turn one word into another.
_SEEDS = (0, 0x9E3779B1, 0xC2B2AE3D)
_STEPS_AN_OCTAVE = 15  # of a rate stored in a byte, which is exact to two percent

WORDS, NGRAMS, NAMES = range(3)
Counts = dict[int, int]

DAMPED = tuple(1.0 + math.log(max(1, count)) for count in range(64))
_RATES = tuple(_LEAST_RATE * 2 ** (step / _STEPS_AN_OCTAVE) for step in range(256))


@dataclass(frozen=True, slots=True)
class _WordForm:
    """The terms of one written word, as numbers in a vocabulary."""

    stem: int
    ngrams: tuple[int, ...]
    name: int
    rate: float

    @property
    def is_common(self) -> bool:
        """Return whether the word is too common in articles to be a name."""
        return self.rate > TOO_COMMON_FOR_A_NAME


@dataclass(frozen=True, slots=True)
class Terms:
    """The counts of a document's terms: words, 4-grams, names. The headline counts four times."""

    spaces: tuple[Counts, Counts, Counts]

    @property
    def length(self) -> int:
        """Return the number of different words in the document."""
        return len(self.spaces[WORDS])


class Vocabulary:
    """A vocabulary that gives each term of the documents a number.

    By number: `space` is the term's space, `prior_rate` how common it is in all news, `spelling`
    how a word with it was first written ("" of n-grams, and if only filed documents have it),
    `identity` the term's name in every vocabulary.
    """

    def __init__(self) -> None:
        self.space = bytearray()
        self.prior_rate = array("d")
        self.spelling: list[str] = []
        self.identity = array("I")
        self._numbers: dict[int, int] = {}  # by identity
        self._forms: dict[str, dict[str, _WordForm | None]] = {}  # by language and word

    def __len__(self) -> int:
        return len(self.space)

    def terms(self, title: str, text: str, language: str) -> Terms:
        """Count the terms in a document's headline and in the beginning of its text.

        `language` is a two-letter code.
        """
        terms = Terms(spaces=({}, {}, {}))
        title = drop_running_words(title)
        self._count(title, language, TITLE_COUNTS if text else 1, terms)
        if text:
            self._count(text[:TEXT_CHARACTERS], language, 1, terms)
        return terms

    def _count(self, text: str, language: str, times: int, terms: Terms) -> None:
        """Add the terms of one part of a document; 4-grams only from its first characters."""
        stems, ngrams, names = terms.spaces
        forms = self._look_up(Counter(_words(text)), language)
        early = set(_words(text[:NGRAM_CHARACTERS])) if len(text) > NGRAM_CHARACTERS else None
        possible_names = _possible_names([word for word, _, _ in forms], language)
        for word, form, count in forms:
            added = count * times
            stem = form.stem
            stems[stem] = stems.get(stem, 0) + added
            if not form.is_common and word in possible_names:
                names[form.name] = names.get(form.name, 0) + added
            if early is None or word in early:
                for ngram in form.ngrams:
                    ngrams[ngram] = ngrams.get(ngram, 0) + added

    def _look_up(self, counted: Counter[str], language: str) -> list[tuple[str, _WordForm, int]]:
        """Return the words that are no stop words, with their terms and their counts."""
        if sum(map(len, self._forms.values())) > _CACHED_WORDS:
            self._forms.clear()
        forms = self._forms.setdefault(language, {})
        known = []
        for word, count in counted.items():
            lower = word.lower()
            if lower not in forms:
                forms[lower] = self._analyse(lower, language)
            form = forms[lower]
            if form is not None:
                known.append((word, form, count))
        return known

    def _analyse(self, word: str, language: str) -> _WordForm | None:
        if word in _stop_words(language) or word in _stop_words("en"):
            return None
        stem = plain_text.stemmer(language)(word)
        bare = plain_text.transliterate(word)
        prior_rate = rate(stem, language)
        name = bare if word[0].isdigit() else plain_text.transliterate(stem)
        return _WordForm(
            stem=self._number(WORDS, stem, word, prior_rate),
            ngrams=tuple(
                self._number(NGRAMS, ngram, "", rate_of_ngram(ngram)) for ngram in ngrams(bare)
            ),
            name=self._number(NAMES, name, word, prior_rate),
            rate=prior_rate,
        )

    def _number(self, space: int, term: str, spelling: str, prior_rate: float) -> int:
        return self._number_of(_identify(space, term), space, spelling, prior_rate)

    def _number_of(self, identity: int, space: int, spelling: str, prior_rate: float) -> int:
        number = self._numbers.setdefault(identity, len(self.space))
        if number == len(self.space):
            self.space.append(space)
            self.prior_rate.append(prior_rate)
            self.spelling.append(spelling)
            self.identity.append(identity)
        return number

    def numbers(self, phrases: Iterable[str], language: str) -> set[int]:
        """Return the vocabulary's numbers of all terms in these phrases."""
        numbers: set[int] = set()
        for phrase in phrases:
            for _, form, _ in self._look_up(Counter(_words(phrase)), language):
                numbers |= {form.stem, form.name, *form.ngrams}
        return numbers

    def pack(self, title: str, text: str, language: str) -> CountedTerms:
        """Return the terms of a headline and text in a form that every vocabulary can unpack."""
        terms = self.terms(title, text, language)
        rates = self._rates(title, text, language, terms)
        telling = (
            self._telling(counts, rates)[:most]
            for counts, most in zip(terms.spaces, _TELLING, strict=True)
        )
        words_, ngrams, names = map(len, terms.spaces)
        return CountedTerms(
            terms=self._identities(itertools.chain.from_iterable(terms.spaces)),
            counts=bytes(
                min(count, _MOST_COUNTED) for counts in terms.spaces for count in counts.values()
            ),
            rates=bytes(rates[term] for counts in terms.spaces for term in counts),
            sizes=(words_, ngrams, names),
            telling=self._identities(itertools.chain.from_iterable(telling)),
        )

    def _identities(self, terms: Iterable[int]) -> array[int]:
        return array("I", map(self.identity.__getitem__, terms))

    def _rates(self, title: str, text: str, language: str, terms: Terms) -> dict[int, int]:
        """Return how common each term is, in steps, by the words of this document.

        Another document may have the same stem or name from another word, or in another language.
        """
        rates: dict[int, int] = {}
        for part in (drop_running_words(title), text[:TEXT_CHARACTERS]):
            for _, form, _ in self._look_up(Counter(_words(part)), language):
                step = _step_of(form.rate)
                rates.setdefault(form.stem, step)
                rates.setdefault(form.name, step)
        rates.update((term, _step_of(self.prior_rate[term])) for term in terms.spaces[NGRAMS])
        return rates

    @staticmethod
    def _telling(counts: Counts, rates: Mapping[int, int]) -> list[int]:
        """Return the terms of a space, first those that are frequent here, rare in other news."""
        most = len(DAMPED) - 1
        weight = {
            term: DAMPED[min(count, most)] * math.log(_RATES[rates[term]])
            for term, count in counts.items()
        }
        return sorted(weight, key=weight.__getitem__)

    def unpack(self, counted: CountedTerms) -> Terms:
        """Return the terms of a packed document (see `pack`), with this vocabulary's numbers."""
        space_of = itertools.chain.from_iterable(map(itertools.repeat, range(3), counted.sizes))
        spaces: tuple[Counts, Counts, Counts] = ({}, {}, {})
        for identity, count, step, space in zip(
            counted.terms, counted.counts, counted.rates, space_of, strict=True
        ):
            spaces[space][self._number_of(identity, space, "", _RATES[step])] = count
        return Terms(spaces=spaces)


def find_sentences(text: str) -> Mapping[int, str]:
    """Map hashes to the sentences in the part of a text that is compared, in their order."""
    parts = _SENTENCE_ENDS.split(text[:TEXT_CHARACTERS])
    if len(text) > TEXT_CHARACTERS:
        parts.pop()  # it is cut off
    words_of = {part: _words(part.lower()) for part in parts}
    return {
        zlib.crc32(" ".join(words_).encode("utf-8", "surrogatepass")): part
        for part, words_ in words_of.items()
        if len(words_) >= _LEAST_SENTENCE
    }


def _identify(space: int, term: str) -> int:
    return zlib.crc32(term.encode("utf-8", "surrogatepass"), _SEEDS[space])


def _step_of(rate: float) -> int:
    """Return the step of a rate on a logarithmic scale; a step fits into a byte."""
    step = round(_STEPS_AN_OCTAVE * math.log2(max(rate, _LEAST_RATE) / _LEAST_RATE))
    return min(step, len(_RATES) - 1)


def _words(text: str) -> list[str]:
    """Split a text into words of two and more letters; scripts without spaces into letter pairs.

    A figure is one word: `48,000` and `48.000` are 48000, and never 000.
    """
    plain = _WORD.findall(_BETWEEN_THOUSANDS.sub("", text))
    if text.isascii() or not words.is_unspaced(text):
        return plain
    return [part for word in plain for part in _letter_pairs(word)]


def drop_running_words(title: str) -> str:
    """Return a headline without the words that mark a running report: `LIVE:`, `Games Latest:`.

    Only those words go: "Opening ceremony live: …" says what it is about.
    """
    for pattern in _FIXED_PARTS:
        if found := pattern.search(title):
            words_ = found.group(1).split()
            left = [word for word in words_ if word.lower() not in _RUNNING]
            if len(left) < len(words_):
                title = " ".join((title[: found.start()], *left, title[found.end() :]))
    return title


def _letter_pairs(word: str) -> list[str]:
    if not words.is_unspaced(word):
        return [word]
    return [word[step : step + 2] for step in range(len(word) - 1)]


def _possible_names(words_: Sequence[str], language: str) -> Collection[str]:
    """Return the words that may be names or numbers: those that begin with a capital or a digit.

    If nearly all words or none have one, as in headlines or scripts without capitals, all may be.
    """
    capital = {word for word in words_ if word[0].isupper() or word[0].isdigit()}
    if not capital or len(capital) > _HEADLINE_CASE * len(words_) or language in _NOUNS_IN_CAPITALS:
        return set(words_)
    return capital


# Word frequencies in all news: the tables have for each word of a language in how many percent of
# articles it occurs.

LANGUAGES = frozenset({"ar", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "sl", "sv"})
TOO_COMMON_FOR_A_NAME = 3e-4
_STOP_WORD_SHARE = 0.45  # of the articles; words that more articles have are stop words
_WORDS_OF_AN_ARTICLE = 170  # different words of an article, in the collection of the tables
_UNSEEN = 1e-6
_UNSEEN_NGRAM = 2e-5


def rate(stem: str, language: str) -> float:
    """Return the share of news articles in which a word stem occurs."""
    return _stem_rates(language).get(stem, _UNSEEN)


def rate_of_ngram(ngram: str) -> float:
    """Return how common a 4-gram of Latin letters is in news, as a share."""
    return _ngram_rates().get(ngram, _UNSEEN_NGRAM)


def shares(language: str) -> Mapping[str, float]:
    """Map words of a language to the share of news articles that contain each, {} if unknown."""
    if language not in LANGUAGES:
        return {}
    rows = tables.read_rows(__package__, f"words/{language}.toml", str)
    return {word: float(percent) / 100 for percent, row in rows.items() for word in row.split()}


@functools.cache
def _stop_words(language: str) -> frozenset[str]:
    return frozenset(word for word, share in shares(language).items() if share >= _STOP_WORD_SHARE)


@functools.cache
def _stem_rates(language: str) -> Mapping[str, float]:
    """Map each known stem to its rate in news: the sum over all forms with this stem."""
    stemmed = plain_text.stemmer(language)
    rates: dict[str, float] = {}
    for word, share in shares(language).items():
        stem = stemmed(word)
        rates[stem] = rates.get(stem, 0.0) + _to_rate(share)
    return rates


@functools.cache
def _ngram_rates() -> Mapping[str, float]:
    rates: dict[str, float] = {}
    for word, share in shares("en").items():
        if share >= _STOP_WORD_SHARE:
            continue
        for ngram in set(ngrams(plain_text.transliterate(word))):
            rates[ngram] = rates.get(ngram, _UNSEEN_NGRAM) + _to_rate(share)
    return rates


def ngrams(word: str) -> list[str]:
    """Return the 4-grams of a word with its boundaries marked (`<wor`).

    Short words and figures stay whole: 48000 has nothing of 13000.
    """
    framed = f"<{word}>"
    if word.isdecimal():
        return [framed]
    return [framed[at : at + 4] for at in range(max(1, len(framed) - 3))]


def _to_rate(share: float) -> float:
    return -math.log(1.0 - min(share, 0.95)) / _WORDS_OF_AN_ARTICLE


# Weight the terms of documents by TF-IDF, starting from how common each term is in all news.
#
# A stream by itself learns how common a term is from each document that comes. With a corpus of
# filed documents it counts all of them at once: then the weights do not depend on the order in
# which documents came, and only the filed documents that are needed are read.

_PRIOR_DOCUMENTS = 1000  # documents that the prior counts as; 300 to 3,000 give like results
OF_THE_BEAT = 0.1  # expected share of a site's documents with a word of its subject
_LEAST_IDF = 0.01  # idf of a term that nearly all documents have
_SHARE = {WORDS: 0.4, NGRAMS: 0.4, NAMES: 0.2}
_WORDS_SHOWN = 4
_KEPT = {WORDS: 60, NGRAMS: 90, NAMES: 30}  # the heaviest terms of a document that are used


class TfIdf:
    """Counts in how many documents each term occurs, and computes TF-IDF weights from that."""

    def __init__(self, vocabulary: Vocabulary, beat: Mapping[int, float] | None = None) -> None:
        """Start with the expected shares of documents that have the terms of the site's subject."""
        self._vocabulary = vocabulary
        self._beat = {term: share * _PRIOR_DOCUMENTS for term, share in (beat or {}).items()}
        self._documents = 0
        self._documents_with = array("L")
        self._lengths = [0, 0, 0]

    def learn(self, terms: Terms) -> None:
        """Add a document to the counts of how many documents contain each term."""
        self._documents += 1
        self._make_room()
        documents_with = self._documents_with
        for space, counts in enumerate(terms.spaces):
            self._lengths[space] += len(counts)
            for term in counts:
                documents_with[term] += 1

    def learn_sizes(self, documents: int, lengths: Sequence[int]) -> None:
        """Add documents to the totals: how many they are, and how many terms they have."""
        self._documents += documents
        self._lengths = [ours + theirs for ours, theirs in zip(self._lengths, lengths, strict=True)]

    def learn_term(self, term: int, documents: int) -> None:
        """Add to the number of documents that contain a term."""
        self._make_room()
        self._documents_with[term] += documents

    def _make_room(self) -> None:
        missing = len(self._vocabulary) - len(self._documents_with)
        if missing:
            self._documents_with.extend(itertools.repeat(0, missing))

    def weigh(self, terms: Terms) -> Vector:
        """Return the TF-IDF weights of the terms of a document that was counted before.

        Each space has length one before it is scaled by the root of its share, so that the product
        of two vectors is a weighted mean of three cosines.
        """
        self._make_room()
        weighed: list[tuple[float, int]] = []
        for space, counts in enumerate(terms.spaces):
            weighed += self._weigh_space(space, counts)
        weighed.sort()
        return Vector(
            terms=array("I", [term for _, term in weighed]),
            weights=array("f", [-weight for weight, _ in weighed]),
        )

    def _weigh_space(self, space: int, counts: Counts) -> list[tuple[float, int]]:
        """Return the heaviest terms of a space after their negative weights, which sorts fast."""
        prior_rate, documents_with = self._vocabulary.prior_rate, self._documents_with
        beat = self._beat
        # for a rate of one
        prior = _PRIOR_DOCUMENTS * self._lengths[space] / max(1, self._documents)
        total = 1 + self._documents + _PRIOR_DOCUMENTS
        log, damped, most = math.log, DAMPED, len(DAMPED) - 1
        raw = []
        for term, count in counts.items():
            expected = prior * prior_rate[term]
            if term in beat:
                expected = max(expected, beat[term])
            idf = log(total / (1 + documents_with[term] + expected))
            tf = damped[count if count < most else most]
            raw.append((-tf * (idf if idf > _LEAST_IDF else _LEAST_IDF), term))
        if len(raw) > _KEPT[space]:
            raw.sort()
            del raw[_KEPT[space] :]
        length = math.sqrt(math.fsum([weight * weight for weight, _ in raw]))
        if not length:
            return []
        scale = math.sqrt(_SHARE[space]) / length
        return [(weight * scale, term) for weight, term in raw]


class Weighing:
    """Weights a document's terms by how common each is in earlier documents."""

    def __init__(self, beat: Iterable[str], topics: Mapping[str, float]) -> None:
        self._vocabulary = Vocabulary()
        self._tfidf = TfIdf(self._vocabulary, self._prior_shares(beat, topics))

    def _prior_shares(self, beat: Iterable[str], topics: Mapping[str, float]) -> dict[int, float]:
        """Map each term of the site's topics to the expected share of documents that contain it.

        A term that several words share gets the largest of their shares.
        """
        of_phrases = {**topics, **dict.fromkeys(beat, OF_THE_BEAT)}
        shares: dict[int, float] = {}
        for phrase, share in of_phrases.items():
            for term in self._vocabulary.numbers([phrase], "en"):
                shares[term] = max(share, shares.get(term, 0.0))
        return shares

    def weigh(self, document: NewsDocument) -> tuple[Vector, int]:
        """Return the TF-IDF weights of a document's terms, and its number of different words."""
        terms = self._count(document)
        self._tfidf.learn(terms)
        return self._tfidf.weigh(terms), terms.length

    def _count(self, document: NewsDocument) -> Terms:
        return self._vocabulary.terms(document.title, document.text, document.language_code)

    def find_terms_outside(self, document: NewsDocument, sentences: Iterable[str]) -> set[int]:
        """Return the terms that a document has outside of these sentences of its text."""
        text = document.text[:TEXT_CHARACTERS]
        for sentence in sentences:
            text = text.replace(sentence, " " * len(sentence))
        terms = self._vocabulary.terms(document.title, text, document.language_code)
        return set().union(*terms.spaces)

    def is_word(self, term: int) -> bool:
        """Return whether a term is a word, not a 4-gram or a name."""
        return self._vocabulary.space[term] == WORDS

    def spell(self, terms: Iterable[tuple[float, int]]) -> tuple[str, ...]:
        """Return the words that a few of these terms stand for, each given after its weight.

        Digits come last: they may be part of a figure, the "000" of "48,000".
        """
        vocabulary = self._vocabulary
        words = (vocabulary.spelling[term] for _, term in terms if vocabulary.space[term] != NGRAMS)
        return tuple(sorted(dict.fromkeys(words), key=str.isdecimal)[:_WORDS_SHOWN])


class CorpusWeighing(Weighing):
    """Weights terms by how rare they are in a corpus of stored stories and in new documents."""

    def __init__(self, corpus: Corpus, beat: Iterable[str], topics: Mapping[str, float]) -> None:
        super().__init__(beat, topics)
        self._corpus = corpus
        self._terms: dict[str, Terms] = {}
        self._unlearned: set[str] = set()
        self._looked_up = 0
        documents, *lengths = corpus.sizes()
        self._tfidf.learn_sizes(documents, lengths)

    def expect(self, new: Sequence[NewsDocument], latest: float) -> set[str]:
        """Load the terms of new documents; return the keys of similar stored documents.

        A document without time counts as of the `latest` one (seconds since 1970). A new document
        that is already in the corpus, since a rule took it out of its group, is counted there.
        """
        self._terms.update((document.key, self._count(document)) for document in new)
        in_corpus = self._corpus.terms_of([document.key for document in new])
        self._unlearned = self._terms.keys() - in_corpus.keys()
        self._look_up_terms()
        found = itertools.chain.from_iterable(self._search(document, latest) for document in new)
        return {key for key in found if key not in self._terms}

    def _search(self, document: NewsDocument, latest: float) -> Sequence[str]:
        second = int(latest if document.moment is None else document.moment.timestamp())
        vector = self._tfidf.weigh(self._terms[document.key])
        identity = self._vocabulary.identity
        terms = ((identity[term], weight) for term, weight in vector)
        return find_candidates(self._corpus, terms, second)

    def load(self, filed: Sequence[NewsDocument]) -> None:
        """Load the terms of stored documents from the corpus, else from their texts."""
        counted = self._corpus.terms_of([document.key for document in filed])
        for document in filed:
            known = counted.get(document.key)
            terms = self._vocabulary.unpack(known) if known else self._count(document)
            self._terms[document.key] = terms
        self._look_up_terms()

    def _look_up_terms(self) -> None:
        """Learn how many filed documents have each term that is new since the last call."""
        fresh = self._vocabulary.identity[self._looked_up :]
        documents_with = self._corpus.documents_with(fresh)
        for term, identity in enumerate(fresh, self._looked_up):
            if count := documents_with.get(identity, 0):
                self._tfidf.learn_term(term, count)
        self._looked_up += len(fresh)

    def weigh(self, document: NewsDocument) -> tuple[Vector, int]:
        """Return the TF-IDF weights of a document's terms, and its number of different words.

        The document was given to `expect` or `load`. A new one counts from now on, as in a stream
        without a corpus.
        """
        terms = self._terms[document.key]
        if document.key in self._unlearned:
            self._unlearned.remove(document.key)
            self._tfidf.learn(terms)
        return self._tfidf.weigh(terms), terms.length


def index_terms(documents: Iterable[NewsDocument]) -> Iterator[CountedTerms]:
    """Yield the terms of each document as a corpus stores them."""
    vocabulary = Vocabulary()
    for document in documents:
        yield vocabulary.pack(document.title, document.text, document.language_code)


# Candidates among the filed documents. The heaviest terms of a new document are looked up first,
# the nearest documents in time for each, until enough postings were read. Worth comparing are those
# that share much of its weight.

_DAY_SECONDS = 86400.0
_NEAREST = 100  # postings read for one term
_VISITS = 800  # postings read for a document, heaviest terms first
_LEAST_SHARED = 0.05  # of its weight; documents that share less have a similarity below 0.1
_BEST = 60  # most documents that are compared, with decay over time and again without


def find_candidates(
    corpus: Corpus, terms: Iterable[tuple[int, float]], second: int
) -> Sequence[str]:
    """Return the keys of documents in a corpus that share much of the weight of these terms."""
    shared: dict[tuple[str, float], float] = {}
    visits = 0
    for term, weight in terms:
        if visits > _VISITS:
            break
        for then, key in corpus.find(term, second, _NEAREST):
            visits += 1
            place = (key, abs(then - second) / _DAY_SECONDS)
            if place[1] <= FORGOTTEN_AFTER_DAYS:
                shared[place] = shared.get(place, 0.0) + weight * weight
    shared = {place: share for place, share in shared.items() if share >= _LEAST_SHARED}
    at_all = heapq.nlargest(_BEST, shared, key=lambda place: (shared[place], place))
    in_time = heapq.nlargest(_BEST, shared, key=lambda place: (_fade(shared, place), place))
    return list(dict.fromkeys(key for key, _ in (*at_all, *in_time)))


def _fade(shared: dict[tuple[str, float], float], place: tuple[str, float]) -> float:
    return shared[place] * math.exp(-place[1] / DECAY_DAYS)
