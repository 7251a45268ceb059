"""Verdicts: an editor's word, filed and committed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from copydesk import review
from copydesk.archive import Rulings, git
from copydesk.engine.editing._action import CommitWords
from copydesk.engine.editing._edit import Edit, EditStep, begin_edit, make_edit
from copydesk.engine.editing._filed_letters import take_out_of_letters
from copydesk.engine.filing import hold_write_lock
from copydesk.engine.newsroom import DeployReport, Failure, Newsroom, find_record
from copydesk.errors import UsageError
from copydesk.kit import text, urls
from copydesk.news import Beat, Story, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictReport:
    """What a verdict changed: the record, the files written, the commit.

    `was_removed` says that it undoes a removal. Where it was shown at once, `deploy` says what was
    sent, and `failed` what could not be.
    """

    path: str
    said: str
    published: bool | None
    changed: tuple[str, ...] = ()
    commit: str | None = None
    notes: tuple[str, ...] = ()
    was_removed: bool = False
    deploy: DeployReport | None = None
    failed: tuple[Failure, ...] = ()

    @property
    def is_urgent(self) -> bool:
        """Decide whether the site must show it at once: a story is taken away for good, or back."""
        return bool(self.changed) and (self.said == "remove" or self.was_removed)


def file_verdict(newsroom: Newsroom, path: str, verdict: Verdict) -> VerdictReport:
    """File an editor's verdict on the record at `path`; an equal one again changes nothing.

    `path` names the record as for `record_path`. Raises RecordError where there is no such record,
    it cannot be rewritten, or it has edits that are not committed; BusyError where another process
    writes for ten seconds.
    """
    with hold_write_lock(newsroom) as lock:
        record = find_record(newsroom.root, newsroom.settings, path)
        step = put_verdict(begin_edit(newsroom), record, verdict)
        made = make_edit(lock, step.edit, [step.words], verdict.at, what="the verdict is")
    return VerdictReport(
        path=step.path,
        said=verdict.said,
        published=step.edit.find(step.path).published,
        changed=made.written,
        commit=made.commit,
        notes=(*step.notes, *made.notes),
        was_removed=step.was_removed,
    )


def put_verdict(edit: Edit, path: str, verdict: Verdict) -> EditStep:
    """Put a verdict on the record at `path` into an edit; raises RecordError."""
    story = edit.find(path)
    earlier = edit.verdict_on(story)
    was_removed = earlier is not None and earlier.said == "remove"
    ruled = review.apply_verdict(story, verdict, edit.beat)
    title = text.fold(story.title)
    words = CommitWords(
        subject=f"verdict: {verdict.said} {title}",
        why=verdict.why,
        by=verdict.by,
        action=f"verdict {verdict.said} {path}",
    )
    edit = edit.with_rulings(_add_verdict(edit.beat, edit.rulings, ruled, verdict))
    edit = edit.with_need(story, ruled)
    notes: tuple[str, ...] = ()
    if verdict.said == "remove":
        edit = edit.without_traces([ruled.path], ruled.addresses)
        edit, notes = take_out_of_letters(edit, ruled)
    return EditStep(edit=edit, words=words, path=path, notes=notes, was_removed=was_removed)


def speaker(newsroom: Newsroom, name: str = "") -> str:
    """Return who speaks: the one named, else git's user; raises UsageError where git knows none."""
    repository = git.Repository(newsroom.root)
    by = name or (repository.user() if repository.usable else "")
    if not by:
        raise UsageError(
            "git knows no user who could say this",
            hint="name yourself with --as NAME, or set git config user.name",
        )
    return by


def _add_verdict(beat: Beat, rulings: Rulings, story: Story, verdict: Verdict) -> Rulings:
    """Return the rulings with the verdict, where records have no place for it, and a tombstone."""
    known = rulings.verdict_on(story.path)
    is_new = known is None or not review.is_same_word(known, verdict)
    if beat.scoring.traits.keeps_verdicts_in_rulings and is_new:
        rulings = rulings.with_verdict(story.path, verdict)
    ours = set(map(urls.identity, story.addresses))
    others = [address for address in rulings.removed if urls.identity(address) not in ours]
    if verdict.said != "remove":
        return replace(rulings, removed=tuple(others))
    if ours <= set(map(urls.identity, rulings.removed)):
        return rulings
    return replace(rulings, removed=(*others, *story.addresses))
