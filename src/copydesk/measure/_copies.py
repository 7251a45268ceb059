"""Copies: the same text told from other coverage, beside labels."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from copydesk.errors import DataError
from copydesk.judge import clustering, shelves
from copydesk.judge.copies import find_original, fingerprint
from copydesk.measure import _documents
from copydesk.measure._clusters import Scores, scores
from copydesk.measure._documents import Labelled
from copydesk.news import Article, Provider, Shelved, Story

_SAME = frozenset({"ok", "same", "copy", "1", "true"})
_PAIR = ("a_title", "b_title", "label")
_ONE_A_LINE = "write a line of JSON for each pair or document"
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesReport:
    """How labelled pairs of texts are told apart.

    For texts with the cluster of their original: `pairs` is how many pairs should be copies,
    `found` how many are called so, with precision and recall. For pairs that are labelled as the
    same news or not: `auc` is how often a same pair is more alike than another one.
    """

    texts: int
    pairs: int
    found: int
    scores: Scores | None = None
    auc: float | None = None


def copies(path: Path) -> CopiesReport:
    """Read documents with clusters of equal texts, or pairs with a label; raises DataError."""
    pairs = _pairs(path)
    return _by_pair(pairs) if pairs else _by_cluster(_documents.read_documents(path))


def _by_cluster(documents: Sequence[Labelled]) -> CopiesReport:
    """File the texts one after the other and see which are called copies of which."""
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
    """Yield every pair of ids that share a group."""
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
    one: clustering.NewsDocument
    other: clustering.NewsDocument
    is_same: bool


def _pairs(path: Path) -> list[_Pair]:
    """Read the pairs of a file of pairs, none where it is of documents."""
    pairs: list[_Pair] = []
    with path.open("rb") as lines:
        for at, line in enumerate(lines, 1):
            if not line.strip():
                continue
            values = _values(line, f"{path}:{at}")
            if not pairs and "a_title" not in values:
                return []
            if missing := [key for key in _PAIR if key not in values]:
                hint = f"a pair has {', '.join(_PAIR)}"
                raise DataError(f"no {missing[0]}", subject=f"{path}:{at}", hint=hint)
            label = str(values["label"]).lower()
            one, other = (_document(values, side) for side in ("a", "b"))
            pairs.append(_Pair(one=one, other=other, is_same=label in _SAME))
    return pairs


def _values(line: bytes, place: str) -> dict[str, object]:
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise DataError(f"no JSON ({error})", subject=place, hint=_ONE_A_LINE) from error
    if not isinstance(values, dict):
        raise DataError("no labelled pair or document", subject=place, hint=_ONE_A_LINE)
    return values


def _document(values: dict[str, object], side: str) -> clustering.NewsDocument:
    title, text = values.get(f"{side}_title"), values.get(f"{side}_text")
    return clustering.NewsDocument(key=side, title=str(title or ""), text=str(text or ""))


def _by_pair(pairs: Sequence[_Pair]) -> CopiesReport:
    alike = clustering.similarities([(pair.one, pair.other) for pair in pairs])
    same = [value for value, pair in zip(alike, pairs, strict=True) if pair.is_same]
    others = [value for value, pair in zip(alike, pairs, strict=True) if not pair.is_same]
    return CopiesReport(texts=2 * len(pairs), pairs=len(same), found=0, auc=_auc(same, others))


def _auc(same: Sequence[float], others: Sequence[float]) -> float | None:
    if not same or not others:
        return None
    wins = sum((a > b) + 0.5 * (a == b) for a, b in itertools.product(same, others))
    return round(wins / (len(same) * len(others)), 4)
