"""Parse editors' actions (decisions, rules, edits) from forms and JSON; nothing is stored here."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, cast, get_args
from uuid import uuid4

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from copydesk import editing
from copydesk.errors import UsageError
from copydesk.kit import dates
from copydesk.news import EditorAction
from copydesk.news.ruling import RULING_KINDS, ActionKind, RulingKind, Said, SetField

MOST = 200  # actions in one request
_WORDS = 10_000  # characters of a reason, or of any value
_LONGEST_SNOOZE = timedelta(days=366)
_STORIES = 200
_EDITS = {"rename": "title", "retopic": "topics"}  # rules that set a field, with that field
_UNREADABLE = (
    msgspec.DecodeError,
    UnicodeDecodeError,
    RecursionError,
)  # RecursionError: nested too deep
_VERDICTS = frozenset({*get_args(Said), "clear"})
_KINDS: tuple[ActionKind, ...] = get_args(ActionKind)


class SentAction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An editor's action to carry out, as a program or the browser script sends it.

    `kind` and `said` are `verdict` with `publish`, `hold`, `reject`, `remove` or `clear`; `rule`
    with the name of a rule; `file`, `write`, `correct`, `undo`; `list` with `set` or `end`.
    `snooze` hides stories from those that wait, `until` a time; without it they wait again. `seen`
    are digests of fields as they were seen (`"NAME title"`): where one has changed, the action is a
    conflict and changes nothing. `base` is the same for an edit that took a while: a change by the
    account itself since then is a conflict, too. Without an `id` the Idempotency-Key is used, else
    a new one is made.
    """

    kind: ActionKind
    said: str = ""
    stories: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    why: str = ""
    until: datetime | None = None
    seen: Mapping[str, str] = {}
    base: Mapping[str, str] = {}
    id: Annotated[str, Meta(max_length=100)] = ""


class StoryFields(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a story that an editor can change in its edit form."""

    title: str = ""
    excerpt: str = ""
    topics: list[str] = []
    note: str = ""
    picture: str = ""
    url: str = ""


_SET_FIELDS: tuple[SetField, ...] = tuple(
    field for field in get_args(SetField) if field in StoryFields.__struct_fields__
)


def read_json(body: bytes, by: str, at: datetime) -> list[EditorAction]:
    """Parse the editor's actions in a JSON request body; raises UsageError for an invalid one."""
    try:
        sent = msgspec.json.decode(body, type=list[SentAction])
    except _UNREADABLE as error:
        raise UsageError(f"could not read the actions in the request body: {error}") from error
    return make_actions(sent, by, at)


def make_actions(sent: Sequence[SentAction], by: str, at: datetime) -> list[EditorAction]:
    """Convert actions sent as JSON to actions of the editor `by`, at the time `at`.

    Raises UsageError for an invalid one, or for more than 200.
    """
    if not 0 < len(sent) <= MOST:
        raise UsageError("expected 1 to 200 actions in a request", subject=str(len(sent)))
    return [_make_action(one, by, at) for one in sent]


def read_form(fields: Sequence[tuple[str, str]], by: str, at: datetime) -> list[EditorAction]:
    """Return the actions of a form on the queue page: what its button does, for each story in it.

    `do` is `verdict WORD` or `rule KIND [NAME]`, where NAME is the record that the rule is about,
    or `snooze` with the field `until`. With `undo` each `value` is the id of an action to undo.
    """
    form = dict(fields)
    stories = [value for name, value in fields if name == "story"]
    kind, said, named = (*form.get("do", "").split(" ", 2), "", "", "")[:3]
    known = next((one for one in _KINDS if one == kind), None)
    if known is None:
        raise UsageError("unknown action in the form", subject=kind[:80])
    first = form.get("id") or str(uuid4())
    common = SentAction(
        kind=known,
        said=said,
        values=tuple(filter(None, (form.get("value", ""),))),
        why=form.get("why", ""),
        until=dates.parse(form.get("until", "")) if known == "snooze" else None,
        seen=read_digests(form.get("seen", ""), stories),
    )
    if known == "undo":
        return _name_in_order(first, _list_undos(common, fields), by, at)
    lots = _name_stories(said, named, stories)
    return _name_in_order(first, [replace(common, stories=names) for names in lots], by, at)


def _list_undos(common: SentAction, fields: Sequence[tuple[str, str]]) -> list[SentAction]:
    undone = [replace(common, values=(value,)) for name, value in fields if name == "value"]
    return undone or [common]


def read_edit(
    name: str, fields: Sequence[tuple[str, str]], by: str, at: datetime
) -> list[EditorAction]:
    """Return an action for each field that an editor changed in a story's edit form.

    The `base` of each action has the digests of the version that the form showed. Where the form
    showed two versions, `keep_FIELD` names the chosen one: `mine`, `theirs`, or what is `edited`.
    Raises UsageError for an invalid form.
    """
    form = dict(fields)
    was, now = read_versions(fields)
    first = form.get("id") or str(uuid4())
    common = SentAction(
        kind="rule",
        stories=(name,),
        why=form.get("why", ""),
        base=read_digests(form.get("seen", ""), [name]),
    )
    edits = [replace(common, said=said, values=values) for said, values in _find_edits(was, now)]
    return _name_in_order(first, edits, by, at)


def read_versions(fields: Sequence[tuple[str, str]]) -> tuple[StoryFields, StoryFields]:
    """Return a story's fields as its edit form showed them, and as the editor changed them.

    Raises UsageError for an incomplete form.
    """
    form = dict(fields)
    try:
        was = msgspec.json.decode(form.get("was", ""), type=StoryFields)
        mine = msgspec.json.decode(form.get("mine") or "{}", type=StoryFields)
    except _UNREADABLE as error:
        raise UsageError("the form is incomplete", hint="reload the page") from error
    versions = {"theirs": was, "mine": mine}
    edited = StoryFields(
        title=form.get("title", ""),
        excerpt=form.get("excerpt", ""),
        topics=[value for field, value in fields if field == "topic"],
        note=form.get("note", ""),
        picture=form.get("other_picture", "").strip() or form.get("picture", ""),
        url=form.get("url", ""),
    )
    chosen = {
        field: getattr(versions[form[f"keep_{field}"]], field)
        for field in StoryFields.__struct_fields__
        if form.get(f"keep_{field}") in versions
    }
    return was, replace(edited, **chosen)


def list_edit_ids(first: str) -> list[str]:
    """Return all ids that edits from one form may have, beginning with `first`."""
    fields = len(StoryFields.__struct_fields__)
    return [f"{first}-{number}" if number else first for number in range(fields)]


def has_other_values(actions: Sequence[EditorAction], kept: Sequence[EditorAction]) -> bool:
    """Return whether the id of an action was already used for a different action."""
    before = {action.id: action for action in kept}
    return any(
        dataclasses.replace(action, at=before[action.id].at) != before[action.id]
        for action in actions
        if action.id in before
    )


def name_anew(actions: Sequence[EditorAction]) -> list[EditorAction]:
    """Return edits with new ids, because the ids of their form are already used."""
    ids = list_edit_ids(str(uuid4()))
    return [dataclasses.replace(action, id=ids[place]) for place, action in enumerate(actions)]


def name_field(action: EditorAction) -> str:
    """Return the field of a story's edit form that an action changes, "" if it changes none."""
    if action.kind != "rule":
        return ""
    field = "".join(action.values[:1]) if action.said == "set" else _EDITS.get(action.said, "")
    return field if field in StoryFields.__struct_fields__ else ""


def change_fields(fields: StoryFields, actions: Sequence[EditorAction]) -> StoryFields:
    """Return the fields of a story after the actions of its edit form were applied to them."""
    read: Mapping[str, Callable[[EditorAction], object]] = {
        "rename": lambda action: action.values[0],
        "retopic": lambda action: list(action.values),
        "set": lambda action: action.values[1],
    }
    values = {name_field(action): read[action.said](action) for action in actions}
    return replace(fields, **values)


def list_texts(fields: StoryFields) -> dict[str, str]:
    """Return the text fields of a story as a mapping from field name to text."""
    values = msgspec.structs.asdict(fields)
    return {name: value for name, value in values.items() if isinstance(value, str)}


def list_inputs(actions: Sequence[EditorAction]) -> dict[str, str]:
    """Return the values that edits set, by the names of the inputs of the edit form."""
    fields = change_fields(StoryFields(), actions)
    why = actions[0].why if actions else ""
    return {**list_texts(fields), "why": why, "other_picture": fields.picture}


def _find_edits(was: StoryFields, now: StoryFields) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield an editor's rules that set a story's fields to a form's values; skip empty fields."""
    if _differs(was.title, now.title):
        yield "rename", (now.title,)
    if now.topics and {*now.topics} != {*was.topics}:
        yield "retopic", tuple(now.topics)
    for field in _SET_FIELDS:
        value = str(getattr(now, field))
        if _differs(str(getattr(was, field)), value):
            yield "set", (field, value)


def _differs(was: str, now: str) -> bool:
    return now.replace("\r\n", "\n").strip() not in {"", was.strip()}


def _name_stories(said: str, named: str, stories: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the stories of each action: one each, or all for a rule that groups stories."""
    if said == "lead" and named:
        return [(named,)]
    if named:  # split off from the row's stories
        return [(named, *stories)]
    if said == "merge" or not stories:
        return [tuple(stories)]
    return [(story,) for story in stories]


def _name_in_order(
    first: str, sent: Sequence[SentAction], by: str, at: datetime
) -> list[EditorAction]:
    """Return the actions of one form; their ids are the form's id with a number."""
    ids = (f"{first}-{number}" if number else first for number in range(len(sent)))
    return [
        _make_action(replace(one, id=name), by, at) for one, name in zip(sent, ids, strict=True)
    ]


def _make_action(sent: SentAction, by: str, at: datetime) -> EditorAction:
    """Return a sent action as an action of the editor; raises UsageError if it is invalid."""
    action = EditorAction(by=by, at=at, **msgspec.structs.asdict(sent))
    if not editing.is_action_id(action.id):
        raise UsageError("invalid action id", subject=action.id[:80], hint="use a UUID")
    words = (action.id, action.why, *action.values, *action.stories)
    if max(map(len, words)) > _WORDS or len(action.stories) > _STORIES:
        raise UsageError("the action is too long", subject=action.id[:80])
    if action.kind == "verdict" and action.said not in _VERDICTS:
        raise UsageError("unknown decision", subject=action.said[:80])
    if action.kind == "rule":
        _check_rule(action)
    if action.kind == "verdict" and len(action.stories) != 1:
        raise UsageError("a decision must name exactly one story", subject=str(len(action.stories)))
    if action.kind == "snooze":
        _check_snooze(action)
    return action


def _check_snooze(action: EditorAction) -> None:
    if not action.stories:
        raise UsageError("select at least one story to snooze")
    if action.until and dates.utc(action.until) > action.at + _LONGEST_SNOOZE:
        raise UsageError("a story can be snoozed for at most a year", subject=str(action.until))


def _check_rule(action: EditorAction) -> None:
    if action.said == "undo":  # its values name the rule to undo
        return
    form = RULING_KINDS.get(cast("RulingKind", action.said))
    if form is None:
        raise UsageError("unknown kind of rule", subject=action.said[:80])
    least, most = form.stories
    if not least <= len(action.stories) <= most:
        raise UsageError(f"wrong number of stories for {action.said}: {len(action.stories)}")
    is_text = action.said == "set" and action.values[:1] in {("summary",), ("translation",)}
    if is_text and len(action.values) > 2:  # the desk itself notes which articles are opened
        raise UsageError("a text is approved on the page of its story", hint="open the reports")


def read_digests(text: str, stories: Sequence[str]) -> Mapping[str, str]:
    """Return the digests of story fields in a form of the queue page, by "NAME FIELD"."""
    try:
        fields = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(fields, dict) or len(stories) != 1:
        return {}
    return {f"{stories[0]} {name}": str(value) for name, value in fields.items()}
