"""The log of one story: what each commit made of its record, and of the rulings on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from copydesk.archive import _rulings
from copydesk.archive._rulings import Rulings, other_place
from copydesk.archive.git import AUTHOR, LoggedCommit, read_path_log
from copydesk.archive.record import STORY, parse_story
from copydesk.errors import RecordError
from copydesk.news import Event, Ruling, Story, Verdict

_DASH = re.compile(rb"(?m)^( *)- ")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCommit:
    """What one commit made of a story: its record and the rulings on it, before and after.

    None for no such record; `is_broken` says that one of them cannot be read. `moved` says that it
    went to the archive, or came from there.
    """

    id: str
    at: datetime
    author: str
    message: str
    before: Story | None
    after: Story | None
    rulings_before: Rulings
    rulings_after: Rulings
    is_broken: bool = False
    moved: bool = False

    @property
    def news(self) -> Sequence[Verdict | Ruling | Event]:
        """Return the verdict, the rules and the events that stand there since it."""
        before = frozenset(_list_words(self.before, self.rulings_before))
        after = _list_words(self.after, self.rulings_after)
        return tuple(word for word in after if word not in before)

    @property
    def is_ours(self) -> bool:
        """Decide whether the newsroom made it, and no person with git."""
        return self.author == AUTHOR

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the keys of the record that it changed, in the record's order."""
        if self.before is None or self.after is None:
            return ()
        before, after = self.before, self.after
        keys = [
            field.key
            for field in STORY.fields
            if getattr(before, field.attribute) != getattr(after, field.attribute)
        ]
        return (*keys, *(["text"] if before.body != after.body else []))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLog:
    """The commits that changed a story, the oldest first; `rest` are left out after them."""

    commits: Iterator[StoryCommit]
    rest: int = 0


def read_story_log(root: Path, path: str, at_most: int) -> StoryLog | None:
    """Return what git has of the record at `path` and of rulings that name it.

    A record is followed to the archive and back. None where there is no repository; raises GitError
    where git cannot say.
    """
    name = PurePosixPath(path).name.removesuffix(".md")
    places = (path, other_place(path))
    log = read_path_log(root, places, _rulings.PATH, name, at_most)
    if log is None:
        return None
    commits = (_read_commit(commit, places, name) for commit in log.commits)
    return StoryLog(commits=commits, rest=log.rest)


def _read_commit(commit: LoggedCommit, places: tuple[str, str], name: str) -> StoryCommit:
    """Return what a commit made of a story."""
    (before_at, before, was_broken), (after_at, after, is_broken) = (
        _read_story(commit, places, version) for version in (0, 1)
    )
    ruled_before, ruled_after = commit.files.get(_rulings.PATH, (None, None))
    return StoryCommit(
        id=commit.id,
        at=commit.at,
        author=commit.author,
        message=commit.message,
        before=before,
        after=after,
        rulings_before=read_rulings_on(ruled_before or b"", name),
        rulings_after=read_rulings_on(ruled_after or b"", name),
        is_broken=was_broken or is_broken,
        moved=bool(before_at and after_at) and before_at != after_at,
    )


def _read_story(
    commit: LoggedCommit, places: tuple[str, str], version: int
) -> tuple[str, Story | None, bool]:
    """Return where a record lies in a version ("" for nowhere), the record, and if it is broken."""
    for place in places:
        data = commit.files.get(place, (None, None))[version]
        if data is not None:
            try:
                return place, parse_story(place, data), False
            except RecordError:
                return place, None, True
    return "", None, False


def _list_words(story: Story | None, rulings: Rulings) -> Iterator[Verdict | Ruling | Event]:
    """Walk what stands on a story: in its record and among the rulings."""
    if story is not None:
        yield from story.events
        yield from filter(None, [story.verdict])
    yield from rulings.verdicts.values()
    yield from rulings.rules


def read_rulings_on(data: bytes, name: str) -> Rulings:
    """Return what a file of rulings says of one record, none where it cannot be read.

    What does not name the record is left out before it is parsed: a file of 2,000 rules takes 0.1 s
    and a story may have been in twenty of its versions.
    """
    try:
        rulings = _rulings.parse_rulings(_leave_others(data, name))
    except RecordError:
        return Rulings()
    return Rulings(
        verdicts={path: said for path, said in rulings.verdicts.items() if _is_of(path, name)},
        rules=tuple(rule for rule in rulings.rules if name in rule.stories),
    )


def _leave_others(data: bytes, name: str) -> bytes:
    """Return the file without the items of its outermost lists that do not name a record."""
    columns = [len(found[1]) for found in _DASH.finditer(data)]
    if not columns:
        return data
    head, *items = re.split(rb"(?m)^(?=%s- )" % (b" " * min(columns)), data)
    wanted = name.encode("utf-8", "surrogateescape")
    return head + b"".join(item if wanted in item else _leave_top(item) for item in items)


def _leave_top(item: bytes) -> bytes:
    """Return what comes after an item of a list: the file's next list, or nothing."""
    found = re.search(rb"(?m)^[^\s#-].*(?:\n|\Z)(?s:.*)", item)
    return found[0] if found else b""


def _is_of(path: str, name: str) -> bool:
    return PurePosixPath(path).name == f"{name}.md"
