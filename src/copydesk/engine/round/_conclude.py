"""Conclude: a round's stories filed under the write lock, one commit, and all of it remembered.

    judge  >  bytes  >  lock  >  last check  >  journal  >  memory  >  files, lot by lot  >  commit

What is remembered of the round is in the journal, too: one that is killed from there on is finished
by whoever comes next, and has forgotten nothing. A person's word is never waited for, and never
written over: what it makes of a record stays, and the next round sets that record beside the others
again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from copydesk import archive
from copydesk.archive import Recovered, WriteLock
from copydesk.engine.filing import (
    PATIENCE_SECONDS,
    Filed,
    FilingOrder,
    PreparedRecords,
    begin_change,
    filing_result,
    finish_story,
    hold_write_lock,
    keep_digests,
    prepare_records,
    removed_addresses,
    reseal_corrected,
    take_over_unknown,
)
from copydesk.engine.judging import Desk
from copydesk.engine.newsroom import Newsroom, Troubles, failure_of
from copydesk.engine.revisiting import (
    keep_looks,
    keep_plan,
    make_up_plans,
    place_of_look,
    plan_filed,
)
from copydesk.engine.round._judge import (
    Gathered,
    Stories,
    judge_all,
    open_desk,
    overrule,
    replace_rules,
    without_overruled,
)
from copydesk.engine.round._tally import Tally
from copydesk.engine.sources import (
    LEDGER_PATH,
    RULE_REASONS,
    RuleDigests,
    is_at_home,
    keep_states,
    ledger_under_edit,
    note_moves,
)
from copydesk.errors import CopydeskError, GitError, RecordError
from copydesk.kit import text, urls
from copydesk.memory import Fate
from copydesk.news import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """With what a round ends: its lock, and the branch it began on."""

    lock: WriteLock
    branch: str


def finish_left_over(newsroom: Newsroom, lock: WriteLock) -> tuple[Recovered, ...]:
    """Finish what was cut short before a round begins; return what came of it."""
    with hold_write_lock(newsroom, lock, PATIENCE_SECONDS):
        take_over_unknown(newsroom, lock)
        newsroom.archive.sweep()
        newsroom.articles.sweep()
        return lock.recovered


def conclude(
    desk: Desk, gathered: Gathered, tally: Tally, ending: Ending
) -> tuple[Stories, Filed, Tally]:
    """Judge what was gathered and file it; return the stories, what was filed, the round's tally.

    Where an editor's word meanwhile keeps one of the new stories out, all is judged again without
    it.
    """
    while True:
        attempt = tally.copy()
        with attempt.timed("judge"):
            stories = judge_all(desk, gathered, attempt)
        with attempt.timed("file"):
            prepared = _prepare(desk, stories, ending)
            with hold_write_lock(desk.newsroom, ending.lock, PATIENCE_SECONDS):
                current = replace_rules(desk, archive.read_rulings(desk.newsroom.root).rules)
                fresh = [stories.changed[path] for path in stories.fresh]
                overruled = [story for story in fresh if overrule(story, current)]
                if not overruled:
                    filing = _Filing(desk, gathered, stories, attempt, ending)
                    return stories, filing.file(prepared), attempt
        for story in overruled:
            _forget_text(desk.newsroom, story)
        gathered = without_overruled(gathered, current, tally)
        desk = open_desk(current.newsroom, desk.vectors, Troubles())


def _prepare(desk: Desk, stories: Stories, ending: Ending) -> PreparedRecords:
    """Return what is to be written: others may write meanwhile, `begin` finds what they changed."""
    order = FilingOrder(before=stories.before, message=_message(stories), branch=ending.branch)
    return prepare_records(desk.newsroom, _as_written(desk.newsroom, stories), order)


def _as_written(newsroom: Newsroom, stories: Stories) -> list[Story]:
    """Return the stories with digests and seals, their articles kept; copies behind originals."""
    return [
        _finished(newsroom, stories, path)
        for path, _ in sorted(stories.changed.items(), key=_originals_first)
    ]


def _finished(newsroom: Newsroom, stories: Stories, path: str) -> Story:
    """Give a story as it is written: with digests and seal where its words are new."""
    story = stories.changed[path]
    if path in stories.fresh:
        return finish_story(newsroom, story, stories.fresh[path][1])
    if path in stories.corrected:
        return reseal_corrected(newsroom, story, stories.corrected[path].article)
    return story


def _forget_text(newsroom: Newsroom, story: Story) -> None:
    """Keep no text of a story that an editor's word keeps out, under any of its addresses."""
    for address in story.addresses:
        newsroom.articles.forget(address)


def _originals_first(item: tuple[str, Story]) -> tuple[bool, str]:
    """Sort copies behind what they may be copies of: a round may be cut short between two."""
    path, story = item
    return bool(story.copy_of), path


def _message(stories: Stories) -> str:
    """Return a commit's message: how many stories, then a line each and what was corrected."""
    new, changed = len(stories.fresh), len(stories.changed) - len(stories.fresh)
    parts = [f"{new} new" if new else "", f"{changed} updated" if changed else ""]
    what = ", ".join(part for part in parts if part)
    lines = [
        line for path, story in sorted(stories.changed.items()) for line in _told(stories, story)
    ]
    subject = f"news: {what or 'sources that moved'}"
    return "\n".join([subject, "", *lines]) if lines else subject


def _told(stories: Stories, story: Story) -> list[str]:
    """Give the lines of a commit's message on one story: its title, then what was corrected."""
    correction = stories.corrected.get(story.path)
    events = correction.events if correction else ()
    return [
        f"{'+' if story.path in stories.fresh else '~'} {text.fold(story.title)}",
        *(f"  {text.fold(str(event))}" for event in events),
    ]


@dataclass(frozen=True, slots=True)
class _Filing:
    """One round's filing, under the write lock."""

    desk: Desk
    gathered: Gathered
    stories: Stories
    tally: Tally
    ending: Ending

    def file(self, prepared: PreparedRecords) -> Filed:
        """Put the stories and the sources' moves into one commit, remembered beforehand."""
        moves = self._moves_of_sources()
        along = () if moves is None else (moves,)
        change = replace(prepared.change, files=(*along, *prepared.change.files))
        filed_before = self.stories.before.keys()

        def remember(skipped: Sequence[str]) -> None:
            overtaken = {*skipped, *prepared.moved}
            unwritten = {*overtaken, *(one.url for one in prepared.failed)}
            self._remember(unwritten, filed_before & overtaken)
            keep_digests(self.desk.newsroom, _but(prepared.stories, unwritten))

        try:
            begun = begin_change(self.desk.newsroom, self.ending.lock, change, remember)
        except (RecordError, GitError) as error:  # a full disk: nothing was touched
            self.tally.failed.append(failure_of(error.subject, error))
            with self.desk.newsroom.memory.together():
                self._remember(self.stories.changed.keys(), filed_before)
            return Filed()
        filed = filing_result(prepared, begun.finish())
        self._correct(filed, frozenset(begun.paths))
        if begun.error is not None:
            note = f"git cannot say which records are edited ({begun.error}): only new ones written"
            filed = replace(filed, notes=(note, *filed.notes))
        self.tally.failed.extend(filed.failed)
        return self._of_records(filed)

    def _moves_of_sources(self) -> archive.FileChange | None:
        """Return what is written down of sources that moved or ended, None for nothing new."""
        asked = self.gathered.asked
        try:
            return note_moves(self.desk.newsroom, asked.before, asked.after)
        except CopydeskError as error:
            self.tally.failed.append(failure_of(error.subject, error))
            return None

    def _of_records(self, filed: Filed) -> Filed:
        """Return what is to be told of records; sources under edit are a failure of their own."""
        if LEDGER_PATH in filed.skipped:
            self.tally.failed.append(failure_of(LEDGER_PATH, ledger_under_edit(self.desk.newsroom)))
        return replace(
            filed,
            written=tuple(path for path in filed.written if path in self.stories.changed),
            skipped=tuple(path for path in filed.skipped if path in self.stories.changed),
        )

    def _remember(self, unwritten: Collection[str], overtaken: Collection[str]) -> None:
        """Remember the round; `unwritten` are the records that stay as they are.

        Those that a word or an edit has `overtaken` are to be set beside the others again.
        """
        newsroom = self.desk.newsroom
        self.tally.not_filed(self.stories.fresh.keys() & {*unwritten})
        self._remember_sources()
        rules = RuleDigests(newsroom)
        for fate in self.tally.fates:
            newsroom.memory.keep_fate(_by_rules(newsroom, rules, fate))
        self.gathered.sites.keep()
        self.desk.vectors.forget_others()
        newsroom.memory.overtaken.forget_all()
        for path in overtaken:
            newsroom.memory.overtaken.put(path, b"")
        if newsroom.settings.records.look_again:
            self._plan(unwritten)
        self._forget_removed()

    def _remember_sources(self) -> None:
        failed = {fate.source for fate in self.tally.fates if fate.state == "failed"}
        later = {lead.source for lead in self.tally.waiting}
        soon = {lead.source for lead in self.tally.waiting if is_at_home(lead)}
        states = {one.source.url: one.state for one in self.gathered.asked.answers}
        keep_states(self.desk.newsroom, states, failed | later - soon, soon)

    def _plan(self, unwritten: Collection[str]) -> None:
        """Plan when to look again at what is filed, what was looked at, and what has no plan."""
        newsroom = self.desk.newsroom
        for path in sorted(self.stories.fresh.keys() - {*unwritten}):
            lead, article = self.stories.fresh[path]
            story, seen = self.stories.changed[path], self.gathered.seen[lead.url]
            plan = plan_filed(newsroom, lead, article, seen)
            keep_plan(newsroom, story, *place_of_look(story, lead.url, plan, seen))
        keep_looks(newsroom, self.gathered.looks, self.stories.corrected, {*unwritten})
        adopted = self.ending.lock.adopted
        make_up_plans(newsroom, self.desk.shelf, self.desk.removed, adopted)

    def _correct(self, filed: Filed, begun: frozenset[str]) -> None:
        """Correct what was remembered of records that a word overtook, or the disk refused."""
        newsroom = self.desk.newsroom
        overtaken = begun & {*filed.skipped}
        refused = begun & {failure.url for failure in filed.failed}
        if not overtaken and not refused:
            return
        self.tally.not_filed(self.stories.fresh.keys() & refused)
        looks = [one for one in self.gathered.looks if one.story.path in overtaken | refused]
        with newsroom.memory.together():
            for fate in self.tally.fates:
                if fate.state == "failed":
                    newsroom.memory.keep_fate(fate)
            for path in overtaken - {LEDGER_PATH}:
                newsroom.memory.overtaken.put(path, b"")
            if newsroom.settings.records.look_again:
                keep_looks(newsroom, looks, self.stories.corrected, overtaken | refused)
            self._forget_removed()

    def _forget_removed(self) -> None:
        """Keep neither text nor plan of a filed story that was removed since its page was read."""
        newsroom = self.desk.newsroom
        removed = removed_addresses(newsroom)
        looked_at = {one.story.path: one.story for one in self.gathered.looks}
        for path, story in {**looked_at, **self.stories.changed}.items():
            if not removed.isdisjoint(map(urls.identity, story.addresses)):
                _forget_text(newsroom, story)
                newsroom.memory.revisits.forget(path)


def _but(stories: Sequence[Story], paths: Collection[str]) -> list[Story]:
    return [story for story in stories if story.path not in paths]


def _by_rules(newsroom: Newsroom, rules: RuleDigests, fate: Fate) -> Fate:
    """Note with a drop that the owner's rules made which rules those were."""
    source = newsroom.beat.source(fate.source)
    if source is None or fate.reason not in RULE_REASONS:
        return fate
    return replace(fate, rules=rules.behind(source, fate.reason))
