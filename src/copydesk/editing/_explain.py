"""Explain why a story has its status or why a link became no story; list the editors' rules."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from copydesk import archive, judge
from copydesk.archive import Archive, ArticleStore
from copydesk.catalogue import Catalogue
from copydesk.errors import RecordError
from copydesk.judge import gate
from copydesk.kit import dates, urls
from copydesk.kit.options import fill
from copydesk.memory import Fate, Memory
from copydesk.news import Article, Beat, Ruling, Standing, Story, Verdict
from copydesk.news.ruling import RULING_KINDS, find_matter_title
from copydesk.news.source import DROP_STAGES
from copydesk.newsroom import Newsroom
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.newsroom.records import record_at
from copydesk.newsroom.reports import Evidence, Explanation, Place, QualityRow, Rule, Term
from copydesk.newsroom.standings import read_rules, standing_of
from copydesk.review.rules import matter_of, record_name
from copydesk.rounds import GONE, SiteHabits, is_known_gone

_LAST = 100  # stories of a topic among which a story is ranked


def explain(newsroom: Newsroom, path_or_url: str) -> Explanation:
    """Explain the status of a story, given by its record's path or name or by the URL of its page.

    Raises RecordError if nothing is known about it.
    """

    def find(catalogue: Catalogue) -> tuple[Story, dict[str, Story], tuple[Place, ...]] | None:
        path = record_at(newsroom, path_or_url)
        path = path or catalogue.path_at(path_or_url)
        if path is None:
            return None
        story = newsroom.archive.read(path)  # raises RecordError if it is broken
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
        "nothing is known about this path or URL",
        subject=path_or_url,
        hint="use the path of a story file (_news/….md), the URL of its page on the site, or the "
        "URL of an article that a source listed",
    )


def _read_neighbours(records: Archive, catalogue: Catalogue, story: Story) -> dict[str, Story]:
    """Return the stories that may be related to a story, as their records are now, by path."""
    paths = {
        *catalogue.at_addresses(related.web_url for related in story.related),
        *catalogue.in_groups([story.group]),
        *catalogue.find_by_name([story.copy_of]),
        *catalogue.copies_of(record_name(story.path)),
    }
    found = {}
    for path in sorted(paths - {story.path}):
        with contextlib.suppress(RecordError):  # edited since, and unreadable now
            found[path] = records.read(path)
    return found


def _rank(catalogue: Catalogue, story: Story) -> Iterator[Place]:
    """Yield a story's rank among the newest 100 stories of each of its topics, or of all."""
    for topic in story.topics or ("",):
        rank = catalogue.rank(story.path, topic, _LAST)
        if rank is not None:
            yield fill(Place, rank, topic=topic)


def _of_story(newsroom: Newsroom, story: Story, stories: dict[str, Story]) -> Explanation:
    verdict = story.verdict or archive.read_rulings(newsroom.root).verdict_on(story.path)
    reasons = [reason.renewed for reason in judge.explain(story, newsroom.beat)]
    copies = _copies(story, stories)
    beside = [path for path in _beside(story, stories) if path not in copies]
    group = [stories[path] for path in beside if not stories[path].copy_of]
    article = _article(newsroom.beat, newsroom.articles, newsroom.memory, story)
    rules = read_rules(newsroom.root, newsroom.beat, newsroom.now)
    ruled = replace(story, reasons=tuple(reasons), verdict=verdict)
    matter = matter_of(story, rules.beat.rulings)
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
        parts=tuple(map(_quality_row, judge.quality_parts(ruled, rules.beat, article))),
        titles=_titles((story, *stories.values())),
        matter=matter,
        matter_title=find_matter_title(matter, rules.beat.rulings),
    )


def _titles(stories: Iterable[Story]) -> dict[str, str]:
    return {story.path: story.title for story in stories}


def _quality_row(part: judge.QualityPart) -> QualityRow:
    evidence = tuple(
        Evidence(points=reason.points or 0, why=reason.why, reason=str(reason))
        for reason in part.reasons
    )
    return QualityRow(part=part.part, points=part.points, evidence=evidence)


def _article(beat: Beat, articles: ArticleStore, memory: Memory, story: Story) -> Article | None:
    article = articles.find_for(story)
    return None if article is None else SiteHabits(articles, memory, beat.excerpt).settle(article)


def _leader(story: Story, group: Sequence[Story]) -> str:
    """Return the path of the leading story of a group, "" if the story is in no group."""
    if story.copy_of or not group:
        return ""
    return next((member.path for member in (story, *group) if member.heat != -1), "")


def _terms(articles: ArticleStore, story: Story) -> Iterator[Term]:
    """Yield the terms of use of a story (access, credit, refusals), each with its evidence."""
    article = articles.find_for(story)
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
    """Return the paths of the stories that copy the text of a story, sorted."""
    name = record_name(story.path)
    return sorted(copy.path for copy in stories.values() if copy.copy_of == name)


def _beside(story: Story, stories: dict[str, Story]) -> list[str]:
    """Return the paths of a story's group, its `related` stories, and the story that it copies."""
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
    "off-beat": (
        "add a word of its headline to a topic's keywords in _data/topics, or set `topics = […]` "
        "for its source"
    ),
    "filtered": "this depends on the settings include and exclude of its source",
    "too-old": "this depends on the setting fetch.max_age_days",
    "ruled-out": "`copydesk rule list` shows the rule, `copydesk rule undo` removes it",
    "removed": "`copydesk verdict PATH publish` undoes the removal",
}


# The lasting rules, described for people, and why a rule has no effect.


def list_rules(newsroom: Newsroom) -> list[Rule]:
    """Return the editors' rules with their numbers; RecordError if their file is unreadable."""
    rules = archive.read_rulings(newsroom.root).rules
    return [_rule_row(newsroom, number, rule) for number, rule in enumerate(rules, 1)]


def rules_on(newsroom: Newsroom, story: Story) -> list[Rule]:
    """Return the editors' rules that name a story, or that would block it today."""
    name = record_name(story.path)
    return [
        _rule_row(newsroom, number, rule)
        for number, rule in enumerate(newsroom.beat.rulings, 1)
        if name in rule.stories or gate.blocking_ruling(story, [rule])
    ]


def _rule_row(newsroom: Newsroom, number: int, rule: Ruling) -> Rule:
    """Return one editor's rule with its number, values and reason, as text for people."""
    note = explain_idle(newsroom, rule)
    return fill(
        Rule,
        rule,
        number=number,
        at=dates.rfc3339(rule.at),
        titles=tuple(_title_of(newsroom, name) for name in rule.stories),
        until="" if rule.until is None else dates.rfc3339(rule.until),
        is_active=not note,
        note=note,
    )


def _title_of(newsroom: Newsroom, name: str) -> str:
    """Return the headline of the story that an editor's rule names, its name if there is none."""
    path = news_path(newsroom, name)
    with contextlib.suppress(RecordError):
        return newsroom.archive.read(path).title if path else name
    return name


def explain_idle(newsroom: Newsroom, rule: Ruling) -> str:
    """Return the reason why an editor's rule has no effect at present, "" if it has an effect."""
    if rule.until is not None and rule.until <= newsroom.now:
        return "the rule has expired"
    if missing := _find_missing_record(newsroom, rule):
        return f"the story does not exist: {missing}"
    names = {topic.name for topic in newsroom.beat.topics}
    if rule.said == "retopic" and names.isdisjoint(rule.values):
        return f"unknown topic: {rule.values[0]}"
    if RULING_KINDS[rule.said].applies_to != "groups":
        return ""
    return _moot(newsroom, rule)


def _find_missing_record(newsroom: Newsroom, rule: Ruling) -> str:
    """Return the first missing story record that an editor's rule needs, "" for none."""
    lost = [name for name in rule.stories if news_path(newsroom, name) is None]
    least = 2 if len(rule.stories) > 1 else RULING_KINDS[rule.said].stories[0]
    is_first_lost = rule.said != "merge" and rule.stories[:1] == tuple(lost[:1])
    is_too_few_left = len(rule.stories) - len(lost) < least
    return lost[0] if lost and (is_first_lost or is_too_few_left) else ""


def _moot(newsroom: Newsroom, rule: Ruling) -> str:
    """Return why an editor's rule about groups or placement has no effect, "" if it has one."""
    scoring = newsroom.beat.scoring
    if rule.said not in {"pin", "lead"} and not scoring.traits.groups_by_rules:
        return f"the profile {scoring.profile} ignores rules for groups"
    path = news_path(newsroom, rule.stories[0])
    story = newsroom.archive.read(path) if path else None
    if story is None:
        return ""
    if story.copy_of:
        return f"the story is a copy of {story.copy_of} and belongs to no group"
    if rule.said == "pin" and not story.published and not story.group:
        name = record_name(story.path)
        return f"the story is not published; run `copydesk verdict {name} publish --why …`"
    return _explain_not_leading(newsroom, rule, story) if rule.said == "lead" else ""


def _explain_not_leading(newsroom: Newsroom, rule: Ruling, story: Story) -> str:
    """Return why a story does not lead its group despite an editor's rule, "" if it may."""
    name = record_name(story.path)
    verdict = story.verdict or archive.read_rulings(newsroom.root).verdict_on(story.path)
    if verdict is not None and verdict.said != "publish":
        return f"an editor's decision hides the story; run `copydesk verdict {name} publish`"
    if not story.group:
        return "" if story.related else "the story has no group to lead"
    paths = _later_leads(newsroom, rule)
    if any(newsroom.archive.read(path).group == story.group for path in paths):
        return "a newer rule makes another story the main story of the group"
    return ""


def _later_leads(newsroom: Newsroom, rule: Ruling) -> Iterator[str]:
    """Yield the paths of the stories that rules after `rule` make leaders of their groups."""
    rules = newsroom.beat.rulings
    later = rules[rules.index(rule) + 1 :] if rule in rules else ()
    for lead in later:
        if lead.said == "lead" and (path := news_path(newsroom, lead.stories[0])) is not None:
            yield path


def news_path(newsroom: Newsroom, name: str) -> str | None:
    """Return the path of the story record that an editor's rule names, None if missing."""
    return record_at(newsroom, f"_news/{name}.md")
