"""Verdicts: an editor's word, filed and committed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from copydesk import archive, review
from copydesk.archive import Archive, ArticleStore, Rulings
from copydesk.engine.editing._action import with_action
from copydesk.engine.filing import begin_change, hold_write_lock, notes_on
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
        story = newsroom.archive.read(find_record(newsroom.root, newsroom.settings, path))
        was_removed = _is_removed(newsroom.root, story)
        ruled = review.apply_verdict(story, verdict, newsroom.beat)
        change = _change(newsroom.root, newsroom.beat, newsroom.archive, ruled, verdict)
        is_removed = verdict.said == "remove"

        def remember(_: Sequence[str]) -> None:
            if is_removed:
                newsroom.memory.revisits.forget(ruled.path)

        begun = begin_change(newsroom.memory, lock, change, remember, needed=change.paths)
        if is_removed:
            _forget(newsroom.articles, ruled)
        done = begun.finish()
        return VerdictReport(
            path=ruled.path,
            said=verdict.said,
            published=ruled.published,
            changed=done.written,
            commit=done.commit,
            notes=notes_on(done, "the verdict is"),
            was_removed=was_removed,
        )


def speaker(newsroom: Newsroom, name: str = "") -> str:
    """Return who speaks: the one named, else git's user; raises UsageError where git knows none."""
    repository = archive.Repository(newsroom.root)
    by = name or (repository.user() if repository.usable else "")
    if not by:
        raise UsageError(
            "git knows no user who could say this",
            hint="name yourself with --as NAME, or set git config user.name",
        )
    return by


def _is_removed(root: Path, story: Story) -> bool:
    verdict = story.verdict or archive.read_rulings(root).verdict_on(story.path)
    return verdict is not None and verdict.said == "remove"


def _change(
    root: Path, beat: Beat, records: Archive, story: Story, verdict: Verdict
) -> archive.Change:
    """Return what a verdict changes: the record, and the rulings with its tombstone or word."""
    rulings = archive.read_rulings(root)
    files = (
        archive.rulings_change(root, _add_verdict(beat, rulings, story, verdict)),
        records.change(story),
    )
    title = text.fold(story.title)
    message = f"verdict: {verdict.said} {title}\n\n{verdict.why}\n\nby {verdict.by}"
    return archive.Change(
        files=tuple(change for change in files if change.is_new_bytes),
        message=with_action(message, "verdict", verdict.said, story.path),
        when=verdict.at,
    )


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


def _forget(articles: ArticleStore, story: Story) -> None:
    """Keep no text of a removed story; where a kill is faster a round does (`round/_retention`)."""
    for address in story.addresses:
        articles.forget(address)
