"""Group: documents on one happening put together, beside their labels."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from copydesk import embed
from copydesk.errors import DataError
from copydesk.judge import clustering
from copydesk.measure import _clusters, _documents
from copydesk.measure._clusters import Scores
from copydesk.measure._documents import Labelled, Order

FIRST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAgreement:
    """How far groups agree with the labels."""

    groups: int
    pairwise: Scores
    bcubed: Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReport:
    """One set, as the site shows it in the end; `at_once` as each document was put when it came.

    `first` is about the first hundred documents with nothing behind them, `stretches` the mean of
    as many later ones in the end: what a new beat lacks. Speed is of grouping alone, without the
    time that meaning takes, on one processor.
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
    """How to group: in which order, with which words of the beat, by meaning too or not.

    `out` gets a line of JSON with id and cluster for each document.
    """

    order: Order | None = None
    beat: Sequence[str] = ()
    by_meaning: bool = False
    out: Path | None = None


def group(path: Path, options: GroupOptions) -> GroupReport:
    """Group a labelled file's documents as a stream, with the default setting.

    Raises DataError; ModelError where meaning is asked for and its extra is not installed.
    """
    order, documents = _documents.sort_documents(_documents.read_documents(path), options.order)
    beat = options.beat
    stream = clustering.Stream(beat)
    model = embed.Model() if options.by_meaning else None
    seen = [_document(document, order, model) for document in documents]
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


def _document(
    document: Labelled, order: Order, model: embed.Model | None
) -> clustering.NewsDocument:
    vectors = model.vectors([embed.passage(document.title, document.text)]) if model else [b""]
    return clustering.NewsDocument(
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
        groups=len(set(ours)),
        pairwise=_clusters.pairwise(true, ours),
        bcubed=_clusters.bcubed(true, ours),
    )


def _first(
    documents: Sequence[Labelled], seen: Sequence[clustering.NewsDocument], beat: Sequence[str]
) -> float:
    stream = clustering.Stream(beat)
    for document in seen:
        stream.add(document)
    stream.settle()
    groups_by_id = stream.groups()
    return _agreement(documents, [groups_by_id[document.id] for document in documents]).bcubed.f1


def _stretches(documents: Sequence[Labelled], ours: Sequence[str]) -> float:
    """Compute the mean score of each hundred documents after the first, 0 where there are none."""
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
        hint = "name a file in a folder that is there, with --out"
        why = f"cannot be written ({error.strerror})"
        raise DataError(why, subject=str(out), hint=hint) from error
