"""Commit entries: what one commit did to a story, as entries of its trail.

An editor's commit says in its last lines which words it holds; what they said stands in the record
and among the rulings as the commit has them. A commit without such lines is a round's, or that of
a person with git.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from copydesk.archive import StoryCommit
from copydesk.engine.editing import CommitWords, read_words
from copydesk.engine.trail._trail_entry import TrailEntry, TrailKind, describe
from copydesk.kit import dates, text
from copydesk.news import Event, EventKind, Ruling, Story, Verdict

_UNSEEN = frozenset({"history", "machine", "secured", "verdict"})  # told by entries of their own


Word = Verdict | Ruling | Event  # what stands on a story


def list_commit_entries(
    commit: StoryCommit, name: str, earlier: Sequence[TrailEntry], told: Collection[Word]
) -> list[TrailEntry]:
    """Return what a commit did to the story of a name, after the entries of earlier ones.

    `told` is what stood there after any of those.
    """
    words = [said for said in read_words(commit.message) if _is_about(said, name, earlier)]
    entries = [_tell_word(commit, said, name, earlier) for said in words]
    entries += _list_events(commit, told, is_editor=bool(words))
    if not words:
        entries += _list_changes(commit, name)
    elif fields := _list_fields(commit):
        entries[0] = replace(entries[0], fields=fields)
    at = dates.rfc3339(commit.at)
    return [replace(entry, at=entry.at or at, commit=commit.id) for entry in entries]


def _is_about(said: CommitWords, name: str, earlier: Sequence[TrailEntry]) -> bool:
    """Decide whether an editor's word names a story, or takes one back that did."""
    verb, _, rest = said.action.partition(" ")
    if verb == "undo":
        return _find_undone(rest, earlier) is not None
    names = (part.rsplit("/", 1)[-1].removesuffix(".md") for part in rest.split(" "))
    return name in names


def _find_undone(wanted: str, earlier: Sequence[TrailEntry]) -> TrailEntry | None:
    """Return the entry of an action, by its own id or its commit's, None where it is not told."""
    found = (entry for entry in reversed(earlier) if wanted in {entry.action, entry.commit})
    return next(found, None)


def _tell_word(
    commit: StoryCommit, said: CommitWords, name: str, earlier: Sequence[TrailEntry]
) -> TrailEntry:
    """Return an editor's word as an entry."""
    verb, _, rest = said.action.partition(" ")
    match verb:
        case "verdict":
            entry = _tell_verdict(commit, rest.partition(" ")[0])
        case "rule":
            entry = _tell_rule(commit, rest, name)
        case "undo":
            undone = _find_undone(rest, earlier)
            told = undone.what if undone else ""
            entry = _entry(TrailKind.UNDONE, undone=told)
        case "correct":
            entry = _entry(TrailKind.CORRECTED)
        case _:
            entry = _entry(TrailKind.WRITTEN)
    return replace(
        entry,
        by=entry.by or said.by,
        why=entry.why or text.fold(said.why),
        action=said.id,
    )


def _entry(kind: TrailKind, **values: str) -> TrailEntry:
    return TrailEntry(kind=kind, what=describe(kind, **values))


def _tell_verdict(commit: StoryCommit, said: str) -> TrailEntry:
    verdict = _verdict_in(commit, is_after=True)
    if said == "clear":
        return _entry(TrailKind.CLEARED)
    if verdict is None or verdict.said != said:  # another word of the same commit took its place
        return _entry(TrailKind.VERDICT, said=said)
    return tell_verdict(verdict)


def tell_verdict(verdict: Verdict) -> TrailEntry:
    """Return a verdict as an entry."""
    kind = TrailKind.VERDICT
    return TrailEntry(
        kind=kind,
        what=describe(kind, said=verdict.said),
        at=dates.rfc3339(verdict.at),
        by=verdict.by,
        why=verdict.why,
    )


def _verdict_in(commit: StoryCommit, *, is_after: bool) -> Verdict | None:
    """Return the verdict on a story before or after a commit: in its record or the rulings."""
    story = commit.after if is_after else commit.before
    if story is not None and story.verdict is not None:
        return story.verdict
    rulings = commit.rulings_after if is_after else commit.rulings_before
    return next(iter(rulings.verdicts.values()), None)


def _tell_rule(commit: StoryCommit, action: str, name: str) -> TrailEntry:
    """Return a rule, or its taking back, as an entry."""
    first, _, rest = action.partition(" ")
    added, removed = _list_rules(commit)
    if first == "undo":
        said = rest.partition(" ")[0]
        rule = next((rule for rule in removed if rule.said == said), None)
        words = describe_rule(rule, name) if rule else said
        return _entry(TrailKind.RULE_UNDONE, rule=words)
    rule = next((rule for rule in added if rule.said == first), None)
    return tell_rule(rule, name) if rule else _entry(TrailKind.RULED, rule=first)


def tell_rule(rule: Ruling, name: str) -> TrailEntry:
    """Return a rule on the story of a name as an entry."""
    kind = TrailKind.RULED
    return TrailEntry(
        kind=kind,
        what=describe(kind, rule=describe_rule(rule, name)),
        at=dates.rfc3339(rule.at),
        by=rule.by,
        why=rule.why,
    )


def describe_rule(rule: Ruling, name: str) -> str:
    """Return a rule's kind, the other stories that it names, its values and its end."""
    others = [story for story in rule.stories if story != name]
    field = [rule.field] if rule.field else []
    values = [f'"{value}"' for value in rule.values[len(field) :]]
    until = [f"until {dates.rfc3339(rule.until)}"] if rule.until else []
    return text.fold(" ".join([rule.said, *field, ", ".join([*others, *values]), *until]))


def _list_rules(commit: StoryCommit) -> tuple[list[Ruling], list[Ruling]]:
    """Return the rules on a story that a commit put in, and those that it took out."""
    before, after = commit.rulings_before.rules, commit.rulings_after.rules
    return (
        [rule for rule in after if rule not in before],
        [rule for rule in before if rule not in after],
    )


def _list_events(
    commit: StoryCommit, told: Collection[Word], *, is_editor: bool
) -> Iterator[TrailEntry]:
    """Walk the lines that a commit added to a story's history; a correction's is in its word."""
    events = (word for word in commit.news if isinstance(word, Event) and word not in told)
    for event in events:
        if not (is_editor and event.kind is EventKind.CORRECTED):
            yield tell_event(event)


def tell_event(event: Event) -> TrailEntry:
    """Return a line of a history as an entry."""
    kind = TrailKind.EVENT
    return TrailEntry(kind=kind, what=describe(kind, event=event.what), at=event.at)


def _list_changes(commit: StoryCommit, name: str) -> Iterator[TrailEntry]:
    """Walk what a commit changed that holds no word on the story."""
    if not commit.is_broken:
        yield from _list_moves(commit)
        yield from _list_rulings_by_hand(commit, name)
    fields = _list_fields(commit)
    if fields or commit.is_broken:
        words = read_words(commit.message)
        kind = TrailKind.CHANGED if commit.is_ours else TrailKind.EDITED
        kind = TrailKind.ALONG if words else kind
        by = words[0].by if words else _author(commit)
        yield replace(_entry(kind), by=by, fields=fields)


def _list_moves(commit: StoryCommit) -> Iterator[TrailEntry]:
    """Walk how a record came, went, or went to another place."""
    by = _author(commit)
    if commit.before is None and commit.after is not None:
        yield _tell_judgement(commit.after)
        yield replace(_entry(TrailKind.FILED), by=by)
    elif commit.after is None and commit.before is not None:
        yield replace(_entry(TrailKind.DELETED), by=by)
    elif commit.moved and commit.after is not None:
        yield replace(_entry(TrailKind.ARCHIVED, to=commit.after.path), by=by)


def _list_rulings_by_hand(commit: StoryCommit, name: str) -> Iterator[TrailEntry]:
    """Walk the rules and verdicts that a person wrote into the files, or took out of them."""
    added, removed = _list_rules(commit)
    by = _author(commit)
    for rule in removed:
        words = describe_rule(rule, name)
        yield replace(_entry(TrailKind.RULE_UNDONE, rule=words), by=by)
    yield from (tell_rule(rule, name) for rule in added)
    before, after = (_verdict_in(commit, is_after=is_after) for is_after in (False, True))
    if after is not None and after != before:
        yield tell_verdict(after)
    elif before is not None and after is None and commit.after is not None:
        yield replace(_entry(TrailKind.CLEARED), by=by)


def _tell_judgement(story: Story) -> TrailEntry:
    """Return how a story was judged when it was filed."""
    quality = "" if story.quality is None else str(story.quality)
    standing = "published" if story.published else "not published"
    return _entry(TrailKind.JUDGED, quality=quality, standing=standing)


def _list_fields(commit: StoryCommit) -> tuple[str, ...]:
    """Return the fields that a commit changed and that no entry of their own tells.

    Reasons change with whatever they are about: they are told where nothing else is.
    """
    fields = tuple(field for field in commit.fields if field not in _UNSEEN)
    return tuple(field for field in fields if field != "reasons") or fields


def _author(commit: StoryCommit) -> str:
    """Return who made a commit, "" for the newsroom itself."""
    return "" if commit.is_ours else text.fold(commit.author)
