"""Rulings: an editor's lasting rules, filed and committed, with the record that they change now.

a rule ──> _data/rulings.yaml ──> retopic, rename, set: the record, now
                              ──> all others: from the next round, or rejudge --apply
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from copydesk import archive, judge, review
from copydesk.archive import Archive, Rulings
from copydesk.config import Settings
from copydesk.engine.editing._action import with_action
from copydesk.engine.editing._new_rule import NewRule, ruling
from copydesk.engine.filing import as_record, begin_change, hold_write_lock, keep_digests, notes_on
from copydesk.engine.judging import apply_rules, take_back_rule
from copydesk.engine.newsroom import Newsroom, Rule, record_at
from copydesk.errors import UsageError
from copydesk.kit import dates, text
from copydesk.news import Ruling, RulingKind, Story

_OF_GROUPS = frozenset({"split", "merge", "pin", "lead"})
_OF_ONE_RECORD = frozenset({"retopic", "rename", "set"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReport:
    """What a rule, or undoing one, changed: the files written, the commit.

    `about` are its stories and values; `path` is the record that it changes at once, "" for none.
    """

    number: int
    said: RulingKind
    about: tuple[str, ...]
    path: str = ""
    changed: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What is to be written: the rulings as they will be, and the record that goes along."""

    rule: Ruling
    rules: tuple[Ruling, ...]
    subject: str
    by: str
    record: Story | None = None
    after: Story | None = None
    notes: tuple[str, ...] = field(default=())


def list_rules(newsroom: Newsroom) -> list[Rule]:
    """Return the rules with their numbers; raises RecordError where the file cannot be read."""
    rules = archive.read_rulings(newsroom.root).rules
    return [_row(newsroom, number, rule) for number, rule in enumerate(rules, 1)]


def rules_on(newsroom: Newsroom, story: Story) -> list[Rule]:
    """Return the rules that name a story, or would keep it out today."""
    name = review.record_name(story.path)
    return [
        _row(newsroom, number, rule)
        for number, rule in enumerate(newsroom.beat.rulings, 1)
        if name in rule.stories or judge.blocking_ruling(story, [rule])
    ]


def _row(newsroom: Newsroom, number: int, rule: Ruling) -> Rule:
    """Return one rule as a person reads it."""
    note = _idle(newsroom.root, newsroom.settings, newsroom.archive, newsroom.now, rule)
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


def _idle(root: Path, settings: Settings, records: Archive, now: datetime, rule: Ruling) -> str:
    """Return why a rule does nothing, "" where it does."""
    if rule.until is not None and rule.until <= now:
        return "it has expired"
    if missing := _find_missing_record(root, settings, rule):
        return f"no such record: {missing}"
    names = {topic.name for topic in settings.beat.topics}
    if rule.said == "retopic" and names.isdisjoint(rule.values):
        return f"no topic of the beat: {rule.values[0]}"
    return _moot(root, settings, records, rule) if rule.said in _OF_GROUPS else ""


def _find_missing_record(root: Path, settings: Settings, rule: Ruling) -> str:
    """Return the first record that a rule cannot do without and that is not there, "" for none."""
    lost = [name for name in rule.stories if _path(root, settings, name) is None]
    least = 2 if rule.said == "merge" or len(rule.stories) > 1 else 1
    is_first_lost = rule.said != "merge" and rule.stories[:1] == tuple(lost[:1])
    is_too_few_left = len(rule.stories) - len(lost) < least
    return lost[0] if lost and (is_first_lost or is_too_few_left) else ""


def _moot(root: Path, settings: Settings, records: Archive, rule: Ruling) -> str:
    """Return why a rule on where a story stands has nothing to move, "" where it has."""
    scoring = settings.beat.scoring
    if rule.said not in {"pin", "lead"} and not scoring.traits.groups_by_rules:
        return f"the profile {scoring.profile} groups without rules"
    path = _path(root, settings, rule.stories[0])
    story = records.read(path) if path else None
    if story is None:
        return ""
    if story.copy_of:
        return f"it is a copy of {story.copy_of} and stands in no group"
    if rule.said == "pin" and not story.published and not story.group:
        name = review.record_name(story.path)
        return f"it is not published: copydesk verdict {name} publish"
    return _explain_not_leading(root, settings, records, rule, story) if rule.said == "lead" else ""


def _explain_not_leading(
    root: Path, settings: Settings, records: Archive, rule: Ruling, story: Story
) -> str:
    """Return why a story that an editor wants in front does not lead its group, "" where it may."""
    name = review.record_name(story.path)
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
        if lead.said == "lead" and (path := _path(root, settings, lead.stories[0])) is not None:
            yield path


def _path(root: Path, settings: Settings, name: str) -> str | None:
    return record_at(root, settings, f"_news/{name}.md")


def file_rule(newsroom: Newsroom, new: NewRule) -> RuleReport:
    """File a rule; an equal one again changes nothing.

    One on the same matter takes the place of the older. Raises UsageError where it cannot hold or
    another rule says the opposite, RecordError where there is no such record, or a file that it
    changes cannot be rewritten or has edits that are not committed, BusyError where another
    process writes for ten seconds.
    """
    with hold_write_lock(newsroom) as lock:
        rule = ruling(newsroom, new)
        rulings = archive.read_rulings(newsroom.root)
        rules = review.with_rule(rulings.rules, rule)
        if rules != rulings.rules:
            _must_agree(rulings.rules, rule)
        rule = next(filed for filed in rules if replace(filed, at=rule.at) == rule)
        story = _record(newsroom.root, newsroom.settings, newsroom.archive, rule)
        after = None
        if story is not None:
            after = apply_rules(newsroom, story, replace(newsroom.beat, rulings=rules))
        change = _Change(
            rule=rule,
            rules=rules,
            subject=f"rule: {rule.said} {_about(rule, story)}",
            by=rule.by,
            record=story,
            after=after,
            notes=tuple(
                f"it does nothing now: {why}"
                for why in (
                    _idle(newsroom.root, newsroom.settings, newsroom.archive, newsroom.now, rule),
                )
                if why
            ),
        )
        return _file(newsroom, lock, rulings, change)


def undo_rule(newsroom: Newsroom, number: int, by: str) -> RuleReport:
    """Take a rule out by its number; a record gets back what its article says, where that is kept.

    Raises UsageError where there is no such number, RecordError and BusyError as `file_rule` does.
    """
    with hold_write_lock(newsroom) as lock:
        rulings = archive.read_rulings(newsroom.root)
        if not 1 <= number <= len(rulings.rules):
            raise UsageError(
                "there is no rule of this number",
                subject=str(number),
                hint="copydesk rule list shows them",
            )
        rule = rulings.rules[number - 1]
        rules = (*rulings.rules[: number - 1], *rulings.rules[number:])
        story = _record(newsroom.root, newsroom.settings, newsroom.archive, rule)
        after, notes = story, tuple[str, ...]()
        if story is not None:
            beat = replace(newsroom.beat, rulings=rules)
            after, notes = take_back_rule(newsroom, story, rule, beat)
        change = _Change(
            rule=rule,
            rules=rules,
            subject=f"rule: undo {rule.said} {_about(rule, story)}",
            by=by,
            record=story,
            after=after,
            notes=notes,
        )
        return replace(_file(newsroom, lock, rulings, change), number=number)


def _must_agree(rules: Sequence[Ruling], rule: Ruling) -> None:
    other = review.find_contradiction(rules, rule)
    if other is not None:
        number = list(rules).index(other) + 1
        raise UsageError(
            f"rule {number} says the opposite ({other.said})",
            subject=", ".join(other.stories),
            hint=f"copydesk rule undo {number} takes it back",
        )


def _about(rule: Ruling, story: Story | None) -> str:
    """Return what a rule is about in a line: headline, records or values."""
    told = story.title if story else ", ".join(rule.stories or rule.values)
    return text.fold(told)[:200]


def _record(root: Path, settings: Settings, records: Archive, rule: Ruling) -> Story | None:
    """Return the record that a rule changes at once, None where it changes none."""
    if rule.said not in _OF_ONE_RECORD:
        return None
    path = _path(root, settings, rule.stories[0])
    return None if path is None else records.read(path)


def _file(
    newsroom: Newsroom, lock: archive.WriteLock, before: Rulings, change: _Change
) -> RuleReport:
    """Put the rulings and the record into one commit."""
    files = [archive.rulings_change(newsroom.root, replace(before, rules=change.rules))]
    if change.after is not None and change.after != change.record:
        files.append(newsroom.archive.change(as_record(newsroom.beat, change.after)))
    words = (change.subject, change.rule.why, f"by {change.by}")
    whole = archive.Change(
        files=tuple(file for file in files if file.is_new_bytes),
        message=with_action("\n\n".join(filter(None, words)), "rule", _action(change)),
        when=newsroom.now,
    )

    def remember(_: Sequence[str]) -> None:
        if change.after is not None:
            keep_digests(newsroom.beat, newsroom.memory, [change.after])

    done = begin_change(newsroom.memory, lock, whole, remember, needed=whole.paths).finish()
    notes = (*change.notes, *notes_on(done, "the records are"))
    return _report(change, tuple(sorted(done.written)), done.commit, notes)


def _action(change: _Change) -> str:
    """Return what was done, for whoever looks for it in git's log."""
    done = "" if change.rule in change.rules else "undo "
    return f"{done}{change.rule.said} {' '.join(change.rule.stories)}".strip()


def _report(
    change: _Change, files: tuple[str, ...], commit: str | None, notes: tuple[str, ...]
) -> RuleReport:
    number = list(change.rules).index(change.rule) + 1 if change.rule in change.rules else 0
    path = change.record.path if change.record else ""
    return RuleReport(
        said=change.rule.said,
        number=number,
        about=(*change.rule.stories, *change.rule.values),
        path=path,
        changed=files,
        commit=commit,
        notes=notes,
    )
