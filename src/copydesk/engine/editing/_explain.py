"""Explain: why a story is where it is, or why a lead was dropped."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from copydesk import archive, judge
from copydesk.archive import Archive, ArticleStore
from copydesk.catalogue import Catalogue
from copydesk.engine.cataloguing import ask_catalogue, read_rules, standing_of
from copydesk.engine.editing._list_rules import rules_on
from copydesk.engine.filing import find_article
from copydesk.engine.newsroom import (
    Evidence,
    Explanation,
    Newsroom,
    Place,
    QualityRow,
    Term,
    record_at,
)
from copydesk.engine.reading import SiteHabits
from copydesk.engine.revisiting import GONE, is_known_gone
from copydesk.errors import RecordError
from copydesk.kit import dates, urls
from copydesk.memory import Fate, Memory
from copydesk.news import DROP_STAGES, Article, Beat, Standing, Story, Verdict
from copydesk.review.rules import record_name

_LAST = 100  # stories of a topic among which one has its place


def explain(newsroom: Newsroom, path_or_url: str) -> Explanation:
    """Explain a record by its path, name or page (see `record_at`), or a page by its address.

    Raises RecordError where nothing is known of it.
    """

    def find(catalogue: Catalogue) -> tuple[Story, dict[str, Story], tuple[Place, ...]] | None:
        path = record_at(newsroom.root, newsroom.settings, path_or_url)
        path = path or catalogue.path_at(path_or_url)
        if path is None:
            return None
        story = newsroom.archive.read(path)  # or say what is wrong with it
        neighbours = _read_neighbours(newsroom.archive, catalogue, story)
        return story, neighbours, tuple(_rank(catalogue, story))

    found = ask_catalogue(newsroom, find)
    if found is not None:
        story, neighbours, places = found
        return replace(_of_story(newsroom, story, neighbours), places=places)
    fate = newsroom.memory.fate(urls.identity(path_or_url))
    if fate is not None:
        return _of_fate(fate)
    raise RecordError(
        "nothing is known of this",
        subject=path_or_url,
        hint="give a record's path (_news/….md), the address of its page on the site, or the "
        "address of a page that a source listed",
    )


def _read_neighbours(records: Archive, catalogue: Catalogue, story: Story) -> dict[str, Story]:
    """Return the stories that may stand beside one, as their records are now, by path."""
    paths = {
        *catalogue.at_addresses(related.web_url for related in story.related),
        *catalogue.in_groups([story.group]),
        *catalogue.find_by_name([story.copy_of]),
        *catalogue.copies_of(record_name(story.path)),
    }
    found = {}
    for path in sorted(paths - {story.path}):
        with contextlib.suppress(RecordError):  # it was edited since, and cannot be read
            found[path] = records.read(path)
    return found


def _rank(catalogue: Catalogue, story: Story) -> Iterator[Place]:
    """Yield how a story stands among the last ones of each of its topics, or of all."""
    for topic in story.topics or ("",):
        rank = catalogue.rank(story.path, topic, _LAST)
        if rank is not None:
            yield Place(
                topic=topic,
                place=rank.place,
                stories=rank.stories,
                median=rank.median,
                published=rank.published,
            )


def _of_story(newsroom: Newsroom, story: Story, stories: dict[str, Story]) -> Explanation:
    verdict = story.verdict or archive.read_rulings(newsroom.root).verdict_on(story.path)
    reasons = story.reasons or judge.explain(story, newsroom.beat)
    copies = _copies(story, stories)
    beside = [path for path in _beside(story, stories) if path not in copies]
    group = [stories[path] for path in beside if not stories[path].copy_of]
    article = _article(newsroom.beat, newsroom.articles, newsroom.memory, story)
    rules = read_rules(newsroom.root, newsroom.beat, newsroom.now)
    ruled = replace(story, reasons=tuple(reasons), verdict=verdict)
    return Explanation(
        path=story.path,
        url=story.web_url or story.original_url,
        state=_state(story, verdict),
        stage="review" if verdict else "judge",
        reasons=tuple(str(reason) for reason in reasons),
        otherwise=judge.counterfactuals(ruled, group, rules.beat, article),
        trust=story.trust,
        leader=_leader(story, group),
        group=tuple(beside),
        copies=tuple(copies),
        verdict=_verdict_words(verdict),
        history=story.history,
        terms=tuple(_terms(newsroom.articles, story)),
        rulings=tuple(rules_on(newsroom, story)),
        standing=standing_of(rules, story, lambda _story: article),
        gone=story.access == GONE or is_known_gone(newsroom.memory, story.path),
        quality=story.quality,
        parts=tuple(map(_row, judge.quality_parts(ruled, rules.beat, article))),
    )


def _row(part: judge.QualityPart) -> QualityRow:
    evidence = tuple(
        Evidence(points=reason.points or 0, why=reason.why, reason=str(reason))
        for reason in part.reasons
    )
    return QualityRow(part=part.part, points=part.points, evidence=evidence)


def _article(beat: Beat, articles: ArticleStore, memory: Memory, story: Story) -> Article | None:
    article = find_article(articles, story)
    return None if article is None else SiteHabits(articles, memory, beat.excerpt).settle(article)


def _leader(story: Story, group: Sequence[Story]) -> str:
    """Return the path of the story that leads a group, "" for a story in none."""
    if story.copy_of or not group:
        return ""
    return next((member.path for member in (story, *group) if member.heat != -1), "")


def _terms(articles: ArticleStore, story: Story) -> Iterator[Term]:
    """Yield who may read it, whose words it has and what is refused, with what its page says."""
    article = find_article(articles, story)
    origins = article.origins if article else {}
    for name, value in (("access", story.access), ("credit", story.credit)):
        if value:
            evidence = origins.get(name, "")
            yield Term(name=name, value=value, evidence=(evidence,) if evidence else ())
    if story.refuses:
        signals = article.signals if article else ()
        said = tuple(f"{signal.name}: {signal.said} ({signal.where})" for signal in signals)
        yield Term(name="refuses", value=", ".join(story.refuses), evidence=said)


def _copies(story: Story, stories: dict[str, Story]) -> list[str]:
    """Return the paths of the copies of a story."""
    name = record_name(story.path)
    return sorted(copy.path for copy in stories.values() if copy.copy_of == name)


def _beside(story: Story, stories: dict[str, Story]) -> list[str]:
    """Return the paths of its group, of its `related`, and of what it is a copy of."""
    addresses = {urls.identity(related.web_url) for related in story.related if related.web_url}
    return sorted(
        other.path
        for other in stories.values()
        if other.path != story.path
        and (
            urls.identity(other.web_url) in addresses
            or (story.group and other.group == story.group)
            or (story.copy_of and Path(other.path).stem == story.copy_of)
        )
    )


def _state(story: Story, verdict: Verdict | None) -> str:
    if verdict is not None and verdict.said != "publish":
        return {"hold": "held", "reject": "rejected", "remove": "removed"}[verdict.said]
    if story.published:
        return "published"
    return "copy" if story.copy_of else "unpublished"


def _verdict_words(verdict: Verdict | None) -> dict[str, str] | None:
    if verdict is None:
        return None
    return {
        "by": verdict.by,
        "at": dates.rfc3339(verdict.at),
        "said": verdict.said,
        "why": verdict.why,
    }


def _of_fate(fate: Fate) -> Explanation:
    why = f"{fate.reason}: {fate.detail}" if fate.reason and fate.detail else fate.reason
    return Explanation(
        path=fate.path,
        url=fate.url,
        state=fate.state,
        stage=DROP_STAGES.get(fate.reason, "read"),
        reasons=tuple(text for text in (why or fate.detail, fate.hint) if text),
        otherwise=tuple(filter(None, [_OTHERWISE.get(fate.reason)])),
        standing=Standing.DROPPED if fate.state == "dropped" else "",
    )


_OTHERWISE = {
    "off-beat": "a word of its title among a topic's keywords in _data/topics would keep it, or "
    "topics = […] on its source, whatever it says",
    "filtered": "the include and exclude words of its source decide that",
    "too-old": "fetch.max_age_days decides that",
    "ruled-out": "copydesk rule list has the rule; copydesk rule undo takes it back",
    "removed": "copydesk verdict PATH publish takes a removal back",
}
