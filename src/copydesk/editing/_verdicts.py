"""Store and clear editors' decisions on stories (verdicts); update the site after removals."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from copydesk import building, judge, review
from copydesk.archive import Rulings
from copydesk.catalogue import Catalogue
from copydesk.editing import _edit
from copydesk.errors import CopydeskError, RecordError, UsageError
from copydesk.judge import clustering
from copydesk.kit import text, urls
from copydesk.news import Beat, Shelved, Story, Verdict
from copydesk.news.story import time_and_path
from copydesk.newsroom import Failure, Newsroom, Progress, Silence
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.newsroom.filing import hold_write_lock
from copydesk.newsroom.records import record_path
from copydesk.newsroom.reports import DeployReport
from copydesk.newsroom.standings import beat_in_force
from copydesk.review import rejudging


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictReport:
    """The result of storing or clearing an editor's decision on a story: changed files, commit.

    `was_removed` is set if it undoes a removal. After urgent publishing, `deploy` reports the
    deploy and `failed` the targets that could not be reached.
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
        """Whether the site must be updated now: the story was removed for good, or restored."""
        return bool(self.changed) and (self.said == "remove" or self.was_removed)


def file_verdict(newsroom: Newsroom, path: str, verdict: Verdict) -> VerdictReport:
    """Store an editor's decision (verdict) on the story at `path`. Repeating it changes nothing.

    `path` names the record as for `record_path`. Raises RecordError if the record is missing,
    cannot be written or has uncommitted edits; BusyError if another process holds the write lock
    for ten seconds.
    """
    with hold_write_lock(newsroom) as lock:
        record = record_path(newsroom, path)
        step = put_verdict(_edit.begin_edit(newsroom), record, verdict)
        made = _edit.make_edit(lock, step.edit, [step.words], verdict.at, what="the decision is")
    return VerdictReport(
        path=step.path,
        said=verdict.said,
        published=step.edit.find(step.path).published,
        changed=made.written,
        commit=made.commit,
        notes=(*step.notes, *made.notes),
        was_removed=step.was_removed,
    )


def put_verdict(edit: _edit.Edit, path: str, verdict: Verdict) -> _edit.EditStep:
    """Add an editor's decision on the story at `path` to a pending edit; raises RecordError."""
    story = edit.find(path)
    earlier = edit.verdict_on(story)
    was_removed = earlier is not None and earlier.said == "remove"
    ruled = review.apply_verdict(story, verdict, edit.beat)
    title = text.fold(story.title)
    words = _edit.CommitWords(
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
        edit, notes = _edit.take_out_of_letters(edit, ruled)
    return _edit.EditStep(edit=edit, words=words, path=path, notes=notes, was_removed=was_removed)


def speaker(newsroom: Newsroom, name: str = "") -> str:
    """Return the acting editor's name (`name`, or else git's user); UsageError if git has none."""
    repository = newsroom.repository
    by = name or (repository.user() if repository.usable else "")
    if not by and shutil.which("git") is None:
        raise UsageError("git is not installed", hint="install git, or use --as NAME")
    if not by:
        raise UsageError(
            "git has no user name to use as the editor's name",
            hint=f"use --as NAME, or run `{newsroom.git_command('config', 'user.name', 'NAME')}`",
        )
    return by


def _add_verdict(beat: Beat, rulings: Rulings, story: Story, verdict: Verdict) -> Rulings:
    """Return the rulings with a decision on a story (if records cannot store it), and with the
    story's URLs if it is removed for good.
    """
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


# Urgent publishing: removed and restored stories are updated on the deployed site at once.


def show_at_once(newsroom: Newsroom, report: VerdictReport, progress: Progress) -> VerdictReport:
    """Build and upload the site after an editor's decision; return the report with the result."""
    done, failed = publish_at_once(newsroom, progress)
    return replace(report, deploy=done, failed=failed)


def publish_at_once(
    newsroom: Newsroom, progress: Progress
) -> tuple[DeployReport | None, tuple[Failure, ...]]:
    """Build and upload the site now; wait for an upload that is already running.

    Raises PublishError. A target that could not be reached is returned as a failure: the decision
    remains valid, and the next deploy updates it.
    """
    building.build(newsroom, progress)
    target = newsroom.settings.deploy.to
    if not target:
        return None, ()
    try:
        return building.deploy(newsroom, progress, building.DeployOptions(waits=True)), ()
    except CopydeskError as error:
        what = f"the decision is saved, but the site could not be deployed: {error}"
        hint = "; then run `copydesk build --deploy`"
        return None, (Failure(url=target, what=what, hint=(error.hint or "fix this") + hint),)


# Clearing a verdict: the story gets back the status that the rules give it.
#
# record, verdict ── clear_verdict ──> alone: judged by today's rules, from its stored article
#                                 ──> in a group: regrouped with the others
#                                 ──> else, or without an article: by its own record's points


Pair = tuple[Story, Story]  # a record as read, and as it will be


def clear_verdict(newsroom: Newsroom, path: str, by: str, why: str) -> VerdictReport:
    """Delete an editor's decision on the story at `path`, so that rules decide its status again.

    Without a decision nothing changes. Later edits of the file by hand stay. Raises RecordError and
    BusyError as `file_verdict` does.
    """
    with hold_write_lock(newsroom) as lock:
        record = record_path(newsroom, path)
        step = put_clearing(_edit.begin_edit(newsroom), record, by, why)
        made = _edit.MadeEdit()
        if step.edit.watched:
            made = _edit.make_edit(
                lock, step.edit, [step.words], newsroom.now, what="the decision is"
            )
    return VerdictReport(
        path=step.path,
        said="clear",
        published=step.edit.find(step.path).published,
        changed=made.changed,
        commit=made.commit,
        notes=(*step.notes, *made.notes),
        was_removed=step.was_removed,
    )


def put_clearing(edit: _edit.Edit, path: str, by: str, why: str) -> _edit.EditStep:
    """Delete an editor's decision on a story, if there is one, in a pending edit."""
    story = edit.find(path)
    title = text.fold(story.title)
    words = _edit.CommitWords(
        subject=f"verdict: clear {title}", why=why, by=by, action=f"verdict clear {path}"
    )
    verdict = edit.verdict_on(story)
    if verdict is None:
        return _edit.EditStep(
            edit=edit, words=words, path=path, notes=("there is no decision to clear",)
        )
    edit = edit.with_rulings(_without(edit.rulings, story))
    if rejudging.is_edited_since(story, verdict):
        pairs = [(story, rejudging.keep_edit(story, edit.digests_of(story)))]
        notes = ["the field `published` was edited by hand after the decision, and stays as edited"]
    else:
        pairs, notes = list(_as_the_machine_has_it(edit, story)), []
    for before, after in pairs:
        edit = edit.with_story(before, after)
    return _edit.EditStep(
        edit=replace(edit, watched=edit.watched | {path}),
        words=words,
        path=path,
        notes=tuple(notes),
        was_removed=verdict.said == "remove",
    )


def _without(rulings: Rulings, story: Story) -> Rulings:
    """Return the rulings without the decision on a story, and without the removal of its URLs."""
    ours = set(map(urls.identity, story.addresses))
    removed = tuple(url for url in rulings.removed if urls.identity(url) not in ours)
    return replace(rulings.without_verdict(story.path), removed=removed)


def _as_the_machine_has_it(edit: _edit.Edit, story: Story) -> Iterator[Pair]:
    """Yield a story without the editor's decision, and the stories of its group that change with
    it, as pairs of the record before and after.
    """
    known, newsroom = edit.digests_of(story), edit.newsroom
    plain = rejudging.without_verdict(story, known)
    if plain.copy_of:
        yield story, rejudging.answer_for(story, plain, known)
    elif plain.group or plain.returns_to:
        back = replace(plain, group=plain.group or plain.returns_to)
        yield from _in_its_group(edit, story, back)
    elif plain.related and not newsroom.beat.scoring.traits.groups_by_rules:
        yield story, _beside_its_coverage(edit, story, plain)
    else:
        judged = _judge(edit, plain) or _by_points(newsroom, plain, [])
        yield story, rejudging.answer_for(story, judged, known)


def _judge(edit: _edit.Edit, plain: Story) -> Story | None:
    """Return a story scored by today's rules; None if its article is no longer stored.

    The story is not compared with others: its `copy_of` was decided when it was stored.
    """
    from copydesk.rounds.rejudging import judge_again  # not every decision needs it

    judged = judge_again(edit.newsroom_after, [plain], edit.rulings, None, Silence())
    return next(
        (rejudged.fresh for rejudged in judged.stories if rejudged.filed.path == plain.path), None
    )


def _by_points(newsroom: Newsroom, plain: Story, beside: list[Story]) -> Story:
    """Return a story as published or not, by its stored points and today's publishing threshold.

    One of the site's own stories was published only by an editor.
    """
    if plain.is_own:
        return replace(plain, published=False)
    beat = newsroom.beat
    points = judge.points_at_the_gate(plain, beside, beat)
    story = rejudging.decide_by_points(plain, points, beat.scoring.publish_at)
    article = newsroom.articles.find_for(plain)
    source = beat.source(article.source) if article else None
    return rejudging.gate(story, newsroom.settings.review.mode, source.trust if source else "gate")


def _beside_its_coverage(edit: _edit.Edit, story: Story, plain: Story) -> Story:
    """Return a story of profile `everyday` with the place in its group that its record gives.

    A decision moves no group in that profile: a story that was published by the rules leads its
    group, and any other is behind the leader.
    """
    known, newsroom = edit.digests_of(story), edit.newsroom
    addresses = [related.web_url for related in plain.related]
    paths = ask_catalogue(newsroom, lambda catalogue: catalogue.at_addresses(addresses))
    beside = list(_read_all(edit, {*paths} - {plain.path}))
    in_front = [
        other
        for other in beside
        if other.heat != -1 and edit.rulings.verdict_on(other.path) is None
    ]
    if in_front and not plain.published:
        return rejudging.answer_for(story, replace(plain, published=False, heat=-1), known)
    judged = _by_points(newsroom, plain, beside)
    total = judge.points_at_the_gate(plain, beside, newsroom.beat)
    heat = total if judged.published else plain.quality
    return rejudging.answer_for(story, replace(judged, heat=heat), known)


def _in_its_group(edit: _edit.Edit, story: Story, plain: Story) -> Iterator[Pair]:
    """Yield a story and its group after regrouping, each story as a pair of old and new."""
    from copydesk.rounds.rejudging import after_others  # not every decision needs it

    newsroom = edit.newsroom
    filed = {member.path: member for member in _around(edit, plain)}
    window = sorted({**filed, plain.path: plain}.values(), key=time_and_path)
    shelved = [Shelved(story=member) for member in window]
    beat = beat_in_force(newsroom.root, edit.beat, newsroom.now)
    regrouped = judge.regroup(shelved, beat, frozenset(), frozenset({plain.path}))
    changed: Mapping[str, Story] = {member.path: member for member in regrouped}
    known = edit.digests_of(story)
    yield story, rejudging.answer_for(story, changed.get(plain.path, plain), known)
    for path, after in changed.items():
        if path != plain.path and after.group == plain.group:
            yield (
                filed[path],
                after_others(newsroom.beat, newsroom.memory, newsroom.now, filed[path], after),
            )


def _around(edit: _edit.Edit, plain: Story) -> Iterator[Story]:
    """Yield the stories published in the weeks around a story, and all others of its group."""

    def find(catalogue: Catalogue) -> set[str]:
        paths = set(catalogue.in_groups([plain.group]))
        if plain.published_at is not None:
            start = plain.published_at - clustering.NEIGHBOURS_WITHIN
            paths.update(
                catalogue.between(start, plain.published_at + clustering.NEIGHBOURS_WITHIN)
            )
        return paths

    yield from _read_all(edit, ask_catalogue(edit.newsroom, find) - {plain.path})


def _read_all(edit: _edit.Edit, paths: Iterable[str]) -> Iterator[Story]:
    """Yield the stories at these paths whose records can be read, in order of path."""
    for path in sorted(paths):
        with contextlib.suppress(RecordError):
            yield edit.find(path)
