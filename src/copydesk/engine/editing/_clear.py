"""Clear: a verdict taken back; the story stands again as the machine has it.

record, verdict ── clear_verdict ──> alone: judged by today's rules, from its stored article
                                ──> in a group: set among the others anew
                                ──> else, or without an article: by its own record's points
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from copydesk import judge, review
from copydesk.archive import ArticleStore, Rulings
from copydesk.catalogue import Catalogue
from copydesk.config import Settings
from copydesk.engine.cataloguing import ask_catalogue, beat_in_force
from copydesk.engine.editing._action import CommitWords
from copydesk.engine.editing._edit import Edit, EditStep, MadeEdit, begin_edit, make_edit
from copydesk.engine.editing._verdicts import VerdictReport
from copydesk.engine.filing import find_article, hold_write_lock
from copydesk.engine.newsroom import Newsroom, Silence, find_record
from copydesk.engine.rejudging import after_others, judge_again
from copydesk.errors import RecordError
from copydesk.judge import clustering
from copydesk.kit import text, urls
from copydesk.news import Shelved, Story

_NO_TIME = datetime.min.replace(tzinfo=UTC)

Pair = tuple[Story, Story]  # a record as read, and as it will be


def clear_verdict(newsroom: Newsroom, path: str, by: str, why: str) -> VerdictReport:
    """Take back the verdict on the record at `path`: it is published or not as the machine has it.

    Where there is none nothing changes. What a person wrote into the file after the verdict stays.
    Raises RecordError and BusyError as `file_verdict` does.
    """
    with hold_write_lock(newsroom) as lock:
        record = find_record(newsroom.root, newsroom.settings, path)
        step = put_clearing(begin_edit(newsroom), record, by, why)
        made = MadeEdit()
        if step.edit.watched:
            made = make_edit(lock, step.edit, [step.words], newsroom.now, what="the verdict is")
    return VerdictReport(
        path=step.path,
        said="clear",
        published=step.edit.find(step.path).published,
        changed=made.changed,
        commit=made.commit,
        notes=(*step.notes, *made.notes),
        was_removed=step.was_removed,
    )


def put_clearing(edit: Edit, path: str, by: str, why: str) -> EditStep:
    """Put the taking back of a verdict into an edit, which stays as it is where there is none."""
    story = edit.find(path)
    title = text.fold(story.title)
    words = CommitWords(
        subject=f"verdict: clear {title}", why=why, by=by, action=f"verdict clear {path}"
    )
    verdict = edit.verdict_on(story)
    if verdict is None:
        return EditStep(edit=edit, words=words, path=path, notes=("there is no verdict on it",))
    edit = edit.with_rulings(_without(edit.rulings, story))
    if review.is_edited_since(story, verdict):
        pairs = [(story, review.keep_edit(story, edit.digests_of(story)))]
        notes = ["whether it is published was edited since: that stays as edited"]
    else:
        pairs, notes = list(_as_the_machine_has_it(edit, story)), []
    for before, after in pairs:
        edit = edit.with_story(before, after)
    return EditStep(
        edit=replace(edit, watched=edit.watched | {path}),
        words=words,
        path=path,
        notes=tuple(notes),
        was_removed=verdict.said == "remove",
    )


def _without(rulings: Rulings, story: Story) -> Rulings:
    """Return the rulings without the word on a story, and its tombstones."""
    ours = set(map(urls.identity, story.addresses))
    removed = tuple(url for url in rulings.removed if urls.identity(url) not in ours)
    return replace(rulings.without_verdict(story.path), removed=removed)


def _as_the_machine_has_it(edit: Edit, story: Story) -> Iterator[Pair]:
    """Yield the story as the machine has it, then others of its group that change by that."""
    known, newsroom = edit.digests_of(story), edit.newsroom
    plain = review.without_verdict(story, known)
    if plain.copy_of:
        yield story, review.answer_for(story, plain, known)
    elif plain.group or plain.returns_to:
        back = replace(plain, group=plain.group or plain.returns_to)
        yield from _in_its_group(edit, story, back)
    elif plain.related and not newsroom.beat.scoring.traits.groups_by_rules:
        yield story, _beside_its_coverage(edit, story, plain)
    else:
        judged = _judge(edit, plain) or _by_points(newsroom.settings, newsroom.articles, plain, [])
        yield story, review.answer_for(story, judged, known)


def _judge(edit: Edit, plain: Story) -> Story | None:
    """Return a story as today's rules have it, None where its article is no longer kept.

    It is compared with no other: whether it is a copy was decided when it was filed.
    """
    judged = judge_again(edit.newsroom_after, [plain], edit.rulings, None, Silence())
    return next(
        (rejudged.fresh for rejudged in judged.stories if rejudged.filed.path == plain.path), None
    )


def _by_points(
    settings: Settings, articles: ArticleStore, plain: Story, beside: list[Story]
) -> Story:
    """Return a story as its record's points have it, through today's gate.

    Nothing but an editor's word put one of the site's own on it.
    """
    if plain.is_own:
        return replace(plain, published=False)
    beat = settings.beat
    points = judge.points_at_the_gate(plain, beside, beat)
    story = review.decide_by_points(plain, points, beat.scoring.publish_at)
    article = find_article(articles, plain)
    source = beat.source(article.source) if article else None
    return review.gate(story, settings.review.mode, source.trust if source else "gate")


def _beside_its_coverage(edit: Edit, story: Story, plain: Story) -> Story:
    """Return a story of `everyday` as it stands among what its record lists beside it.

    No verdict moves a group there: one that the line had published is in front, any other behind
    whoever is.
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
        return review.answer_for(story, replace(plain, published=False, heat=-1), known)
    judged = _by_points(newsroom.settings, newsroom.articles, plain, beside)
    total = judge.points_at_the_gate(plain, beside, newsroom.beat)
    heat = total if judged.published else plain.quality
    return review.answer_for(story, replace(judged, heat=heat), known)


def _in_its_group(edit: Edit, story: Story, plain: Story) -> Iterator[Pair]:
    """Yield the story, and those of its group, as they stand when all are looked at again."""
    newsroom = edit.newsroom
    filed = {member.path: member for member in _around(edit, plain)}
    window = sorted(
        ({**filed, plain.path: plain}).values(),
        key=lambda member: (member.published_at or _NO_TIME, member.path),
    )
    shelved = [Shelved(story=member) for member in window]
    beat = beat_in_force(newsroom.root, edit.beat, newsroom.now)
    regrouped = judge.regroup(shelved, beat, frozenset(), frozenset({plain.path}))
    changed: Mapping[str, Story] = {member.path: member for member in regrouped}
    known = edit.digests_of(story)
    yield story, review.answer_for(story, changed.get(plain.path, plain), known)
    for path, after in changed.items():
        if path != plain.path and after.group == plain.group:
            yield (
                filed[path],
                after_others(newsroom.beat, newsroom.memory, newsroom.now, filed[path], after),
            )


def _around(edit: Edit, plain: Story) -> Iterator[Story]:
    """Yield the stories of the weeks around one, and all others of its group."""

    def find(catalogue: Catalogue) -> set[str]:
        paths = set(catalogue.in_groups([plain.group]))
        if plain.published_at is not None:
            start = plain.published_at - clustering.NEIGHBOURS_WITHIN
            paths.update(
                catalogue.between(start, plain.published_at + clustering.NEIGHBOURS_WITHIN)
            )
        return paths

    yield from _read_all(edit, ask_catalogue(edit.newsroom, find) - {plain.path})


def _read_all(edit: Edit, paths: Iterable[str]) -> Iterator[Story]:
    """Yield the stories at these paths, those that can be read, in their order."""
    for path in sorted(paths):
        with contextlib.suppress(RecordError):
            yield edit.find(path)
