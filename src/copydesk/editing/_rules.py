"""Turn an editor's input into a lasting rule, check that it is valid, and commit it or undo it.

paths, words, topics, a headline ── ruling ──> news.Ruling of record names and the beat's topics
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from copydesk.editing._edit import CommitWords, Edit, EditStep, MadeEdit, begin_edit, make_edit
from copydesk.editing._explain import explain_idle, news_path
from copydesk.editing._verdicts import speaker
from copydesk.errors import RecordError, UsageError
from copydesk.kit import text, urls
from copydesk.news import Beat, Ruling, Story
from copydesk.news.ruling import (
    NO_ADDITIONS,
    NO_CHANGES,
    NO_PICTURE,
    NO_TEXT,
    RULING_KINDS,
    RulingKind,
    SetField,
)
from copydesk.news.summary import list_citations
from copydesk.newsroom import Newsroom
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.newsroom.filing import hold_write_lock
from copydesk.newsroom.records import record_path
from copydesk.review import rules
from copydesk.review.rules import find_contradiction, with_rule
from copydesk.rounds import apply_rules, take_back_rule

WHY_CHARACTERS = 10_000
TITLE_CHARACTERS = 500
WORD_CHARACTERS = 200
_LISTED = 20  # topics in a hint


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """An editor's input for a new rule: kind (`said`), reason, story records, values, and expiry.

    `paths` name records as for `record_path`; `by` is "" for git's user.
    """

    said: RulingKind
    why: str = ""
    by: str = ""
    paths: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    until: datetime | None = None


def ruling(edit: Edit, new: NewRule) -> Ruling:
    """Return the rule (`Ruling`) that an editor's input asks for.

    Raises UsageError or RecordError if the input is invalid.
    """
    newsroom = edit.newsroom
    must_be_short(new.why, WHY_CHARACTERS, "--why")
    paths = [record_path(newsroom, path) for path in new.paths]
    names = tuple(dict.fromkeys(map(rules.record_name, paths)))
    if len(names) < max(RULING_KINDS[new.said].stories[0], len(paths)):
        raise UsageError(
            f"the rule {new.said} needs different stories",
            subject=", ".join(new.paths)[:WORD_CHARACTERS],
            hint="name each story by the path of its file, at least two for a merge",
        )
    return Ruling(
        said=new.said,
        by=speaker(newsroom, new.by),
        at=newsroom.now,
        why=new.why,
        stories=names,
        values=_values(edit, new, paths),
        until=new.until,
    )


def _values(edit: Edit, new: NewRule, paths: Sequence[str]) -> tuple[str, ...]:
    match new.said:
        case "block":
            return tuple(dict.fromkeys(map(_block_value, new.values)))
        case "retopic":
            return topic_names(edit.beat, new.values)
        case "rename":
            return (_headline(new.values[0]),)
        case "set":
            return set_values(edit, paths[0], new.values)
        case "matter":
            return _matter_values(edit, new, paths)
    return ()


def _matter_values(edit: Edit, new: NewRule, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the values of a rule on matters: what it does, then the names that it does it to."""
    act, *words = new.values
    expected = {"split": (1, 0), "rename": (1, 1), "merge": (len(paths), 0)}.get(act)
    if expected != (len(paths), len(words)):
        raise UsageError("expected split, merge or rename, with its stories", subject=act[:80])
    stories = [edit.find(path) for path in paths]
    names = tuple(map(rules.record_name, paths))
    others = [  # the rule that this one replaces does not count
        rule for rule in edit.rulings.rules if (rule.values[:1], rule.stories) != ((act,), names)
    ]
    events = tuple(map(rules.event_of, stories))
    found = (rules.matter_of(story, others) for story in stories)
    matters = tuple(matter or event for matter, event in zip(found, events, strict=True))
    if act == "rename":
        return (act, *matters, _headline(words[0]))
    _must_change(act, events, matters)
    return (act, *(events if act == "split" else dict.fromkeys(matters)))


def _must_change(act: str, events: Sequence[str], matters: Sequence[str]) -> None:
    """Raise UsageError if splitting or merging these matters would change nothing."""
    if act == "split" and matters == events:
        raise UsageError(
            "the story began its matter, or belongs to none",
            subject=events[0],
            hint="split the later event from the matter instead",
        )
    if act == "merge" and len(set(matters)) < 2:
        raise UsageError("the stories belong to one matter already", subject=", ".join(events))


def _block_value(value: str) -> str:
    """Return a value of a rule that blocks stories: a web site's domain, or a normalized word."""
    word = urls.site_name(value) or text.fold(value)
    if not any(character.isalnum() for character in word):
        raise UsageError("expected a word or a website", subject=repr(value[:WORD_CHARACTERS]))
    must_be_short(word, WORD_CHARACTERS, "the word to block")
    return word


def _headline(said: str) -> str:
    title = text.fold(said)
    if not title:
        raise UsageError("the headline is empty", hint="run `copydesk rule rename PATH TITLE`")
    must_be_short(title, TITLE_CHARACTERS, "the headline")
    return title


def must_be_short(words: str, most: int, what: str) -> None:
    """Raise UsageError if a text has more than `most` characters."""
    if len(words) > most:
        raise UsageError(
            f"{what} is too long ({len(words)} characters)", hint=f"use at most {most} characters"
        )


def topic_names(beat: Beat, said: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the site's topics that are given by name or id, in any letter case.

    Raises UsageError with the nearest name for an unknown topic.
    """
    names = {key.casefold(): topic.name for topic in beat.topics for key in (topic.id, topic.name)}
    words = [text.fold(word)[:WORD_CHARACTERS] for word in said]
    for word in words:
        if word.casefold() not in names:
            raise UsageError("unknown topic", subject=word, hint=_nearest(word, names))
    return tuple(dict.fromkeys(names[word.casefold()] for word in words))


def _nearest(word: str, names: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(word.casefold(), names, 1, 0.5)
    return f"did you mean {names[near[0]]}?" if near else _list_names(names.values())


def list_topics(beat: Beat) -> str:
    """Return a text that lists a site's topics, for an error message about an unknown topic."""
    return _list_names(topic.name for topic in beat.topics)


def _list_names(names: Iterable[str]) -> str:
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    listed = ", ".join(known[:_LISTED])
    return f"the topics are: {listed}{more}" if known else "add topics in _data/topics"


# The values of a `set` rule: a story's field with its new value, checked.
#
# field, words ── set_values ──> the values of a `news.Ruling` that says set

NOTE_CHARACTERS = 2_000  # also of a summary
STORY_CHARACTERS = 10_000  # of a story without a source: its note is its text
ADDRESS_CHARACTERS = 2_000

_FIELDS: tuple[SetField, ...] = get_args(SetField)
_SHOWN = 200
# Fields with one value, with the message and the hint for another one.
_SWITCHES = {
    "changes": (
        NO_CHANGES,
        "changes can only be switched off",
        f"write {NO_CHANGES}; to show them again, run `copydesk rule undo`",
    ),
    "additions": (
        NO_ADDITIONS,
        "no sentence can be written here",
        f"the only value is {NO_ADDITIONS}; `copydesk rule undo` takes it back",
    ),
}


def set_values(edit: Edit, path: str, said: Sequence[str]) -> tuple[str, ...]:
    """Return the values of a rule that sets a field of a story: the field and its new value.

    The story's former URLs follow a URL, the opened articles a reviewed text. Raises UsageError for
    an unknown field, or a value that it cannot have.
    """
    field, value = _field(said[0]), said[1]
    match field:
        case "excerpt":
            most = edit.beat.excerpt.max_characters
            return field, _short(text.fold(value), most, "the excerpt")
        case "note":
            most = note_characters(edit.find(path))
            return field, _short(text.tidy(value), most, "the note")
        case "picture":
            is_none = value.strip() in {"", NO_PICTURE}
            return field, NO_PICTURE if is_none else _address(urls.fetchable(value), value)
        case "changes" | "additions":
            only, what, hint = _SWITCHES[field]
            if value.strip() != only:
                raise UsageError(what, subject=value[:_SHOWN], hint=hint)
            return field, only
        case "summary" | "translation":
            most = NOTE_CHARACTERS if field == "summary" else TITLE_CHARACTERS
            words = _short(text.fold(value), most, f"the {field}")
            return field, words, *_list_openings(edit, edit.find(path), field, words, said[2:])
        case "url":
            new = _address(urls.canonical(value), value)
            return (field, new, *_former_addresses(edit, path, new))


def _list_openings(
    edit: Edit, story: Story, field: str, words: str, opened: Sequence[str]
) -> tuple[str, ...]:
    """Return the stories whose articles an editor opened to review a text of a model.

    Raises UsageError where the text is the model's own and not all articles that it cites were
    opened. Next to a headline stands its original, which is the story itself.
    """
    if not edit.beat.scoring.traits.has_blocks:
        what = 'summaries and translations need the setting scoring.profile = "copydesk"'
        hint = "other records have no place for these texts"
        raise UsageError(what, subject=story.path, hint=hint)
    kept = getattr(story, field)
    if kept is None or words == NO_TEXT:
        return ()
    cited = list_citations(kept)
    missing = ", ".join(sorted({*cited} - {*opened}))
    if missing and (kept.author, text.fold(kept.text)) == ("model", words):
        hint = "read what they say, at the desk"
        raise UsageError("open the cited reports first", subject=missing, hint=hint)
    if field == "translation":
        return (rules.record_name(story.path),)
    return tuple(name for name in cited if name in opened)


def note_characters(story: Story) -> int:
    """Return the length limit of a story's note (the whole text, if an editor wrote the story)."""
    return STORY_CHARACTERS if story.is_own else NOTE_CHARACTERS


def _field(said: str) -> SetField:
    word = said.strip().casefold()
    found = next((field for field in _FIELDS if field == word), None)
    if found is None:
        near = difflib.get_close_matches(word, _FIELDS, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"the fields are: {', '.join(_FIELDS)}"
        raise UsageError("this field cannot be set", subject=text.fold(said)[:_SHOWN], hint=hint)
    return found


def _short(words: str, most: int, what: str) -> str:
    if not words:
        raise UsageError(f"{what} is empty", hint="run `copydesk rule undo` to unset it")
    must_be_short(words, most, what)
    return words


def _address(found: str | None, said: str) -> str:
    """Return a valid web address; blanks and invisible characters are refused."""
    if found is None or not said.strip().isprintable() or " " in said.strip():
        raise UsageError(
            "invalid web address", subject=repr(said[:_SHOWN]), hint="begin with https://"
        )
    return _short(found, ADDRESS_CHARACTERS, "the address")


def _former_addresses(edit: Edit, path: str, new: str) -> tuple[str, ...]:
    """Return a story's former URLs; raises UsageError if another story has the new one."""
    identity, story = urls.identity(new), edit.find(path)
    filed = ask_catalogue(edit.newsroom, lambda catalogue: catalogue.at_addresses([new]))
    for other in {*filed, *edit.stories} - {path}:
        if identity in _list_identities(edit, other):
            raise UsageError("the address already belongs to another story", subject=other)
    former = (story.web_url, *_find_earlier_sets(edit, story))
    if identity in map(urls.identity, edit.rulings.removed):
        raise UsageError("an editor removed the story with this address for good", subject=new)
    return tuple(dict.fromkeys(url for url in former if url and url != new))


def _list_identities(edit: Edit, path: str) -> set[str]:
    """Return the normalized URLs of a story record; empty if the record cannot be read."""
    try:
        return set(map(urls.identity, edit.find(path).addresses))
    except RecordError:
        return set()


def _find_earlier_sets(edit: Edit, story: Story) -> tuple[str, ...]:
    """Return the URLs of a story that earlier rules of editors replaced."""
    name = story.path.rsplit("/", 1)[-1].removesuffix(".md")
    rules = edit.rulings.rules
    ours = (rule for rule in rules if rule.field == "url" and rule.stories == (name,))
    return next((rule.values[2:] for rule in ours), ())


# Filing or undoing a lasting rule: one commit, with the record that it changes at once.
#
# a rule ──> _data/rulings.yaml ──> retopic, rename, set: the record, now
#                               ──> all others: from the next round, or rejudge --apply


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReport:
    """The result of adding or undoing an editor's rule: the changed files and the git commit.

    `about` names its stories and values; `path` is the record that it changes at once, "" for none.
    """

    number: int
    said: RulingKind
    about: tuple[str, ...]
    path: str = ""
    changed: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()


def file_rule(newsroom: Newsroom, new: NewRule) -> RuleReport:
    """Store an editor's lasting rule in a git commit. If it exists already, nothing changes.

    It replaces an older rule on the same matter. Raises UsageError if it is invalid or another rule
    says the opposite, RecordError if its record is missing, or a file that it changes cannot be
    written or has uncommitted edits, BusyError if another process holds the write lock for ten
    seconds.
    """
    with hold_write_lock(newsroom) as lock:
        step, rule = put_rule(begin_edit(newsroom), new)
        made = make_edit(lock, step.edit, [step.words], newsroom.now)
    return _report(step, rule, made)


def put_rule(edit: Edit, new: NewRule) -> tuple[EditStep, Ruling]:
    """Add an editor's rule to a pending edit; return the extended edit and the stored rule.

    Raises UsageError and RecordError as `file_rule` does.
    """
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
    why = explain_idle(newsroom, rule)
    step = EditStep(
        edit=edit,
        words=CommitWords(subject=subject, why=rule.why, by=rule.by, action=_action(rule)),
        path=path,
        notes=(f"the rule has no effect now: {why}",) if why else (),
    )
    return step, rule


def undo_rule(newsroom: Newsroom, number: int, by: str) -> RuleReport:
    """Remove the editor's rule with a number; its story gets back the article's values.

    Raises UsageError for an unknown number, RecordError and BusyError as `file_rule` does.
    """
    with hold_write_lock(newsroom) as lock:
        edit = begin_edit(newsroom)
        rules = edit.rulings.rules
        if not 1 <= number <= len(rules):
            raise UsageError(
                "no rule has this number",
                subject=str(number),
                hint="run `copydesk rule list` to see the numbers",
            )
        rule = rules[number - 1]
        step = take_out_rule(edit, rule, by)
        made = make_edit(lock, step.edit, [step.words], newsroom.now)
    return replace(_report(step, rule, made), number=number)


def take_out_rule(edit: Edit, rule: Ruling, by: str) -> EditStep:
    """Remove an editor's rule in a pending edit; its story gets back the article's values."""
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
            f"the opposite rule {number} ({other.said}) exists already",
            subject=", ".join(other.stories),
            hint=f"run `copydesk rule undo {number}` to remove it",
        )


def _about(rule: Ruling, story: Story | None) -> str:
    """Return the subject of an editor's rule in one line: headline, record names or values."""
    told = story.title if story else ", ".join(rule.stories or rule.values)
    return text.fold(told)[:200]


def _record(edit: Edit, rule: Ruling) -> Story | None:
    """Return the story whose record an editor's rule changes at once, None if it changes none."""
    if RULING_KINDS[rule.said].applies_to != "record":
        return None
    path = news_path(edit.newsroom, rule.stories[0])
    return None if path is None else edit.find(path)


def _action(rule: Ruling, done: str = "") -> str:
    """Return a rule's description for the last line of its commit message, by which it is found."""
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
