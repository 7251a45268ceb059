"""Compare the topics that copydesk gives to stories with hand-made correct topics (labels)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from copydesk import judge
from copydesk.errors import DataError
from copydesk.judge import shelves
from copydesk.news import Article, Beat, Dropped

_MAX_BYTES = 256 * 1024 * 1024
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Precision, recall and F1 of the topics given to stories."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicScore:
    """The score of one topic: how many stories have it by label, by copydesk, and by both."""

    topic: str
    labelled: int
    given: int
    right: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicMiss:
    """A story whose topics are not the correct (labelled) ones, with the reasons for its topics."""

    story: str
    title: str
    topics: tuple[str, ...]
    expected: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """The scores of the topics that one scoring profile gives to stories, compared with correct
    topics.

    `micro` counts every topic of every story, `macro` is the mean over the topics that labels
    name; `exact` is the share of stories whose topics are all right, `on_beat` the score for
    separating stories with any topic from those with none.
    """

    profile: str
    micro: Share
    macro: Share
    exact: float
    on_beat: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsReport:
    """The scores of the topics given to labelled stories by the profiles `copydesk` and
    `everyday`.
    """

    stories: int
    labels: int
    copydesk: Met
    everyday: Met
    topics: tuple[TopicScore, ...]
    misses: tuple[TopicMiss, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Labelled:
    article: Article
    name: str
    topics: frozenset[str]


def topics(labelled: Path, beat: Beat) -> TopicsReport:
    """Give topics to labelled stories by two scoring profiles, and return the scores of both.

    The main topic is compared only if some label names it. Raises DataError with the line if the
    file is no list of labelled stories, or names a topic that the settings do not have.
    """
    known = {topic.name for topic in beat.topics} | {beat.topic}
    cases = list(_cases(labelled, known))
    if not cases:
        raise DataError("found no labelled stories", subject=str(labelled))
    named = {name for case in cases for name in case.topics}
    ours = [_judge(case, beat, "copydesk") for case in cases]
    theirs = [_judge(case, beat, "everyday") for case in cases]
    compared = named | (known - {beat.topic})
    given = [names & compared for names, _ in ours]
    return TopicsReport(
        stories=len(cases),
        labels=sum(len(case.topics) for case in cases),
        copydesk=_compare("copydesk", cases, given),
        everyday=_compare("everyday", cases, [names & compared for names, _ in theirs]),
        topics=_by_topic(cases, given),
        misses=tuple(_list_misses(cases, ours, compared)),
    )


def _list_misses(
    cases: Sequence[_Labelled],
    ours: Sequence[tuple[frozenset[str], tuple[str, ...]]],
    compared: set[str],
) -> Iterator[TopicMiss]:
    """Yield the stories whose topics differ from their labels."""
    for case, (names, reasons) in zip(cases, ours, strict=True):
        if names & compared != case.topics:
            yield TopicMiss(
                story=case.name,
                title=case.article.title,
                topics=tuple(sorted(names & compared)),
                expected=tuple(sorted(case.topics)),
                reasons=reasons,
            )


def _judge(case: _Labelled, beat: Beat, profile: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the topics that a profile gives a story (none if it is dropped), and the reasons."""
    scoring = replace(
        beat.scoring, profile="everyday" if profile == "everyday" else "copydesk", off_beat="drop"
    )
    outcome = judge.assess(case.article, replace(beat, scoring=scoring), shelves.MemoryShelf())
    if isinstance(outcome, Dropped):
        return frozenset(), (f"{outcome.reason}: {outcome.detail}",)
    reasons = [str(reason) for reason in outcome.reasons if reason.about.startswith("topic")]
    return frozenset(outcome.topics), tuple(reasons)


def _compare(profile: str, cases: Sequence[_Labelled], given: Sequence[frozenset[str]]) -> Met:
    scores = _by_topic(cases, given)
    exact = sum(names == case.topics for case, names in zip(cases, given, strict=True))
    return Met(
        profile=profile,
        micro=_share(
            sum(score.right for score in scores),
            sum(score.given for score in scores),
            sum(score.labelled for score in scores),
        ),
        macro=_average([score for score in scores if score.labelled]),
        exact=round(exact / len(cases), 4),
        on_beat=_compare_beats(cases, given),
    )


def _average(scores: Sequence[TopicScore]) -> Share:
    return Share(
        precision=_mean([score.precision for score in scores]),
        recall=_mean([score.recall for score in scores]),
        f1=_mean([score.f1 for score in scores]),
    )


def _compare_beats(cases: Sequence[_Labelled], given: Sequence[frozenset[str]]) -> Share:
    """Return the scores for separating stories with any topic from stories without one."""
    on_beat = [(bool(case.topics), bool(names)) for case, names in zip(cases, given, strict=True)]
    return _share(
        sum(label and ours for label, ours in on_beat),
        sum(ours for _, ours in on_beat),
        sum(label for label, _ in on_beat),
    )


def _by_topic(
    cases: Sequence[_Labelled], given: Sequence[frozenset[str]]
) -> tuple[TopicScore, ...]:
    """Return the scores of all topics in labels or results, by the topic's name."""
    labelled = Counter(name for case in cases for name in case.topics)
    ours = Counter(name for names in given for name in names)
    right = Counter(
        name for case, names in zip(cases, given, strict=True) for name in names & case.topics
    )
    scores = []
    for name in sorted(labelled.keys() | ours.keys()):
        share = _share(right[name], ours[name], labelled[name])
        scores.append(
            TopicScore(
                topic=name,
                labelled=labelled[name],
                given=ours[name],
                right=right[name],
                precision=share.precision,
                recall=share.recall,
                f1=share.f1,
            )
        )
    return tuple(scores)


def _share(right: int, given: int, labelled: int) -> Share:
    """Compute precision, recall and F1; 0 where the denominator is 0."""
    return Share(
        precision=round(right / given, 4) if given else 0.0,
        recall=round(right / labelled, 4) if labelled else 0.0,
        f1=round(2 * right / (given + labelled), 4) if given + labelled else 0.0,
    )


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _cases(path: Path, known: set[str]) -> Iterator[_Labelled]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise DataError(
                "the labelled file is too big", subject=str(path), hint="use at most 256 MB"
            )
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _case(line, f"{path}:{number}", known)
    except OSError as error:
        raise DataError(
            "the labelled stories cannot be read", subject=str(path), hint=error.strerror or ""
        ) from error
    except UnicodeDecodeError as error:
        raise DataError("the file is not UTF-8", subject=str(path), hint=str(error)) from error


def _case(line: str, where: str, known: set[str]) -> _Labelled:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError("the line is not JSON", subject=where, hint=str(error)) from error
    if not isinstance(row, dict):
        raise DataError(
            "the line is not a labelled story",
            subject=where,
            hint="write one JSON object on each line",
        )
    topics = _texts(row, "topics", where)
    for name in topics:
        if name not in known:
            hint = f"the topics are: {', '.join(sorted(filter(None, known)))}"
            raise DataError(f"unknown topic: {name!r}", subject=where, hint=hint)
    if "topics" not in row:
        raise DataError("the story has no `topics`", subject=where, hint="write [] for no topics")
    url = _text(row, "url", where)
    return _Labelled(
        article=_article(row, url, where),
        name=_text(row, "id", where) or url or where,
        topics=frozenset(topics),
    )


def _article(row: Mapping[str, object], url: str, where: str) -> Article:
    return Article(
        url=url,
        web_url=url,
        title=_text(row, "title", where),
        published_at=_LONG_AGO,
        source="",
        found=_LONG_AGO,
        excerpt=_text(row, "excerpt", where),
        text=_text(row, "text", where),
        language=_text(row, "lang", where),
        section=_text(row, "section", where),
        keywords=_texts(row, "tags", where),
    )


def _text(row: Mapping[str, object], key: str, where: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str | int):
        raise DataError(f"expected a text as {key}", subject=where)
    return str(value)


def _texts(row: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    value = row.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise DataError(f"expected a list of texts as {key}", subject=where)
    return tuple(value)
