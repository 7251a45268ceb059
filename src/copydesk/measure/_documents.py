"""Labelled documents: lines of JSON with id, title, and the story each belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import orjson

from copydesk.errors import DataError
from copydesk.kit import dates

Order = Literal["time", "order", "hash"]
_MAX_BYTES = 512 * 1024 * 1024
# ISO 639-3, as labelled sets have it, to the two letters that everything else has
_CODES = """
    ara:ar bul:bg cat:ca ces:cs dan:da deu:de ell:el eng:en est:et eus:eu fas:fa fin:fi fra:fr
    heb:he hin:hi hrv:hr hun:hu hye:hy ind:id ita:it jpn:ja kor:ko lit:lt lav:lv nld:nl nob:nb
    nor:no pol:pl por:pt ron:ro rus:ru slk:sk slv:sl spa:es srp:sr swe:sv tam:ta tha:th tur:tr
    ukr:uk vie:vi zho:zh
"""
_LANGUAGES = {code[:3]: code[4:] for code in _CODES.split()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One document of a labelled set; `cluster` is what is to be found, and is not looked at."""

    id: str
    title: str
    cluster: str
    text: str = ""
    language: str = ""
    moment: datetime | None = None
    order: float | None = None


def read_documents(path: Path) -> list[Labelled]:
    """Read a file of labelled documents; raises DataError with the line that is none."""
    if path.stat().st_size > _MAX_BYTES:
        raise DataError("too large to be read", subject=str(path), hint="at most 512 MB")
    with path.open("rb") as lines:
        documents = [
            _parse_document(line, f"{path}:{at}")
            for at, line in enumerate(lines, 1)
            if line.strip()
        ]
    if not documents:
        raise DataError("no documents", subject=str(path), hint="a line of JSON for each document")
    twice = len(documents) - len({document.id for document in documents})
    if twice:
        raise DataError(
            f"{twice} ids stand twice", subject=str(path), hint="ids tell documents apart"
        )
    return documents


def _parse_document(line: bytes, place: str) -> Labelled:
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        hint = "write a line of JSON for each document"
        raise DataError(f"no JSON ({error})", subject=place, hint=hint) from error
    if not isinstance(values, dict) or not all(key in values for key in ("id", "title", "cluster")):
        hint = "a document has an id, a title and the cluster that it belongs to"
        raise DataError("no labelled document", subject=place, hint=hint)
    language = _text(values.get("lang")).lower()
    order = values.get("order")
    return Labelled(
        id=str(values["id"]),
        title=_text(values["title"]),
        cluster=str(values["cluster"]),
        text=_text(values.get("text")),
        language=_LANGUAGES.get(language, language[:2]),
        moment=_moment(values.get("ts"), place),
        order=float(order) if isinstance(order, int | float) else None,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: object, place: str) -> datetime | None:
    if not value:
        return None
    moment = dates.parse(str(value))
    if moment is None:
        raise DataError(f"no time: {value}", subject=place, hint="write 2026-11-24T13:10:00Z")
    return moment


def sort_documents(
    documents: Sequence[Labelled], forced: Order | None
) -> tuple[Order, list[Labelled]]:
    """Sort the documents as a stream would bring them, and by what.

    By time where every one has it, else by their own order, else by the SHA-1 of the id.
    """
    possible = list(_possible(documents))
    order = forced or possible[0]
    if order not in possible:
        raise DataError(f"not every document can be put in order of {order}", hint="--order hash")
    return order, sorted(documents, key=lambda document: _key(document, order))


def _possible(documents: Sequence[Labelled]) -> Iterator[Order]:
    if all(document.moment is not None for document in documents):
        yield "time"
    if all(document.order is not None for document in documents):
        yield "order"
    yield "hash"


def _key(document: Labelled, order: Order) -> tuple[float, str]:
    if order == "time" and document.moment is not None:
        return document.moment.timestamp(), document.id
    if order == "order" and document.order is not None:
        return document.order, document.id
    return 0.0, hashlib.sha1(document.id.encode(), usedforsecurity=False).hexdigest()
