"""List an editor's lasting rules as a person reads them, and why one of them does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from copydesk import archive
from copydesk.archive import Archive
from copydesk.config import Settings
from copydesk.engine.newsroom import Newsroom, Rule, record_at
from copydesk.judge import gate
from copydesk.kit import dates
from copydesk.news import RULING_KINDS, Ruling, Story
from copydesk.review.rules import record_name


def list_rules(newsroom: Newsroom) -> list[Rule]:
    """Return the rules with their numbers; raises RecordError where the file cannot be read."""
    rules = archive.read_rulings(newsroom.root).rules
    return [_row(newsroom, number, rule) for number, rule in enumerate(rules, 1)]


def rules_on(newsroom: Newsroom, story: Story) -> list[Rule]:
    """Return the rules that name a story, or would keep it out today."""
    name = record_name(story.path)
    return [
        _row(newsroom, number, rule)
        for number, rule in enumerate(newsroom.beat.rulings, 1)
        if name in rule.stories or gate.blocking_ruling(story, [rule])
    ]


def _row(newsroom: Newsroom, number: int, rule: Ruling) -> Rule:
    """Return one rule as a person reads it."""
    note = explain_idle(newsroom.root, newsroom.settings, newsroom.archive, newsroom.now, rule)
    return Rule(
        number=number,
        said=rule.said,
        by=rule.by,
        at=dates.rfc3339(rule.at),
        why=rule.why,
        stories=rule.stories,
        values=rule.values,
        until="" if rule.until is None else dates.rfc3339(rule.until),
        is_active=not note,
        note=note,
    )


def explain_idle(
    root: Path, settings: Settings, records: Archive, now: datetime, rule: Ruling
) -> str:
    """Return why a rule does nothing, "" where it does."""
    if rule.until is not None and rule.until <= now:
        return "it has expired"
    if missing := _find_missing_record(root, settings, rule):
        return f"no such record: {missing}"
    names = {topic.name for topic in settings.beat.topics}
    if rule.said == "retopic" and names.isdisjoint(rule.values):
        return f"no topic of the beat: {rule.values[0]}"
    if RULING_KINDS[rule.said].applies_to != "groups":
        return ""
    return _moot(root, settings, records, rule)


def _find_missing_record(root: Path, settings: Settings, rule: Ruling) -> str:
    """Return the first record that a rule cannot do without and that is not there, "" for none."""
    lost = [name for name in rule.stories if news_path(root, settings, name) is None]
    least = 2 if len(rule.stories) > 1 else RULING_KINDS[rule.said].stories[0]
    is_first_lost = rule.said != "merge" and rule.stories[:1] == tuple(lost[:1])
    is_too_few_left = len(rule.stories) - len(lost) < least
    return lost[0] if lost and (is_first_lost or is_too_few_left) else ""


def _moot(root: Path, settings: Settings, records: Archive, rule: Ruling) -> str:
    """Return why a rule on where a story stands has nothing to move, "" where it has."""
    scoring = settings.beat.scoring
    if rule.said not in {"pin", "lead"} and not scoring.traits.groups_by_rules:
        return f"the profile {scoring.profile} groups without rules"
    path = news_path(root, settings, rule.stories[0])
    story = records.read(path) if path else None
    if story is None:
        return ""
    if story.copy_of:
        return f"it is a copy of {story.copy_of} and stands in no group"
    if rule.said == "pin" and not story.published and not story.group:
        name = record_name(story.path)
        return f"it is not published: copydesk verdict {name} publish"
    return _explain_not_leading(root, settings, records, rule, story) if rule.said == "lead" else ""


def _explain_not_leading(
    root: Path, settings: Settings, records: Archive, rule: Ruling, story: Story
) -> str:
    """Return why a story that an editor wants in front does not lead its group, "" where it may."""
    name = record_name(story.path)
    verdict = story.verdict or archive.read_rulings(root).verdict_on(story.path)
    if verdict is not None and verdict.said != "publish":
        return f"an editor keeps it off the site: copydesk verdict {name} publish"
    if not story.group:
        return "" if story.related else "it stands alone: there is nothing to lead"
    paths = _later_leads(root, settings, rule)
    if any(records.read(path).group == story.group for path in paths):
        return "a newer lead in its group holds"
    return ""


def _later_leads(root: Path, settings: Settings, rule: Ruling) -> Iterator[str]:
    """Yield the paths of the records that rules after this one want in front."""
    rules = settings.beat.rulings
    later = rules[rules.index(rule) + 1 :] if rule in rules else ()
    for lead in later:
        if lead.said == "lead" and (path := news_path(root, settings, lead.stories[0])) is not None:
            yield path


def news_path(root: Path, settings: Settings, name: str) -> str | None:
    """Return the path of the record that a rule calls by its name, None where there is none."""
    return record_at(root, settings, f"_news/{name}.md")
