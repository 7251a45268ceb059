"""Read a story's history from git: what each commit changed in its record and in editors'
decisions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from copydesk.archive import _rulings
from copydesk.archive._files import record_places
from copydesk.archive._rulings import Rulings
from copydesk.archive.git import AUTHOR, LoggedCommit, read_path_log
from copydesk.archive.record import STORY, parse_story
from copydesk.errors import RecordError
from copydesk.kit.options import take
from copydesk.news import Ruling, Story, Verdict
from copydesk.news.story import Event

_DASH = re.compile(rb"(?m)^( *)- ")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCommit:
    """A git commit that changed a story: its record and the editors' decisions on it, before and
    after.

    None for no record; `is_broken` means that a version cannot be read. `moved` means that the
    record went to the archive or came back.
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
        """Return the editor's decision, rules and events that this commit added to the story."""
        before = frozenset(_list_words(self.before, self.rulings_before))
        after = _list_words(self.after, self.rulings_after)
        return tuple(word for word in after if word not in before)

    @property
    def is_ours(self) -> bool:
        """Return whether copydesk made this commit, and not a person who used git."""
        return self.author == AUTHOR

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the keys of the story record that this commit changed, in the record's order."""
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
    """The git commits that changed a story, the oldest first; `rest` counts those left out."""

    commits: Iterator[StoryCommit]
    rest: int = 0


def read_story_log(root: Path, path: str, at_most: int) -> StoryLog | None:
    """Return the git commits that changed the story record at `path`, or a decision or rule about
    it.

    A record is followed into the archive and back. None without a repository; raises GitError if
    git fails.
    """
    name = PurePosixPath(path).name.removesuffix(".md")
    places = record_places(path)
    log = read_path_log(root, places, _rulings.PATH, name, at_most)
    if log is None:
        return None
    commits = (_read_commit(commit, places, name) for commit in log.commits)
    return StoryLog(commits=commits, rest=log.rest)


def _read_commit(commit: LoggedCommit, places: tuple[str, ...], name: str) -> StoryCommit:
    """Return what a git commit changed in a story."""
    (before_at, before, was_broken), (after_at, after, is_broken) = (
        _read_story(commit, places, version) for version in (0, 1)
    )
    ruled_before, ruled_after = commit.files.get(_rulings.PATH, (None, None))
    return StoryCommit(
        **take(commit, "id", "at", "author", "message"),
        before=before,
        after=after,
        rulings_before=read_rulings_on(ruled_before or b"", name),
        rulings_after=read_rulings_on(ruled_after or b"", name),
        is_broken=was_broken or is_broken,
        moved=bool(before_at and after_at) and before_at != after_at,
    )


def _read_story(
    commit: LoggedCommit, places: tuple[str, ...], version: int
) -> tuple[str, Story | None, bool]:
    """Return a story as it was in a commit: its record's path ("" for none), the story, whether it
    is broken.
    """
    for place in places:
        data = commit.files.get(place, (None, None))[version]
        if data is not None:
            try:
                return place, parse_story(place, data), False
            except RecordError:
                return place, None, True
    return "", None, False


def _list_words(story: Story | None, rulings: Rulings) -> Iterator[Verdict | Ruling | Event]:
    """Yield the editors' decision, the rules and the events of a story, from its record and
    rulings.yaml.
    """
    if story is not None:
        yield from story.events
        yield from filter(None, [story.verdict])
    yield from rulings.verdicts.values()
    yield from rulings.rules


def read_rulings_on(data: bytes, name: str) -> Rulings:
    """Parse the decisions and rules on one story from rulings.yaml; none if the file is unreadable.

    Rulings on other records are removed before parsing: a file of 2,000 rules takes 0.1 s, and a
    story's history may contain twenty versions of it.
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
    """Return rulings.yaml with only those list items that name a record."""
    columns = [len(found[1]) for found in _DASH.finditer(data)]
    if not columns:
        return data
    head, *items = re.split(rb"(?m)^(?=%s- )" % (b" " * min(columns)), data)
    wanted = name.encode("utf-8", "surrogateescape")
    return head + b"".join(item if wanted in item else _leave_top(item) for item in items)


def _leave_top(item: bytes) -> bytes:
    """Return the YAML text after a list item: the next list of the file, or nothing."""
    found = re.search(rb"(?m)^[^\s#-].*(?:\n|\Z)(?s:.*)", item)
    return found[0] if found else b""


def _is_of(path: str, name: str) -> bool:
    return PurePosixPath(path).name == f"{name}.md"
