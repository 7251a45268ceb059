"""Weight the terms of documents by TF-IDF, starting from how common each term is in all news.

A stream by itself learns how common a term is from each document that comes. With a corpus of filed
documents it counts all of them at once: then the weights do not depend on the order in which
documents came, and only the filed documents that are needed are read.
"""

from __future__ import annotations

import heapq
import itertools
import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence

from copydesk.judge.clustering._documents import NewsDocument, Vector
from copydesk.judge.clustering._inverted_index import DECAY_DAYS, FORGOTTEN_AFTER_DAYS
from copydesk.judge.clustering._terms import (
    DAMPED,
    NAMES,
    NGRAMS,
    WORDS,
    Counts,
    Terms,
    Vocabulary,
)
from copydesk.news.story import Corpus, CountedTerms

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
        """Count in how many documents each term occurs: add one more document."""
        self._documents += 1
        self._make_room()
        documents_with = self._documents_with
        for space, counts in enumerate(terms.spaces):
            self._lengths[space] += len(counts)
            for term in counts:
                documents_with[term] += 1

    def learn_sizes(self, documents: int, lengths: Sequence[int]) -> None:
        """Count further documents and their numbers of terms; `learn_term` counts the terms."""
        self._documents += documents
        self._lengths = [ours + theirs for ours, theirs in zip(self._lengths, lengths, strict=True)]

    def learn_term(self, term: int, documents: int) -> None:
        """Count further documents that contain a term."""
        self._make_room()
        self._documents_with[term] += documents

    def _make_room(self) -> None:
        missing = len(self._vocabulary) - len(self._documents_with)
        if missing:
            self._documents_with.extend(itertools.repeat(0, missing))

    def weigh(self, terms: Terms) -> Vector:
        """Return the TF-IDF weights of the terms of a document that was counted (`learn`).

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
    """Weights the terms of documents by how common each term is in earlier documents."""

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

    def spell(self, terms: Iterable[int]) -> tuple[str, ...]:
        """Return at most a few of the given terms as words, each once.

        Digits come last: they may be part of a figure, the "000" of "48,000".
        """
        vocabulary = self._vocabulary
        words = (vocabulary.spelling[term] for term in terms if vocabulary.space[term] != NGRAMS)
        return tuple(sorted(dict.fromkeys(words), key=str.isdecimal)[:_WORDS_SHOWN])


class CorpusWeighing(Weighing):
    """Weights the terms of documents by how common each is in a corpus and in the new documents."""

    def __init__(self, corpus: Corpus, beat: Iterable[str], topics: Mapping[str, float]) -> None:
        super().__init__(beat, topics)
        self._corpus = corpus
        self._terms: dict[str, Terms] = {}
        self._unlearned: set[str] = set()
        self._looked_up = 0
        documents, *lengths = corpus.sizes()
        self._tfidf.learn_sizes(documents, lengths)

    def expect(self, new: Sequence[NewsDocument], latest: float) -> set[str]:
        """Load the terms of new documents; return the keys of filed ones that they may join.

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
        """Load the terms of filed documents from the corpus, or from the texts if it lacks them."""
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
    """Yield the terms of each document in the form that a corpus stores."""
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
    """Return the keys of the documents in a corpus that share most of the weight of some terms."""
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


def similarities(pairs: Sequence[tuple[NewsDocument, NewsDocument]]) -> list[float]:
    """Compute the similarity of the two documents of each pair, 0 to 1.

    It is the mean of the similarity of the headlines and that of headlines with texts: two reports
    on one court case are long and mostly alike, and only the headlines show that one is about the
    verdict.
    """
    documents = [document for pair in pairs for document in pair]
    of_headlines = _cosines(_vectors((document, "") for document in documents))
    of_all = _cosines(_vectors((document, document.text) for document in documents))
    return [(headlines + both) / 2 for headlines, both in zip(of_headlines, of_all, strict=True)]


def _vectors(documents: Iterable[tuple[NewsDocument, str]]) -> list[Vector]:
    vocabulary = Vocabulary()
    tfidf = TfIdf(vocabulary)
    counted = [
        vocabulary.terms(document.title, text, document.language_code)
        for document, text in documents
    ]
    vectors = []
    for terms in counted:
        tfidf.learn(terms)
        vectors.append(tfidf.weigh(terms))
    return vectors


def _cosines(vectors: Sequence[Vector]) -> list[float]:
    return [_cosine(*pair) for pair in zip(vectors[::2], vectors[1::2], strict=True)]


def _cosine(one: Vector, other: Vector) -> float:
    """Return the cosine of two vectors of length one, at most 1 in spite of rounding."""
    weights = dict(other)
    return min(1.0, sum(weight * weights.get(term, 0.0) for term, weight in one))
