"""File an editor's lasting rule, or undo it: one commit, with the record that it changes now.

a rule ──> _data/rulings.yaml ──> retopic, rename, set: the record, now
                              ──> all others: from the next round, or rejudge --apply
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from copydesk.engine.editing._action import CommitWords
from copydesk.engine.editing._edit import Edit, EditStep, MadeEdit, begin_edit, make_edit
from copydesk.engine.editing._list_rules import explain_idle, news_path
from copydesk.engine.editing._new_rule import NewRule, ruling
from copydesk.engine.filing import hold_write_lock
from copydesk.engine.judging import apply_rules, take_back_rule
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.news import RULING_KINDS, Ruling, RulingKind, Story
from copydesk.review.rules import find_contradiction, with_rule


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


def file_rule(newsroom: Newsroom, new: NewRule) -> RuleReport:
    """File a rule; an equal one again changes nothing.

    One on the same matter takes the place of the older. Raises UsageError where it cannot hold or
    another rule says the opposite, RecordError where there is no such record, or a file that it
    changes cannot be rewritten or has edits that are not committed, BusyError where another
    process writes for ten seconds.
    """
    with hold_write_lock(newsroom) as lock:
        step, rule = put_rule(begin_edit(newsroom), new)
        made = make_edit(lock, step.edit, [step.words], newsroom.now)
    return _report(step, rule, made)


def put_rule(edit: Edit, new: NewRule) -> tuple[EditStep, Ruling]:
    """Put a rule into an edit; raises as `file_rule` does. Return the rule as it stands there."""
    newsroom = edit.newsroom
    rule = ruling(edit, new)
    rules = with_rule(edit.rulings.rules, rule)
    if rules != edit.rulings.rules:
        _must_agree(edit.rulings.rules, rule)
    rule = next(filed for filed in rules if replace(filed, at=rule.at) == rule)
    story = _record(edit, rule)
    subject = f"rule: {rule.said} {_about(rule, story)}"
    edit = edit.with_rulings(replace(edit.rulings, rules=rules))
    path = ""
    if story is not None:
        after, path = apply_rules(newsroom, story, edit.beat), story.path
        edit = edit.with_need(story, after)
    why = explain_idle(newsroom.root, newsroom.settings, newsroom.archive, newsroom.now, rule)
    step = EditStep(
        edit=edit,
        words=CommitWords(subject=subject, why=rule.why, by=rule.by, action=_action(rule)),
        path=path,
        notes=(f"it does nothing now: {why}",) if why else (),
    )
    return step, rule


def undo_rule(newsroom: Newsroom, number: int, by: str) -> RuleReport:
    """Take a rule out by its number; a record gets back what its article says, where that is kept.

    Raises UsageError where there is no such number, RecordError and BusyError as `file_rule` does.
    """
    with hold_write_lock(newsroom) as lock:
        edit = begin_edit(newsroom)
        rules = edit.rulings.rules
        if not 1 <= number <= len(rules):
            raise UsageError(
                "there is no rule of this number",
                subject=str(number),
                hint="copydesk rule list shows them",
            )
        rule = rules[number - 1]
        step = take_out_rule(edit, rule, by)
        made = make_edit(lock, step.edit, [step.words], newsroom.now)
    return replace(_report(step, rule, made), number=number)


def take_out_rule(edit: Edit, rule: Ruling, by: str) -> EditStep:
    """Take a rule out of an edit that has it; its record gets back what its article says."""
    at = edit.rulings.rules.index(rule)
    rules = (*edit.rulings.rules[:at], *edit.rulings.rules[at + 1 :])
    story = _record(edit, rule)
    words = CommitWords(
        subject=f"rule: undo {rule.said} {_about(rule, story)}",
        why=rule.why,
        by=by,
        action=_action(rule, "undo "),
    )
    edit = edit.with_rulings(replace(edit.rulings, rules=rules))
    if story is None:
        return EditStep(edit=edit, words=words)
    after, notes = take_back_rule(edit.newsroom, story, rule, edit.beat)
    edit = edit.with_need(story, after)
    return EditStep(edit=edit, words=words, path=story.path, notes=notes)


def _must_agree(rules: Sequence[Ruling], rule: Ruling) -> None:
    other = find_contradiction(rules, rule)
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


def _record(edit: Edit, rule: Ruling) -> Story | None:
    """Return the record that a rule changes at once, None where it changes none."""
    if RULING_KINDS[rule.said].applies_to != "record":
        return None
    path = news_path(edit.newsroom.root, edit.newsroom.settings, rule.stories[0])
    return None if path is None else edit.find(path)


def _action(rule: Ruling, done: str = "") -> str:
    """Return what was done, for whoever looks for it in git's log."""
    return f"rule {done}{rule.said} {' '.join(rule.stories)}".strip()


def _report(step: EditStep, rule: Ruling, made: MadeEdit) -> RuleReport:
    rules = step.edit.rulings.rules
    return RuleReport(
        said=rule.said,
        number=list(rules).index(rule) + 1 if rule in rules else 0,
        about=(*rule.stories, *rule.values),
        path=step.path,
        changed=made.changed,
        commit=made.commit,
        notes=(*step.notes, *made.notes),
    )
