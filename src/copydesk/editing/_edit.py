"""An edit (`Edit`): editors' changes of decisions, rules and story records for one commit.

actions, one after the other ──> an edit: what was read │ what it becomes ── make ──> one commit
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from copydesk import archive
from copydesk.archive import FileChange, Rulings, document, letters, reading_lists, record
from copydesk.archive.change import Change, WriteLock
from copydesk.errors import CopydeskError, RecordError
from copydesk.kit import text, urls
from copydesk.news import Beat, Story, Verdict
from copydesk.news.ruling import EditConflict
from copydesk.news.source import Tip
from copydesk.newsroom import Newsroom, filing
from copydesk.placement import addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Changes by editors, not yet committed: of their decisions and rules, and of story records.

    Records are held as they were `read` and as new; one that is missing in `read` is new.
    `restored` are files that are restored to the byte; None deletes the file. The edit is refused
    if a person is editing the rulings, a record in `needed`, or one in `watched` (even if the edit
    does not change it); any other such record is left to the next fetching run. The edit also holds
    changes of the newsroom's database and the article store; `undos` are notes by the ids of
    actions. `own_fields` are the fields that it changed, under their keys in `EditorAction.seen`.
    `tips` wait for the next fetching run.
    """

    newsroom: Newsroom
    rulings_read: Rulings
    rulings: Rulings
    read: Mapping[str, Story] = field(default_factory=dict)
    stories: Mapping[str, Story] = field(default_factory=dict)
    restored: Mapping[str, bytes | None] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    watched: frozenset[str] = frozenset()
    digests: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    forgotten_looks: frozenset[str] = frozenset()
    forgotten_texts: frozenset[str] = frozenset()
    undos: Mapping[str, bytes] = field(default_factory=dict)
    own_fields: frozenset[str] = frozenset()
    tips: tuple[Tip, ...] = ()

    @property
    def beat(self) -> Beat:
        """Return the site's settings (`Beat`) with the editors' rules as changed by this edit."""
        return replace(self.newsroom.beat, rulings=self.rulings.rules)

    @property
    def newsroom_after(self) -> Newsroom:
        """Return the newsroom with the editors' rules in its settings as this edit changes them."""
        settings = replace(self.newsroom.settings, beat=self.beat)
        return replace(self.newsroom, settings=settings)

    def find(self, path: str) -> Story:
        """Return a story as this edit leaves it; RecordError if the record is missing or broken."""
        return self.stories.get(path) or self.newsroom.archive.read(path)

    def verdict_on(self, story: Story) -> Verdict | None:
        """Return the editor's decision that a story has after this edit, None if it has none."""
        return story.verdict or self.rulings.verdict_on(story.path)

    def digests_of(self, story: Story) -> Mapping[str, str]:
        """Return digests of a story's machine-written fields, by field name; {} if unknown."""
        known = self.digests.get(story.path)
        return known if known is not None else filing.read_digests(self.newsroom.memory, story)

    def with_story(self, before: Story, after: Story) -> Edit:
        """Return this edit with a changed story; `before` is the story as `find` returned it."""
        if before == after:
            return self
        path = after.path
        read = self.read if path in self.stories else {path: before, **self.read}
        return replace(
            self,
            read=read,
            stories={**self.stories, path: after},
            restored={at: data for at, data in self.restored.items() if at != path},
        )

    def with_new_story(self, story: Story) -> Edit:
        """Return this edit with the record of a new story added."""
        return replace(
            self, stories={**self.stories, story.path: story}, needed=self.needed | {story.path}
        )

    def find_bytes(self, path: str) -> bytes | None:
        """Return the bytes that a story record, reading list or newsletter issue has after this
        edit, None if there is no such file.

        Raises RecordError.
        """
        restored = self.restored.get(path, b"")
        if restored is None or (restored and path not in self.stories):
            return restored
        if path not in self.stories and not archive.digest_of(self.newsroom.root, path):
            return None
        if reading_lists.is_list_path(path) or letters.is_letter_path(path):
            return self.newsroom.archive.file_bytes(path)
        return record.emit_story(filing.as_record(self.beat, self.find(path)))

    def with_rulings(self, rulings: Rulings) -> Edit:
        """Return this edit with new editors' decisions and rules (`Rulings`)."""
        if rulings == self.rulings:
            return self
        restored = {at: data for at, data in self.restored.items() if at != filing.RULINGS_PATH}
        return replace(self, rulings=rulings, restored=restored)

    def with_bytes(self, path: str, data: bytes | None) -> Edit:
        """Return this edit with new bytes for the file at `path`, or None to delete the file.

        The story or the rulings in that file are added to the edit before.
        """
        return replace(self, restored={**self.restored, path: data})

    def with_need(self, before: Story, after: Story) -> Edit:
        """Return this edit with a changed story; writing it fails if a person edits the record."""
        if before == after:
            return self
        edit = self.with_story(before, after)
        return replace(edit, needed=self.needed | {after.path})

    def without_traces(self, paths: Iterable[str], addresses: Iterable[str]) -> Edit:
        """Return this edit, extended to delete planned re-fetches and stored article texts.

        `paths` are the story records whose re-fetches are deleted, `addresses` the URLs of the
        texts.
        """
        return replace(
            self,
            forgotten_looks=self.forgotten_looks.union(paths),
            forgotten_texts=self.forgotten_texts.union(addresses),
        )

    @property
    def own_paths(self) -> frozenset[str]:
        """Return the paths of files that no person may be editing when this edit is written."""
        return self.needed | self.watched | {filing.RULINGS_PATH}

    @property
    def changed_paths(self) -> Iterator[str]:
        """Yield the paths of the files that this edit may change, beginning with rulings.yaml.

        If the write is interrupted, a record without its tombstone could come back.
        """
        if self.rulings != self.rulings_read or filing.RULINGS_PATH in self.restored:
            yield filing.RULINGS_PATH
        records = (*self.stories, *self.restored)
        yield from dict.fromkeys(path for path in records if path != filing.RULINGS_PATH)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditStep:
    """An edit together with the editor's action last added to it: its commit message and notes.

    `path` is the record that the action is about, "" for none. With `differences` the action was
    not applied, since somebody else has changed the same fields. `is_urgent` is set if the action
    removes a story for good, or restores it.
    """

    edit: Edit
    words: CommitWords
    path: str = ""
    notes: tuple[str, ...] = ()
    differences: tuple[EditConflict, ...] = ()
    was_removed: bool = False
    is_urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeEdit:
    """The result of writing an edit: changed files, git commit, notes on files left unchanged.

    Files that could not be written (`failed`) are in the journal: the next writer finishes them.
    """

    written: tuple[str, ...] = ()
    failed: tuple[CopydeskError, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[str, ...]:
        """Return the paths of the changed files, sorted."""
        return tuple(sorted(self.written))


def begin_edit(newsroom: Newsroom) -> Edit:
    """Return an empty edit of a newsroom folder, to which editors' actions can be added.

    The caller holds the write lock. Raises RecordError.
    """
    rulings = archive.read_rulings(newsroom.root)
    return Edit(newsroom=newsroom, rulings_read=rulings, rulings=rulings)


def make_edit(
    lock: WriteLock,
    edit: Edit,
    words: Sequence[CommitWords],
    when: datetime,
    what: str = "the story files are",
) -> MadeEdit:
    """Write the files of an edit in one git commit; return what was written, and notes.

    Raises RecordError if a person is editing a file that it needs or a file cannot be written,
    GitError if git fails. `what` names the files in notes to the editor.
    """
    newsroom = edit.newsroom
    files, left = _plan_files(edit)
    note = filing.MemoryNote(
        at=when,
        digests={**filing.digests_to_keep(newsroom.beat, edit.stories.values()), **edit.digests},
        undos=edit.undos,
        tips=_encode_tips(edit.tips),
    )
    change = Change(files=files, message=write_message(words), when=when, note=note.encode())
    begun = change.begin(lock, needed=edit.own_paths.intersection(change.paths))
    for address in _list_losses(edit):  # if killed here, a round forgets texts and looks
        newsroom.articles.forget(address)
    done = begun.finish()
    for path in edit.forgotten_looks:
        newsroom.memory.revisits.forget(path)
    paths = sorted({*done.skipped, *left})
    skipped = (f"left for the next run, because somebody edits the file: {path}" for path in paths)
    return MadeEdit(
        written=done.written,
        failed=tuple(error for _, error in done.failed),
        commit=done.commit,
        notes=(*filing.notes_on(done, what), *skipped),
    )


def _list_losses(edit: Edit) -> Iterator[str]:
    """Yield the URLs whose stored article text is deleted because an editor removed the story."""
    gone = set(map(urls.identity, edit.rulings.removed))
    return (address for address in edit.forgotten_texts if urls.identity(address) in gone)


def _plan_files(edit: Edit) -> tuple[tuple[FileChange, ...], list[str]]:
    """Return the file changes of an edit, and the paths left alone because a person edits them."""
    files, left = [], []
    for path in edit.changed_paths:
        try:
            change = _change_of(edit, path)
        except CopydeskError:
            if path in edit.own_paths:
                raise
            left.append(path)
            continue
        if change.is_new_bytes:
            files.append(change)
    watched = edit.watched.difference(change.path for change in files)
    files.extend(map(edit.newsroom.archive.no_change, sorted(watched)))
    return tuple(files), left


def _change_of(edit: Edit, path: str) -> FileChange:
    """Return an edit's change of one file; RecordError if a person changed the file since."""
    newsroom = edit.newsroom
    if path in edit.restored:
        before = archive.digest_of(newsroom.root, path)
        return FileChange(path=path, before=before, after=edit.restored[path])
    if path == filing.RULINGS_PATH:
        return archive.rulings_change(newsroom.root, edit.rulings)
    if not _is_as_read(edit, path):
        raise RecordError("somebody has just edited the story file", subject=path, hint="try again")
    return newsroom.archive.change(filing.as_record(newsroom.beat, edit.stories[path]))


def _is_as_read(edit: Edit, path: str) -> bool:
    """Return whether a story record is still as the edit read it (a new one: still missing)."""
    if path not in edit.read:
        return not archive.digest_of(edit.newsroom.root, path)
    return edit.newsroom.archive.read(path) == edit.read[path]


def _encode_tips(tips: tuple[Tip, ...]) -> dict[str, bytes]:
    if not tips:
        return {}
    from copydesk.rounds.sources.states import encode_tips  # few edits have tips

    return encode_tips(tips)


# Actions in commit messages: the trailer by which an action is found and undone.
#
# `Copydesk-Action: verdict publish _news/a.md` · `rule pin a` · `rule undo pin a` · `undo COMMIT`
#
# One line for each action, in the last paragraph. After an action of the desk comes its id:
# `verdict publish _news/a.md #0197-…`; `git log -F --grep "#0197-…"` finds its commit.

_KEY = "Copydesk-Action: "
_SUBJECT = 200
_ID = "[0-9A-Za-z_-]{1,100}"
_MANY = re.compile(r"desk: \d+ (?:actions|words) by ")  # "words" in older commits
_MARK = re.compile(f" #({_ID})$")


def is_action_id(text: str) -> bool:
    """Return whether a text is a valid id of an editor's action: a UUID or the like."""
    return re.fullmatch(_ID, text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitWords:
    """The description of one editor's action in a commit message: subject, reason, editor, action.

    `id` is the action's id in the editors' web interface, "" if it came from the command line.
    """

    subject: str
    why: str
    by: str
    action: str
    id: str = ""

    @property
    def as_line(self) -> str:
        """Return one line about the action, for a commit message that lists several actions."""
        return text.fold(f"{self.subject}: {self.why}" if self.why else self.subject)[:_SUBJECT]

    @property
    def trailer(self) -> str:
        """Return the action as the last line of its commit message: `Copydesk-Action: …`."""
        return f"{_KEY}{self.action} {action_mark(self.id)}".rstrip()


def action_mark(action_id: str) -> str:
    """Return the text (`#ID`) by which git's log can be searched for an editor's action."""
    return f"#{action_id}" if action_id else ""


def write_message(words: Sequence[CommitWords]) -> str:
    """Return the message of a git commit that holds these actions of one editor."""
    trailers = "\n".join(said.trailer for said in words)
    if len(words) == 1:
        said = words[0]
        parts = [said.subject, said.why, f"by {said.by}", trailers]
    else:
        by = words[0].by
        lines = "\n".join(f"* {said.as_line}" for said in words)
        parts = [f"desk: {len(words)} actions by {text.fold(by)[:_SUBJECT]}", lines, trailers]
    return "\n\n".join(filter(None, parts))


def read_actions(message: str) -> tuple[tuple[str, str], ...]:
    """Return the editors' actions that a commit message names, as pairs of action and id.

    Only the lines after the last empty line count: editors' own words come before it.
    """
    lines = message.rstrip().rsplit("\n\n", 1)[-1].split("\n")
    if not all(line.startswith(_KEY) for line in lines):
        lines = [lines[-1]] if lines[-1].startswith(_KEY) else []
    said = (line.removeprefix(_KEY) for line in lines)
    return tuple(
        (_MARK.sub("", action), mark[1] if (mark := _MARK.search(action)) else "")
        for action in said
    )


def read_action(message: str) -> str:
    """Return the editors' actions that a commit message names, joined as one text; "" for none."""
    return " · ".join(action for action, _ in read_actions(message))


def read_words(message: str) -> tuple[CommitWords, ...]:
    """Return the editors' actions in a commit message by `write_message`; () for any other message.

    If a commit holds several actions, each line includes its reason, and `why` is "".
    """
    actions = read_actions(message)
    if not actions:
        return ()
    subject, *paragraphs = message.rstrip().split("\n\n")[:-1] or [""]
    if len(actions) == 1:
        by = paragraphs.pop().removeprefix("by ") if paragraphs else ""
        said = [(subject, "\n\n".join(paragraphs))]
    else:
        by = subject[found.end() :] if (found := _MANY.match(subject)) else ""
        said = [(line.removeprefix("* "), "") for line in "\n".join(paragraphs).split("\n")]
    said += [("", "")] * (len(actions) - len(said))
    return tuple(
        CommitWords(subject=line, why=why, by=by, action=action, id=action_id)
        for (line, why), (action, action_id) in zip(said, actions, strict=False)
    )


def take_out_of_letters(edit: Edit, story: Story) -> tuple[Edit, tuple[str, ...]]:
    """Remove a story from all newsletter issues in a pending edit; return notes for the editor.

    The notes name newsletters that keep the story. No person may be editing these newsletters.
    Undoing the removal does not restore them.
    """
    notes: list[str] = []
    for path in edit.newsroom.archive.letter_paths():
        try:
            data = edit.find_bytes(path) or b""
            if any(needle in data for needle in _list_needles(story)):
                edit = _take_out(edit, path, data, story, notes)
        except RecordError as error:
            notes.append(f"could not check whether a newsletter issue contains the story: {error}")
    return edit, tuple(notes)


def _list_needles(story: Story) -> Iterator[bytes]:
    yield addresses.record_name(story.path).encode("utf-8", "surrogatepass")
    for address in story.addresses:
        for form in {address, urls.fetchable(address) or address}:
            path = urls.path(form).rstrip("/") or urls.host(form)
            ways = {path, html.escape(path), html.escape(path, quote=False)}
            yield from (way.encode("utf-8", "surrogatepass") for way in ways)


def _take_out(edit: Edit, path: str, data: bytes, story: Story, notes: list[str]) -> Edit:
    from copydesk.publish import issues  # only removals need it

    record = document.parse_record(path, data)
    words = (record.fields.get(key) for key in ("title", "excerpt"))
    title, excerpt = (said if isinstance(said, str) else "" for said in words)
    letter = issues.LetterText(title=title, excerpt=excerpt, body=record.body)
    after = issues.withdraw(letter, story)
    if issues.mentions(after.body, story):
        notes.append(f"an issue still links to the story, remove the link by hand: {path}")
    if after == letter:
        return edit
    name = addresses.record_name(story.path)
    data = letters.edit_letter(path, data, after.excerpt, after.body, name)
    edit = edit.with_bytes(path, data)
    return replace(edit, needed=edit.needed | {path})
