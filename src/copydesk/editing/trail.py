"""The history of one story, from the link that was found to the last correction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from copydesk import archive
from copydesk.archive import StoryCommit, sealing
from copydesk.editing._edit import CommitWords, read_words
from copydesk.errors import GitError
from copydesk.kit import dates, text, urls
from copydesk.memory import Fate
from copydesk.news import Article, Ruling, Story, Verdict
from copydesk.news.story import Event, EventKind
from copydesk.news.wording import Wording, read_sentences
from copydesk.newsroom import Newsroom
from copydesk.newsroom.records import record_at
from copydesk.review.rules import record_name

# Entries of a story's history, their kinds, and the text for each kind.


class TrailKind(StrEnum):
    """The kinds of events in a story's history (found, stored, changed, corrected …)."""

    FOUND = "found"
    READ = "read"
    JUDGED = "judged"
    FILED = "filed"
    WRITTEN = "written"
    CHANGED = "changed"  # by a round or by rejudging
    EVENT = "event"  # of its publisher: a line of the record's history
    VERDICT = "verdict"
    CLEARED = "cleared"
    RULED = "ruled"
    RULE_UNDONE = "rule-undone"
    CORRECTED = "corrected"
    UNDONE = "undone"
    ALONG = "along"  # by an action on another story
    EDITED = "edited"  # in the file, by the commit's author
    ARCHIVED = "archived"
    DELETED = "deleted"
    DROPPED = "dropped"
    FAILED = "failed"
    OTHER = "other"


_WORDING = Wording(read_sentences(__package__, "trail.toml", TrailKind), other=TrailKind.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """An event in a story's history: kind, time, editor, reason, and the commit that holds it.

    `at` is a time (RFC 3339), "" if it is unknown. `by` is an editor or the commit's author, "" for
    the newsroom itself. `fields` are the record's fields that changed. `count` says how often the
    same event happened in a row, the last time at `until`.
    """

    kind: TrailKind
    what: str
    at: str = ""
    by: str = ""
    why: str = ""
    commit: str = ""
    action: str = ""
    fields: tuple[str, ...] = ()
    count: int = 1
    until: str = ""


def describe(kind: TrailKind, **values: str | int) -> str:
    """Return a sentence for a kind of event in a story's history; missing values become ""."""
    return _WORDING.say(kind, {name: str(value) for name, value in values.items()})


# Tracing a story: all its events, from the found link to the last correction.
#
# sealed part, article, memory ──> found, read ┐
# git, commit by commit ───────────────────────┼──> entries ── merge repeated ones ──> a trail
# the record and the rulings as they are now ──┘

_MOST = 200
_MOST_COMMITS = 400  # a story that leads for weeks changes in every round
_ALIKE = frozenset({TrailKind.CHANGED, TrailKind.ALONG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A story's history: its events in order of time.

    `rest` counts the events after the first 200; `notes` say what cannot be known.
    """

    entries: tuple[TrailEntry, ...] = ()
    rest: int = 0
    notes: tuple[str, ...] = ()


def trace_story(newsroom: Newsroom, path: str, url: str = "") -> Trail:
    """Return the history of the story at `path`, or of the link `url` if there is no record.

    Raises RecordError if the record cannot be read.
    """
    place = record_at(newsroom, path) if path else None
    if place is None:
        fate = newsroom.memory.fate(urls.identity(url)) if url else None
        return Trail(entries=tuple(list_fate(fate)) if fate else ())
    story = newsroom.archive.read(place)
    log = _read_log(newsroom, story)
    entries = list(log.entries)
    if not any(entry.kind in {TrailKind.FILED, TrailKind.WRITTEN} for entry in entries):
        entries = [*_list_filing(newsroom, story), *entries]
    entries = [*list_beginnings(newsroom, story), *entries]
    for entry in _list_standing(newsroom, story, log.words):
        _put_in(entries, entry)
    folded = list(_fold(entries))
    return Trail(
        entries=tuple(folded[:_MOST]), rest=log.rest + max(0, len(folded) - _MOST), notes=log.notes
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    """A story's history in git, with the decisions, rules and events of its commits."""

    entries: Sequence[TrailEntry] = ()
    words: frozenset[Word] = frozenset()
    rest: int = 0
    notes: tuple[str, ...] = ()


def _read_log(newsroom: Newsroom, story: Story) -> _Log:
    try:
        log = archive.read_story_log(newsroom.root, story.path, _MOST_COMMITS)
    except GitError as error:
        return _Log(notes=(f"git cannot show what changed: {error}",))
    if log is None:
        return _Log(notes=("there is no git repository, so changes are not known",))
    entries: list[TrailEntry] = []
    words: set[Word] = set()
    name = record_name(story.path)
    for commit in log.commits:
        entries += list_commit_entries(commit, name, entries, words)
        words.update(commit.news)
    return _Log(entries=entries, words=frozenset(words), rest=log.rest)


def _list_filing(newsroom: Newsroom, story: Story) -> Iterator[TrailEntry]:
    """Yield the entry of a story's first storing, if that commit is not in git."""
    if not story.is_own:
        yield _entry(TrailKind.JUDGED)
    fate = find_fate(newsroom, story)
    at = dates.rfc3339(fate.at) if fate and fate.state == "filed" else ""
    yield replace(_entry(TrailKind.FILED), at=at)


def _list_standing(
    newsroom: Newsroom, story: Story, told: Collection[Word]
) -> Iterator[TrailEntry]:
    """Yield the present decisions, rules and events of a story that are in no commit."""
    yield from (tell_event(event) for event in story.events if event not in told)
    rulings = archive.read_rulings(newsroom.root)
    verdict = story.verdict or rulings.verdict_on(story.path)
    if verdict is not None and verdict not in told:
        yield tell_verdict(verdict)
    name = record_name(story.path)
    rules = (rule for rule in rulings.rules if name in rule.stories and rule not in told)
    yield from (tell_rule(rule, name) for rule in rules)


def _put_in(entries: list[TrailEntry], entry: TrailEntry) -> None:
    """Insert an entry into a story's history, in order of time."""
    later = (place for place, other in enumerate(entries) if other.at > entry.at)
    entries.insert(next(later, len(entries)), entry)


def _fold(entries: list[TrailEntry]) -> Iterator[TrailEntry]:
    """Yield the entries of a history; repeated changes become one entry with a count."""
    last: TrailEntry | None = None
    for entry in entries:
        if last is None:
            last = entry
        elif entry.kind in _ALIKE and (entry.kind, entry.fields) == (last.kind, last.fields):
            last = replace(last, count=last.count + 1, until=entry.at)
        else:
            yield last
            last = entry
    if last is not None:
        yield last


# Beginnings: how a story was found and read, as far as it is known.

_FATES = {"dropped": TrailKind.DROPPED, "failed": TrailKind.FAILED, "filed": TrailKind.FILED}


def list_beginnings(newsroom: Newsroom, story: Story) -> Iterator[TrailEntry]:
    """Yield entries on how a story was found and fetched; none for an editor's own story."""
    if story.is_own:
        return
    article = newsroom.articles.find_for(story)
    yield _find_source(newsroom, story, article)
    characters = len(article.text) if article else ""
    yield _entry(TrailKind.READ, characters=characters or "")


def list_fate(fate: Fate) -> Iterator[TrailEntry]:
    """Yield history entries of a link that became no story, or whose story record is gone."""
    yield _entry(TrailKind.FOUND, source=fate.source)
    reason = ": ".join(filter(None, (fate.reason, fate.detail)))
    entry = _entry(_FATES[fate.state], reason=reason)
    yield replace(entry, at=dates.rfc3339(fate.at), count=fate.tries)


def find_fate(newsroom: Newsroom, story: Story) -> Fate | None:
    """Return what the database says about a story's link, None if the link is not in it."""
    fates = (newsroom.memory.fate(urls.identity(address)) for address in story.addresses)
    return next((fate for fate in fates if fate is not None), None)


def _find_source(newsroom: Newsroom, story: Story, article: Article | None) -> TrailEntry:
    """Return the entry on where and when a story was found, from its record, article or link."""
    private = sealing.read_private(story, newsroom.settings.keys)
    source, at = (str(private.get(name, "")) for name in ("source", "found"))
    if not source and article is not None:
        source, at = article.source, at or dates.rfc3339(article.found)
    if not source:
        fate = find_fate(newsroom, story)
        source = fate.source if fate else ""
    return replace(_entry(TrailKind.FOUND, source=source), at=at)


# Entries of one commit. The last lines of an editor's commit name its actions; the text of each is
# in the record and the rulings of that commit. A commit without such lines is from a round, or from
# a person with git.

_UNSEEN = frozenset({"history", "machine", "secured", "verdict"})  # these have entries of their own


Word = Verdict | Ruling | Event  # an editor's verdict or rule, or an event of the record


def list_commit_entries(
    commit: StoryCommit, name: str, earlier: Sequence[TrailEntry], told: Collection[Word]
) -> list[TrailEntry]:
    """Return the history entries that a git commit adds for a story; `earlier` are those before it.

    `told` are the decisions, rules and events that earlier commits contain.
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
    """Return whether an editor's action names a story, or undoes an action that did."""
    verb, _, rest = said.action.partition(" ")
    if verb == "undo":
        return _find_undone(rest, earlier) is not None
    names = (part.rsplit("/", 1)[-1].removesuffix(".md") for part in rest.split(" "))
    return name in names


def _find_undone(wanted: str, earlier: Sequence[TrailEntry]) -> TrailEntry | None:
    """Return the entry of an action, by its id or its commit's, None if there is none."""
    found = (entry for entry in reversed(earlier) if wanted in {entry.action, entry.commit})
    return next(found, None)


def _tell_word(
    commit: StoryCommit, said: CommitWords, name: str, earlier: Sequence[TrailEntry]
) -> TrailEntry:
    """Return an editor's action as an entry of a story's history."""
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
        entry, by=entry.by or said.by, why=entry.why or text.fold(said.why), action=said.id
    )


def _entry(kind: TrailKind, **values: str | int) -> TrailEntry:
    return TrailEntry(kind=kind, what=describe(kind, **values))


def _tell_verdict(commit: StoryCommit, said: str) -> TrailEntry:
    verdict = _verdict_in(commit, is_after=True)
    if said == "clear":
        return _entry(TrailKind.CLEARED)
    if verdict is None or verdict.said != said:  # replaced by a later action of the same commit
        return _entry(TrailKind.VERDICT, said=said)
    return tell_verdict(verdict)


def tell_verdict(verdict: Verdict) -> TrailEntry:
    """Return an editor's decision (verdict) as an entry of a story's history."""
    return _say_who(_entry(TrailKind.VERDICT, said=verdict.said), verdict)


def _verdict_in(commit: StoryCommit, *, is_after: bool) -> Verdict | None:
    """Return the decision on a story before or after a commit, from its record or the rulings."""
    story = commit.after if is_after else commit.before
    if story is not None and story.verdict is not None:
        return story.verdict
    rulings = commit.rulings_after if is_after else commit.rulings_before
    return next(iter(rulings.verdicts.values()), None)


def _tell_rule(commit: StoryCommit, action: str, name: str) -> TrailEntry:
    """Return an editor's rule, or its undoing, as an entry of a story's history."""
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
    """Return an editor's rule on the story `name` as an entry of the story's history."""
    return _say_who(_entry(TrailKind.RULED, rule=describe_rule(rule, name)), rule)


def _say_who(entry: TrailEntry, said: Verdict | Ruling) -> TrailEntry:
    return replace(entry, at=dates.rfc3339(said.at), by=said.by, why=said.why)


def describe_rule(rule: Ruling, name: str) -> str:
    """Return an editor's rule as text: its kind, the other stories in it, values, expiry."""
    others = [story for story in rule.stories if story != name]
    field = [rule.field] if rule.field else []
    values = [f'"{value}"' for value in rule.values[len(field) :]]
    until = [f"until {dates.rfc3339(rule.until)}"] if rule.until else []
    return text.fold(" ".join([rule.said, *field, ", ".join([*others, *values]), *until]))


def _list_rules(commit: StoryCommit) -> tuple[list[Ruling], list[Ruling]]:
    """Return the rules on a story that a commit added, and those that it removed."""
    before, after = commit.rulings_before.rules, commit.rulings_after.rules
    return (
        [rule for rule in after if rule not in before],
        [rule for rule in before if rule not in after],
    )


def _list_events(
    commit: StoryCommit, told: Collection[Word], *, is_editor: bool
) -> Iterator[TrailEntry]:
    """Yield the events that a commit added to a story's record, without corrections."""
    events = (word for word in commit.news if isinstance(word, Event) and word not in told)
    for event in events:
        if not (is_editor and event.kind is EventKind.CORRECTED):
            yield tell_event(event)


def tell_event(event: Event) -> TrailEntry:
    """Return an event from a story's record as an entry of the story's history."""
    return replace(_entry(TrailKind.EVENT, event=event.what), at=event.at)


def _list_changes(commit: StoryCommit, name: str) -> Iterator[TrailEntry]:
    """Yield the changes of a commit that holds no editor's action on the story."""
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
    """Yield entries if a commit created, deleted or moved the story's record."""
    by = _author(commit)
    if commit.before is None and commit.after is not None:
        yield _tell_judgement(commit.after)
        yield replace(_entry(TrailKind.FILED), by=by)
    elif commit.after is None and commit.before is not None:
        yield replace(_entry(TrailKind.DELETED), by=by)
    elif commit.moved and commit.after is not None:
        yield replace(_entry(TrailKind.ARCHIVED, to=commit.after.path), by=by)


def _list_rulings_by_hand(commit: StoryCommit, name: str) -> Iterator[TrailEntry]:
    """Yield the rules and decisions that a person changed by editing the files."""
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
    """Return how a story was scored when it was stored, as an entry of its history."""
    quality = "" if story.quality is None else str(story.quality)
    standing = "published" if story.published else "not published"
    return _entry(TrailKind.JUDGED, quality=quality, standing=standing)


def _list_fields(commit: StoryCommit) -> tuple[str, ...]:
    """Return the fields that a commit changed, without those that have entries of their own.

    Reasons change with other fields: they are listed only if nothing else is.
    """
    fields = tuple(field for field in commit.fields if field not in _UNSEEN)
    return tuple(field for field in fields if field != "reasons") or fields


def _author(commit: StoryCommit) -> str:
    """Return who made a git commit, "" for copydesk itself."""
    return "" if commit.is_ours else text.fold(commit.author)
