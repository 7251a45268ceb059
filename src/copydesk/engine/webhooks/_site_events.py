"""Site events: which stories commits put on the site, corrected, or took off it.

the commit that was looked at last ── git: the files of records changed since ──> before and after

So it is the same whoever changed a record: a round, an editor, the command line, a pull.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from copydesk.archive import record
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.webhooks._owed_calls import OwedCalls
from copydesk.errors import RecordError
from copydesk.kit import git
from copydesk.news import Story
from copydesk.placement.addresses import quote_path, story_folder

SiteEventKind = Literal["published", "corrected", "removed"]
Blob = bytes | None  # of a file, None where there is none
_FOLDERS = ("_news", "_archive/_news")
_MOST = 1_000  # records of which one look tells
_DELETED = "0" * 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEvent:
    """What happened to a story on the site, by which commit at the latest."""

    kind: SiteEventKind
    commit: str
    story: Story


def note_site_events(newsroom: Newsroom) -> int:
    """Owe every webhook what happened since it was looked last; return how many calls that is.

    The first time, and where the history was rewritten, it begins with what happens from now on.
    Raises GitError, MemoryStoreError.
    """
    hooks = [hook for hook in newsroom.settings.webhooks if hook.secret]
    owed = OwedCalls(newsroom.memory, newsroom.now)
    if not hooks:
        owed.forget_all()
        return 0
    head = _find_head(newsroom)
    before = owed.read_mark()
    if not head or before == head:
        return 0
    events = list(_find_events(newsroom, before, head)) if before else []
    with newsroom.memory.together():  # killed meanwhile, the next look begins with the same
        calls = [(event, hook) for event in events for hook in hooks if event.kind in hook.events]
        for event, hook in calls:
            about = f"{event.commit} {event.story.path}"
            owed.add(hook.url, f"story.{event.kind}", about, _describe(newsroom, event))
        owed.keep_mark(head)
    return len(calls)


def _find_head(newsroom: Newsroom) -> str:
    answer = git.ask(newsroom.root, "rev-parse", "-q", "--verify", "HEAD")
    return "" if answer.code else answer.out.decode().strip()


def _find_events(newsroom: Newsroom, before: str, head: str) -> Iterator[SiteEvent]:
    changes = _list_changes(newsroom, before, head)
    blobs = _read_blobs(newsroom, {blob for _, *pair in changes for blob in pair})
    kept = {path.rsplit("/", 1)[-1] for path, _, now in changes if now != _DELETED}
    for path, was, now in changes:
        if now == _DELETED and path.rsplit("/", 1)[-1] in kept:
            continue  # it was archived
        event = _find_event(head, path, blobs.get(was), blobs.get(now))
        if event is not None:
            yield event


def _find_event(head: str, path: str, was: Blob, now: Blob) -> SiteEvent | None:
    """Return what became of a story on the site; a record that cannot be read tells nothing."""
    with contextlib.suppress(RecordError):
        old, new = _read_site_story(path, was), _read_site_story(path, now)
        kind, story = _compare(old, new), new or old
        if kind is not None and story is not None:
            return SiteEvent(kind=kind, commit=head, story=story)
    return None


def _list_changes(newsroom: Newsroom, before: str, head: str) -> list[tuple[str, str, str]]:
    """Return which records differ between two commits; none where one of them is not there."""
    arguments = ("diff", "--raw", "-z", "--no-renames", "--abbrev=40", "--relative", before, head)
    answer = git.ask(newsroom.root, *arguments, "--", *_FOLDERS)
    return [] if answer.code else list(_read_changes(answer.out))[:_MOST]


def _read_changes(out: bytes) -> Iterator[tuple[str, str, str]]:
    """Read git's raw form: of each file its path, its blob before and its blob after."""
    parts = out.split(b"\0")
    for info, name in zip(parts[::2], parts[1::2], strict=False):
        _, _, was, now, _ = info.decode("ascii", "replace").split(" ")
        yield os.fsdecode(name), was, now


def _read_blobs(newsroom: Newsroom, ids: set[str]) -> Mapping[str, bytes]:
    """Read files by their ids, all with one process."""
    wanted = sorted(ids - {_DELETED})
    out = git.ask(
        newsroom.root, "cat-file", "--batch", given="".join(f"{one}\n" for one in wanted).encode()
    ).out
    found, at = {}, 0
    while at < len(out):
        end = out.index(b"\n", at)
        head = out[at:end].split(b" ")
        at = end + 1
        if len(head) == 3:  # else it is missing
            size = int(head[2])
            found[head[0].decode()] = out[at : at + size]
            at += size + 1
    return found


def _read_site_story(path: str, blob: Blob) -> Story | None:
    """Return a story that stands on the site, None for one that does not; raises RecordError."""
    story = None if blob is None else record.parse_story(path, blob)
    return story if story is not None and story.published else None


def _compare(old: Story | None, new: Story | None) -> SiteEventKind | None:
    if old is None or new is None:
        return None if old is new else "published" if new is not None else "removed"
    return "corrected" if _readable(old) != _readable(new) else None


def _readable(story: Story) -> tuple[object, ...]:
    """Return what readers see of a story that rounds do not change by themselves."""
    return story.title, story.excerpt, story.web_url, story.note, story.history


def _describe(newsroom: Newsroom, event: SiteEvent) -> Mapping[str, object]:
    """Return what a call says of a story; of one that was removed no more than its name."""
    story, site = event.story, newsroom.beat.url.rstrip("/")
    folder = story_folder(story.path)
    told: dict[str, object] = {"name": story.path.rsplit("/", 1)[-1].removesuffix(".md")}
    if event.kind == "removed":
        return told
    return {
        **told,
        "title": story.title,
        "url": story.web_url or story.original_url,
        "page": f"{site}/{quote_path(folder)}" if site else "",
        "source": (story.provider.name or story.provider.domain) if story.provider else "",
        "published_at": story.published_at.isoformat() if story.published_at else None,
        "topics": list(story.topics),
    }
