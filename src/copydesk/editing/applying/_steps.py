"""Apply each kind of editor's action (decision, rule, correction, undo …) to a pending edit.

verdict · rule · correct · undo · file · write · list ──> a step of an edit that actions share

The command line files the same changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from copydesk import archive, review
from copydesk.archive import reading_lists
from copydesk.editing import _rules
from copydesk.editing._edit import CommitWords, Edit, EditStep, is_action_id
from copydesk.editing._explain import news_path
from copydesk.editing._verdicts import put_clearing, put_verdict, speaker
from copydesk.editing.applying._field_digests import find_undo_note
from copydesk.editing.undo import put_undoing
from copydesk.errors import CopydeskError, RecordError, UsageError
from copydesk.kit import text, urls
from copydesk.kit.options import fill
from copydesk.news import Beat, EditorAction, Image, Provider, Ruling, Story, Verdict
from copydesk.news.edition import ChosenStory, ReadingList
from copydesk.news.ruling import RULING_KINDS, ActionKind, EditConflict, Said
from copydesk.news.source import Tip
from copydesk.news.story import Event, EventKind
from copydesk.newsroom import Newsroom
from copydesk.newsroom.uploads import find_upload_path, read_upload
from copydesk.review import corrections
from copydesk.rounds.sources import source_address

_SUBJECT = 200
_ID_CHARACTERS = 64
_FIRST_WORDS = 3  # an action's values before the stories: id, title and description


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledList:
    """A stored reading list; `version` changes with its file, and is "" if the file is missing."""

    listed: ReadingList
    version: str = ""


def list_key(list_id: str) -> str:
    """Return the key "lists/ID" of a reading list's version in the mapping `EditorAction.seen`."""
    return f"lists/{list_id}"


def find_lists(newsroom: Newsroom) -> tuple[tuple[FiledList, ...], tuple[CopydeskError, ...]]:
    """Return the site's reading lists by id, and an error for each that cannot be read."""
    troubles: list[CopydeskError] = []
    lists = [
        FiledList(listed=listed, version=_version(newsroom, listed.id))
        for listed in reading_lists.find_reading_lists(newsroom.root, troubles.append)
    ]
    return tuple(lists), tuple(troubles)


def _version(newsroom: Newsroom, list_id: str) -> str:
    try:
        return _digest(newsroom.archive.file_bytes(reading_lists.list_path(list_id)))
    except RecordError:  # it is called .yml, or was just deleted
        return ""


def _digest(data: bytes | None) -> str:
    return hashlib.sha256(data).hexdigest()[:16] if data else ""


def name_list(title: str) -> str:
    """Return a reading list's id, made from its title; "" if the title has no Latin letters."""
    return archive.slug(title)[:_ID_CHARACTERS].strip("-")


def read_own_list(action: EditorAction) -> ReadingList:
    """Parse the values of an editor's action as a reading list; UsageError if they are invalid.

    The values are its id, title and description, and a note on each of its stories.
    """
    list_id, title, description = (*action.values[:_FIRST_WORDS], "", "", "")[:_FIRST_WORDS]
    if not reading_lists.is_list_id(list_id):
        raise UsageError(
            "invalid name of a reading list",
            subject=list_id[:80],
            hint="use lower-case letters, digits and hyphens, such as the-best-of-2026",
        )
    words = action.values[_FIRST_WORDS:]
    words += ("",) * (len(action.stories) - len(words))
    listed = ReadingList(
        id=list_id,
        title=text.fold(title),
        description=text.tidy(description),
        by=action.by,
        updated_at=action.at.replace(microsecond=0),
        stories=tuple(
            ChosenStory(name=name, words=text.tidy(said))
            for name, said in zip(action.stories, words, strict=False)
        ),
    )
    _must_be_readable(listed)
    return listed


def _must_be_readable(listed: ReadingList) -> None:
    """Raise UsageError for a reading list that cannot be written to a file."""
    try:
        reading_lists.edit_reading_list(b"", listed)
    except RecordError as error:
        raise UsageError(error.what, subject=listed.id, hint=error.hint) from error


def _describe_action(action: EditorAction, subject: str, done: str) -> CommitWords:
    return CommitWords(subject=subject, why=action.why, by=action.by, action=done)


def put_list(edit: Edit, action: EditorAction) -> EditStep:
    """Set or delete a reading list in a pending edit; UsageError or RecordError if it is invalid.

    If somebody else has changed the list since the editor saw it, the step has a conflict instead.
    """
    listed = _find_list_of(action)
    path = reading_lists.list_path(listed.id)
    present = edit.find_bytes(path)
    words = _describe_action(
        action, f"list: {listed.title or listed.id}"[:_SUBJECT], f"list {action.said} {listed.id}"
    )
    wanted = None
    if action.said == "set":
        wanted = reading_lists.edit_reading_list(
            present or b"", _as_it_stands(listed, path, present)
        )
    elif present is None:
        raise UsageError("the reading list no longer exists", subject=listed.id)
    if wanted == present:
        return EditStep(edit=edit, words=words)
    seen = action.seen.get(list_key(listed.id))
    if seen is not None and seen != _digest(present) and path not in edit.own_fields:
        conflict = EditConflict(
            path=path, field="list", left=_describe(path, wanted), now=_describe(path, present)
        )
        return EditStep(edit=edit, words=words, differences=(conflict,))
    after = edit.with_bytes(path, wanted)
    return EditStep(edit=replace(after, needed=after.needed | {path}), words=words)


def _find_list_of(action: EditorAction) -> ReadingList:
    if action.said == "set":
        return read_own_list(action)
    list_id = "".join(action.values[:1])
    if action.said != "end" or not reading_lists.is_list_id(list_id):
        raise UsageError("expected the action set or end", subject=f"{action.said} {list_id}"[:80])
    return ReadingList(id=list_id, title="")


def _as_it_stands(wanted: ReadingList, path: str, present: bytes | None) -> ReadingList:
    """Return the stored reading list if `wanted` differs only in editor and time, else `wanted`."""
    if not present:
        return wanted
    now = reading_lists.parse_reading_list(path, present)
    same = replace(wanted, by=now.by, updated_at=now.updated_at)
    return same if same == now else wanted


def _describe(path: str, data: bytes | None) -> str:
    """Return a reading list's title and the names of its stories, as text for people."""
    if data is None:
        return "nothing"
    try:
        listed = reading_lists.parse_reading_list(path, data)
    except RecordError as error:
        return error.what
    return f"{listed.title}: {', '.join(story.name for story in listed.stories)}"[:300]


# Tips: the address of a page that a person found, checked for the next round.

_BY_CHARACTERS = 200


def new_tip(newsroom: Newsroom, url: str, *, topic: str = "", why: str = "", by: str = "") -> Tip:
    """Return a checked tip: a page's URL from which an editor wants the next run to make a story.

    `topic` is a name or id, `by` is "" for git's user. Raises UsageError for an invalid web
    address, an unknown topic, and texts that are too long.
    """
    _rules.must_be_short(why, _rules.WHY_CHARACTERS, "--why")
    _rules.must_be_short(by, _BY_CHARACTERS, "--as")
    return Tip(
        url=source_address(url),
        source="",
        found=newsroom.now,
        by=text.fold(speaker(newsroom, by)),
        why=text.fold(why),
        topic=_topic_name(newsroom.beat, topic) if topic else "",
    )


def _topic_name(beat: Beat, said: str) -> str:
    try:
        return _rules.topic_names(beat, (said,))[0]
    except UsageError as error:
        raise UsageError(
            error.what, subject=error.subject, hint=_rules.list_topics(beat)
        ) from error


# Corrections: a published story's headline or excerpt is changed, with a note for readers. The new
# text becomes rules, which later rounds follow; the note goes into the record's history.

_FIELDS = ("title", "excerpt")


def list_rules_of(edit: Edit, path: str, action: EditorAction) -> list[_rules.NewRule]:
    """Return the rules that keep an editor's correction when the page is fetched again.

    The action's values are a field and its new text, or two such pairs. Raises UsageError if site
    visitors could not see the note: the story is not published, the profile's records have no
    history, or the action gives no reason.
    """
    _must_have_readers(edit, path, action)
    return list(_list_rules(action, path))


def note_correction(before: Edit, after: Edit, path: str, action: EditorAction) -> EditStep:
    """Add an editor's correction, with its note for site visitors, to the story's record."""
    story, corrected = before.find(path), after.find(path)
    words = _describe_action(action, f"correct: {text.fold(story.title)}", f"correct {path}")
    if corrected == story:
        return EditStep(edit=before, words=words, path=path)
    events = [Event.of(EventKind.CORRECTED, why=text.fold(action.why))]
    if corrected.title != story.title:
        events.insert(0, Event.of(EventKind.HEADLINE_CHANGED, title=story.title))
    noted = corrections.add_to_history(
        replace(corrected, updated_at=action.at.replace(microsecond=0)), action.at, events
    )
    return EditStep(edit=after.with_need(corrected, noted), words=words, path=path)


def _must_have_readers(edit: Edit, path: str, action: EditorAction) -> None:
    if not edit.beat.scoring.traits.has_blocks:
        raise UsageError(
            'corrections need the setting scoring.profile = "copydesk"',
            subject=path,
            hint="change the headline or the excerpt, and explain it in a note",
        )
    if not edit.find(path).published:
        raise UsageError(
            "the story is not published", subject=path, hint="change the story without a correction"
        )
    if not text.fold(action.why):
        raise UsageError("a correction needs a note", hint="tell readers what was wrong")


def _list_rules(action: EditorAction, path: str) -> Iterator[_rules.NewRule]:
    """Yield a rule for each field (headline, excerpt) of an editor's correction."""
    fields, words = action.values[::2], action.values[1::2]
    if not fields or len(fields) != len(words) or not set(fields) <= set(_FIELDS):
        raise UsageError(
            "a correction can only change the headline or the excerpt",
            hint=f"the fields are: {', '.join(_FIELDS)}",
        )
    for field, value in zip(fields, words, strict=True):
        yield _rules.NewRule(
            said="rename" if field == "title" else "set",
            why=action.why,
            by=action.by,
            paths=(path,),
            values=(value,) if field == "title" else (field, value),
        )


# Own stories: an editor's story without a source is filed and published at once. Its text is the
# record's note; it gets a verdict.

PICTURED = "pictured"  # an action's `said` if its values include a picture
_CREDIT_CHARACTERS = 200
_PICTURE_VALUES = 3
_FIRST_VALUES = 3  # of an action: the headline, the excerpt and the text; topics come last


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStory:
    """A story written by an editor: `text` is Markdown, `topics` are names of the site's topics.

    `picture` is an upload of the newsroom, with its alt text and credit.
    """

    title: str
    excerpt: str
    text: str
    topics: tuple[str, ...]
    picture: Image | None = None


def read_own_story(beat: Beat, said: str, values: Sequence[str]) -> OwnStory:
    """Parse an action's values as a story written by the editor: headline, excerpt, text, topics.

    If `said` is PICTURED, an upload's address, its alt text and credit come before the topics.
    Raises UsageError if a value is missing or too long, and in a profile whose records have no
    place for a text.
    """
    if not beat.scoring.traits.has_blocks:
        raise UsageError(
            'stories written by editors need the setting scoring.profile = "copydesk"',
            hint="publish the story elsewhere, and add its URL",
        )
    title, excerpt, note = (*values[:_FIRST_VALUES], "", "", "")[:_FIRST_VALUES]
    picture, topics = _part_picture(beat, said, values[_FIRST_VALUES:])
    excerpt, main = text.fold(excerpt), [beat.topic] if beat.topic else []
    _rules.must_be_short(excerpt, beat.excerpt.max_characters, "the excerpt")
    return OwnStory(
        title=_require(text.fold(title), _rules.TITLE_CHARACTERS, "the headline"),
        excerpt=excerpt,
        text=_require(text.tidy(note), _rules.STORY_CHARACTERS, "the text"),
        topics=_rules.topic_names(beat, [*main, *topics]),
        picture=picture,
    )


def _part_picture(
    beat: Beat, said: str, values: Sequence[str]
) -> tuple[Image | None, Sequence[str]]:
    """Split an action's values: return the picture, or None, and the remaining values."""
    if not said:
        return None, values
    if said != PICTURED or len(values) < _PICTURE_VALUES:
        raise UsageError("unknown kind of story", subject=said[:80])
    url, alt, credit = values[:_PICTURE_VALUES]
    if not find_upload_path(beat, url):
        hint = "upload a picture of at most 5 MB"
        raise UsageError("the picture was never uploaded", subject=url[:_SUBJECT], hint=hint)
    alt, credit = text.fold(alt), text.fold(credit)
    if not alt:
        hint = "describe the picture in a few words for readers who cannot see it"
        raise UsageError("the picture has no description", hint=hint)
    _rules.must_be_short(alt, _rules.TITLE_CHARACTERS, "the picture's description")
    _rules.must_be_short(credit, _CREDIT_CHARACTERS, "the picture's credit")
    return Image(url=url, title=alt, attribution=credit), values[_PICTURE_VALUES:]


def put_story(edit: Edit, action: EditorAction) -> EditStep:
    """Add a story written by an editor to a pending edit; raises UsageError if it is invalid.

    Its publisher is the site. Its quality is not computed but is the publishing threshold, which
    gives it a place among other stories until a rule or a pin changes that.
    """
    own = read_own_story(edit.beat, action.said, action.values)
    published_at = action.at.replace(microsecond=0)
    story = Story(
        path=archive.story_path(
            own.title, published_at, action.id, lambda path: _is_taken(edit, path)
        ),
        title=own.title,
        excerpt=own.excerpt,
        published_at=published_at,
        quality=edit.beat.scoring.publish_at,
        heat=edit.beat.scoring.publish_at,
        provider=_make_provider(edit.beat),
        topics=own.topics,
        language=edit.beat.locale.partition("-")[0].lower(),
        note=own.text,
        images=(own.picture,) if own.picture else (),
    )
    story = replace(story, machine=review.digests(story))  # the verdict has no digest
    verdict = Verdict(by=action.by, at=published_at, said="publish", why=action.why)
    words = _describe_action(action, f"write: {own.title}"[:_SUBJECT], f"write {story.path}")
    made = edit.with_new_story(review.apply_verdict(story, verdict, edit.beat))
    if own.picture:
        made = take_upload(made, own.picture.url)
    return EditStep(edit=made, words=words, path=story.path)


def take_upload(edit: Edit, url: str) -> Edit:
    """Return an edit that also adds an editor's uploaded picture to the site's assets.

    URLs of other pictures change nothing. Raises UsageError if the upload is gone.
    """
    path = find_upload_path(edit.beat, url)
    if not path or path in edit.restored or archive.digest_of(edit.newsroom.root, path):
        return edit
    return edit.with_bytes(path, read_upload(edit.newsroom, path))


def _require(words: str, most: int, what: str) -> str:
    if not words:
        raise UsageError(f"{what} is missing", hint="write a headline and a text")
    _rules.must_be_short(words, most, what)
    return words


def _is_taken(edit: Edit, path: str) -> bool:
    places = (edit.newsroom.root / place for place in archive.record_places(path))
    return path in edit.stories or any(place.exists() for place in places)


def _make_provider(beat: Beat) -> Provider:
    return Provider(name=text.fold(beat.title), domain=urls.registrable_domain(beat.url))


def put_action(edit: Edit, action: EditorAction) -> EditStep:
    """Apply an editor's action to a pending edit; UsageError or RecordError if it is invalid."""
    if not is_action_id(action.id):
        raise UsageError("invalid id of an action", subject=repr(action.id[:100]))
    _rules.must_be_short(action.why, _rules.WHY_CHARACTERS, "the reason")
    _rules.must_be_short(action.by, _BY_CHARACTERS, "the name")
    if not text.fold(action.by):
        raise UsageError("the editor's name is missing")
    whole = action.at.replace(microsecond=0)  # as records store it: later steps compare with that
    action = replace(action, by=text.fold(action.by), at=whole)
    return _STEPS[action.kind](edit, action)


def find_records(edit: Edit, action: EditorAction) -> tuple[str, ...]:
    """Return the record paths of the stories that an action names; RecordError if missing."""
    return tuple(_find_record(edit, name) for name in dict.fromkeys(action.stories))


def _find_record(edit: Edit, name: str) -> str:
    is_name = bool(name) and "/" not in name and not name.startswith(".")
    newsroom = edit.newsroom
    path = news_path(newsroom, name) if is_name else None
    if path is None:
        raise RecordError(
            "the story does not exist",
            subject=name[:_BY_CHARACTERS],
            hint="check whether its file was deleted or moved",
        )
    return path


def _one_record(edit: Edit, action: EditorAction) -> str:
    paths = find_records(edit, action)
    if len(paths) != 1:
        raise UsageError(f"the action {action.kind} must name one story", subject=str(len(paths)))
    return paths[0]


def _put_verdicts(edit: Edit, action: EditorAction) -> EditStep:
    """Apply one editor's decision (verdict) to each of an action's stories."""
    said = next((word for word in get_args(Said) if word == action.said), None)
    paths = find_records(edit, action)
    if not paths or (said is None and action.said != "clear"):
        raise UsageError("the decision is unknown, or names no story", subject=action.said[:100])
    steps = []
    for path in paths:
        if said is None:
            step = put_clearing(edit, path, action.by, action.why)
        else:
            verdict = Verdict(by=action.by, at=action.at, said=said, why=action.why)
            step = put_verdict(edit, path, verdict)
        edit = step.edit
        steps.append(step)
    return _join(steps)


def _join(steps: Sequence[EditStep]) -> EditStep:
    """Merge the edit steps of one action into one step."""
    last = steps[-1]
    if len(steps) == 1:
        return last
    action = " ".join([last.words.action, *(step.path for step in steps[:-1])])
    words = replace(
        last.words, action=action, subject=f"{last.words.subject} and {len(steps) - 1} more"
    )
    notes = tuple(dict.fromkeys(note for step in steps for note in step.notes))
    return replace(last, words=words, notes=notes)


def _put_rule(edit: Edit, action: EditorAction) -> EditStep:
    if action.said == "undo":
        return _rules.take_out_rule(edit, _find_rule(edit, action), action.by)
    said = next((kind for kind in RULING_KINDS if kind == action.said), None)
    if said is None:
        raise UsageError("unknown kind of rule", subject=action.said[:100])
    form = RULING_KINDS[said]
    for what, given, (least, most) in (
        ("stories", action.stories, form.stories),
        ("values", action.values, form.values),
    ):
        if not least <= len(given) <= most:
            raise UsageError(f"the rule {said} needs more or fewer {what}", subject=str(len(given)))
    if action.until is not None and not form.may_end:
        raise UsageError(f"the rule {said} cannot have an end date", hint="undo the rule later")
    new = fill(_rules.NewRule, action, said=said, paths=find_records(edit, action))
    step, _ = _rules.put_rule(edit, new)
    return replace(step, edit=_with_upload(step.edit, action))


def _with_upload(edit: Edit, action: EditorAction) -> Edit:
    """Return an edit with the uploaded file, if an action makes it a story's picture."""
    is_picture = action.said == "set" and action.values[0] == "picture"
    return take_upload(edit, action.values[1]) if is_picture else edit


def _put_correction(edit: Edit, action: EditorAction) -> EditStep:
    path, after = _one_record(edit, action), edit
    for rule in list_rules_of(edit, path, action):
        step, _ = _rules.put_rule(after, rule)
        after = step.edit
    return note_correction(edit, after, path, action)


def _put_tip(edit: Edit, action: EditorAction) -> EditStep:
    """Store a page's URL that an editor wants as a story; the second value may be a topic."""
    if not 1 <= len(action.values) <= 2:
        raise UsageError("adding a page needs its URL", subject=f"{len(action.values)} given")
    url, topic = (*action.values, "")[:2]
    tip = new_tip(edit.newsroom, url, topic=topic, why=action.why, by=action.by)
    words = _describe_action(action, f"add: {tip.url}"[:_BY_CHARACTERS], f"file {tip.url}")
    waiting = replace(edit, tips=(*edit.tips, tip))
    return EditStep(edit=waiting, words=words, notes=("the page is read in the next run",))


def _find_rule(edit: Edit, action: EditorAction) -> Ruling:
    """Return the editor's rule to undo, by the action's values: its kind, then its values.

    For a rule that sets a field, the field is enough.
    """
    said, *values = action.values or ("",)
    for rule in reversed(edit.rulings.rules):
        is_of_story = (rule.said, rule.stories) == (said, action.stories)
        if is_of_story and list(rule.values[: len(values)]) == values:
            return rule
    raise UsageError("the rule was removed", subject=f"{said} {', '.join(action.stories)}"[:200])


def _put_undoing(edit: Edit, action: EditorAction) -> EditStep:
    """Undo an earlier action of an editor in an edit, without the other actions of its commit."""
    undone = "".join(action.values[:1])
    note = find_undo_note(edit, undone)
    words = _describe_action(
        action, f"undo: {note.subject.removeprefix('undo: ')}"[:_BY_CHARACTERS], f"undo {undone}"
    )
    return put_undoing(edit, note.files, words, is_in_the_way=_is_in_the_way)


def _is_in_the_way(conflict: EditConflict) -> bool:
    """Return whether a later change prevents an undo; a new popularity score (heat) does not.

    Heat -1 does: the story is now behind the leader of its group.
    """
    return conflict.field != "heat" or conflict.now == "-1"


def _put_list(edit: Edit, action: EditorAction) -> EditStep:
    """Apply an action that sets or deletes a reading list, whose stories must exist."""
    find_records(edit, action)
    return put_list(edit, action)


_STEPS: Mapping[ActionKind, Callable[[Edit, EditorAction], EditStep]] = {
    "verdict": _put_verdicts,
    "rule": _put_rule,
    "correct": _put_correction,
    "undo": _put_undoing,
    "file": _put_tip,
    "write": put_story,
    "list": _put_list,
}
