"""File an editor's lasting rule, or undo it: one commit, with the record that it changes now.

a rule ──> _data/rulings.yaml ──> retopic, rename, set: the record, now
                              ──> all others: from the next round, or rejudge --apply
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from copydesk import archive, review
from copydesk.archive import Archive, Rulings
from copydesk.config import Settings
from copydesk.engine.editing._action import with_action
from copydesk.engine.editing._list_rules import explain_idle, news_path
from copydesk.engine.editing._new_rule import NewRule, ruling
from copydesk.engine.filing import as_record, begin_change, hold_write_lock, keep_digests, notes_on
from copydesk.engine.judging import apply_rules, take_back_rule
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.news import RULING_KINDS, Ruling, RulingKind, Story


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
                    explain_idle(
                        newsroom.root, newsroom.settings, newsroom.archive, newsroom.now, rule
                    ),
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
    if RULING_KINDS[rule.said].applies_to != "record":
        return None
    path = news_path(root, settings, rule.stories[0])
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
