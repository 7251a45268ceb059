"""Compare groups of stories on one event, and detected copies, with labelled (correct) data."""

from __future__ import annotations

import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from copydesk import embed
from copydesk.errors import DataError
from copydesk.judge import clustering, shelves
from copydesk.judge.clustering.documents import NewsDocument, Vector
from copydesk.judge.copies import find_original, fingerprint
from copydesk.measure import labelled
from copydesk.measure.labelled import Labelled, Order
from copydesk.news import Article, Provider, Shelved, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Precision, recall and their harmonic mean, 0 to 1."""

    precision: float
    recall: float
    f1: float


def pairwise(true: Sequence[Hashable], ours: Sequence[Hashable]) -> Scores:
    """Return precision, recall and F1 of grouping, over pairs of documents in the same group."""
    both = _pairs(Counter(zip(true, ours, strict=True)))
    return scores(_share(both, _pairs(Counter(ours))), _share(both, _pairs(Counter(true))))


def bcubed(true: Sequence[Hashable], ours: Sequence[Hashable]) -> Scores:
    """Return the B-cubed scores of grouping: precision and recall of each document's group,
    averaged.

    Bagga and Baldwin, 1998.
    """
    count = max(1, len(true))
    groups, stories = Counter(ours), Counter(true)
    cells = Counter(zip(true, ours, strict=True)).items()
    precision = sum(shared * shared / groups[cell[1]] for cell, shared in cells) / count
    recall = sum(shared * shared / stories[cell[0]] for cell, shared in cells) / count
    return scores(precision, recall)


def _pairs(sizes: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def scores(precision: float, recall: float) -> Scores:
    """Return `Scores` with the given precision and recall, and their harmonic mean (F1)."""
    total = precision + recall
    f1 = 2 * precision * recall / total if total else 0.0
    return Scores(precision=round(precision, 4), recall=round(recall, 4), f1=round(f1, 4))


FIRST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAgreement:
    """How well groups of documents agree with the labelled (correct) groups."""

    groups: int
    pairwise: Scores
    bcubed: Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReport:
    """The scores of grouping documents by event, in the end and (`at_once`) as each one arrives.

    `first` is the score of the first hundred documents, without older ones, `stretches` the mean of
    later hundreds in the final groups: the difference is the disadvantage of a new site. Speed is
    that of grouping alone, without computing vectors, on one processor.
    """

    documents: int
    stories: int
    groups: int
    order: Order
    pairwise: Scores
    bcubed: Scores
    at_once: GroupAgreement
    first: float
    stretches: float
    documents_per_second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOptions:
    """Options for grouping documents by event: order, words of the site's subject, use of vectors.

    A JSON line with id and cluster of each document is written to `out`.
    """

    order: Order | None = None
    beat: Sequence[str] = ()
    by_meaning: bool = False
    out: Path | None = None


def group(path: Path, options: GroupOptions) -> GroupReport:
    """Group a file's labelled documents by event, as if they arrived one by one; return the scores.

    Raises DataError; ModelError if vectors are requested and their extra is not installed.
    """
    order, documents = labelled.sort_documents(labelled.read_documents(path), options.order)
    beat = options.beat
    stream = clustering.Stream(beat)
    model = embed.Model() if options.by_meaning else None
    seen = [_group_document(document, order, model) for document in documents]
    began = time.process_time()
    at_once = [stream.add(document) for document in seen]
    stream.settle()
    seconds = time.process_time() - began
    groups_by_id = stream.groups()
    ours = [groups_by_id[document.id] for document in documents]
    if options.out is not None:
        _write(options.out, documents, groups_by_id)
    end = _agreement(documents, ours)
    return GroupReport(
        documents=len(documents),
        stories=len({document.cluster for document in documents}),
        groups=end.groups,
        order=order,
        pairwise=end.pairwise,
        bcubed=end.bcubed,
        at_once=_agreement(documents, at_once),
        first=_first(documents[:FIRST], seen[:FIRST], beat),
        stretches=_stretches(documents, ours),
        documents_per_second=round(len(documents) / max(seconds, 1e-9), 1),
    )


def _group_document(document: Labelled, order: Order, model: embed.Model | None) -> NewsDocument:
    vectors = model.vectors([embed.passage(document.title, document.text)]) if model else [b""]
    return NewsDocument(
        key=document.id,
        title=document.title,
        text=document.text,
        language=document.language,
        moment=document.moment if order == "time" else None,
        vector=vectors[0],
    )


def _agreement(documents: Sequence[Labelled], ours: Sequence[str]) -> GroupAgreement:
    true = [document.cluster for document in documents]
    return GroupAgreement(
        groups=len(set(ours)), pairwise=pairwise(true, ours), bcubed=bcubed(true, ours)
    )


def _first(
    documents: Sequence[Labelled], seen: Sequence[NewsDocument], beat: Sequence[str]
) -> float:
    stream = clustering.Stream(beat)
    for document in seen:
        stream.add(document)
    stream.settle()
    groups_by_id = stream.groups()
    return _agreement(documents, [groups_by_id[document.id] for document in documents]).bcubed.f1


def _stretches(documents: Sequence[Labelled], ours: Sequence[str]) -> float:
    """Return the mean score of all later hundreds of documents, 0 if there are none."""
    starts = range(FIRST, len(documents) - FIRST + 1, FIRST)
    scores = [
        _agreement(documents[at : at + FIRST], ours[at : at + FIRST]).bcubed.f1 for at in starts
    ]
    return round(sum(scores) / len(scores), 4) if scores else 0.0


def _write(out: Path, documents: Iterable[Labelled], groups_by_id: Mapping[str, str]) -> None:
    lines = (
        orjson.dumps({"id": document.id, "cluster": groups_by_id[document.id]})
        for document in documents
    )
    try:
        out.write_bytes(b"".join(line + b"\n" for line in lines))
    except OSError as error:
        hint = "name a file in an existing folder with --out"
        why = f"the file cannot be written ({error.strerror})"
        raise DataError(why, subject=str(out), hint=hint) from error


_SAME = frozenset({"ok", "same", "copy", "1", "true"})
_PAIR = ("a_title", "b_title", "label")
_ONE_A_LINE = "write one line of JSON for each pair or document"
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesReport:
    """The scores of detecting copies (near duplicates) among labelled texts.

    For texts with the cluster of their original: `pairs` is the number of labelled copies, `found`
    the number that we found, with precision and recall. For pairs with a label (same news or not):
    `auc` is how often a pair of same news is more similar than a pair of different news.
    """

    texts: int
    pairs: int
    found: int
    scores: Scores | None = None
    auc: float | None = None


def copies(path: Path) -> CopiesReport:
    """Score how well copies (near duplicates) are found in a file of labelled texts; raises
    DataError.
    """
    pairs = _read_pairs(path)
    return _by_pair(pairs) if pairs else _by_cluster(labelled.read_documents(path))


def _by_cluster(documents: Sequence[Labelled]) -> CopiesReport:
    """Look for copies among texts one by one, and compare those found with the labelled ones."""
    shelf = shelves.MemoryShelf()
    original: dict[str, str] = {}
    for at, document in enumerate(documents):
        article, name = _article(document, at), f"2026-01-01-{at}"
        copy = find_original(article, shelf)
        original[document.id] = copy.of if copy else name
        story = _story(article, name, copy.of if copy else "")
        shelf.add(Shelved(story=story, text=document.text), fingerprint(document.text))
    true = set(_pairs_in_groups((document.cluster, document.id) for document in documents))
    ours = set(_pairs_in_groups((original[document.id], document.id) for document in documents))
    right = len(true & ours)
    met = scores(right / len(ours) if ours else 1.0, right / len(true) if true else 1.0)
    return CopiesReport(texts=len(documents), pairs=len(true), found=len(ours), scores=met)


def _pairs_in_groups(members: Iterable[tuple[Hashable, str]]) -> Iterator[frozenset[str]]:
    """Yield every pair of ids that are in the same group."""
    groups: defaultdict[Hashable, list[str]] = defaultdict(list)
    for group, member in members:
        groups[group].append(member)
    for ids in groups.values():
        yield from map(frozenset, itertools.combinations(ids, 2))


def _article(document: Labelled, at: int) -> Article:
    url = f"https://site-{at}.example/{at}"
    return Article(
        url=url,
        web_url=url,
        title=document.title,
        text=document.text,
        published_at=document.moment or _FIRST + timedelta(seconds=at),
        source="",
        found=_FIRST,
        provider=Provider(name=f"Site {at}", domain=f"site-{at}.example"),
    )


def _story(article: Article, name: str, copy_of: str) -> Story:
    return Story(
        path=f"_news/{name}.md",
        title=article.title,
        published_at=article.published_at,
        web_url=article.web_url,
        provider=article.provider,
        copy_of=copy_of,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    one: NewsDocument
    other: NewsDocument
    is_same: bool


def _read_pairs(path: Path) -> list[_Pair]:
    """Return the labelled pairs in a file; [] for a file of documents."""
    pairs: list[_Pair] = []
    with path.open("rb") as lines:
        for at, line in enumerate(lines, 1):
            if not line.strip():
                continue
            values = _values(line, f"{path}:{at}")
            if not pairs and "a_title" not in values:
                return []
            if missing := [key for key in _PAIR if key not in values]:
                hint = f"a pair needs the keys {', '.join(_PAIR)}"
                raise DataError(f"missing key {missing[0]}", subject=f"{path}:{at}", hint=hint)
            label = str(values["label"]).lower()
            one, other = (_document(values, side) for side in ("a", "b"))
            pairs.append(_Pair(one=one, other=other, is_same=label in _SAME))
    return pairs


def _values(line: bytes, place: str) -> dict[str, object]:
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise DataError(f"invalid JSON ({error})", subject=place, hint=_ONE_A_LINE) from error
    if not isinstance(values, dict):
        raise DataError("expected a labelled pair or document", subject=place, hint=_ONE_A_LINE)
    return values


def _document(values: dict[str, object], side: str) -> NewsDocument:
    title, text = values.get(f"{side}_title"), values.get(f"{side}_text")
    return NewsDocument(key=side, title=str(title or ""), text=str(text or ""))


def _by_pair(pairs: Sequence[_Pair]) -> CopiesReport:
    alike = similarities([(pair.one, pair.other) for pair in pairs])
    same = [value for value, pair in zip(alike, pairs, strict=True) if pair.is_same]
    others = [value for value, pair in zip(alike, pairs, strict=True) if not pair.is_same]
    return CopiesReport(texts=2 * len(pairs), pairs=len(same), found=0, auc=_auc(same, others))


def similarities(pairs: Sequence[tuple[NewsDocument, NewsDocument]]) -> list[float]:
    """Compute the similarity of the two documents of each pair, 0 to 1.

    It is the mean of the similarity of the headlines and that of headlines with texts: two reports
    on one court case are long and mostly alike, and only the headlines show that one is about the
    verdict.
    """
    documents = [document for pair in pairs for document in pair]
    of_headlines = _cosines(_vectors(replace(document, text="") for document in documents))
    of_all = _cosines(_vectors(documents))
    return [(headlines + both) / 2 for headlines, both in zip(of_headlines, of_all, strict=True)]


def _vectors(documents: Iterable[NewsDocument]) -> list[Vector]:
    weighing = clustering.Weighing((), {})
    return [weighing.weigh(document)[0] for document in documents]


def _cosines(vectors: Sequence[Vector]) -> list[float]:
    return [_cosine(*pair) for pair in zip(vectors[::2], vectors[1::2], strict=True)]


def _cosine(one: Vector, other: Vector) -> float:
    """Return the cosine of two vectors of length one, at most 1 in spite of rounding."""
    weights = dict(other)
    return min(1.0, sum(weight * weights.get(term, 0.0) for term, weight in one))


def _auc(same: Sequence[float], others: Sequence[float]) -> float | None:
    if not same or not others:
        return None
    wins = sum((a > b) + 0.5 * (a == b) for a, b in itertools.product(same, others))
    return round(wins / (len(same) * len(others)), 4)
