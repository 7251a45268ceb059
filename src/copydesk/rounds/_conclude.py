"""Store the stories of a fetching round as files in one git commit, then update the memory
database.

    judge  >  bytes  >  lock  >  last check  >  journal  >  files, in batches  >  commit  >  memory

If the round is killed after the journal has its change, the next command finishes the change. The
next round then asks the sources again, and finds in records and articles what the memory lacks. The
round never waits for a person's edit or ruling and never overwrites one: that record stays as the
person left it, and the next round regroups it.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import timedelta

from copydesk import archive
from copydesk.archive import ArticleStore
from copydesk.archive.change import Recovered, WriteLock
from copydesk.config import Settings
from copydesk.errors import CopydeskError, GitError, RecordError
from copydesk.kit import dates, text, urls
from copydesk.memory import CountKind, Fate, Tally, find_step
from copydesk.news import Beat, Dropped, Lead, Story
from copydesk.news.source import Tip
from copydesk.newsroom import Failure, Newsroom, failure_of
from copydesk.newsroom.filing import (
    PATIENCE_SECONDS,
    RULINGS_PATH,
    Filed,
    FilingOrder,
    PreparedRecords,
    filing_result,
    finish_story,
    hold_write_lock,
    prepare_records,
    read_removals,
    reseal_correction,
)
from copydesk.review.rules import with_rule
from copydesk.rounds import outcomes as round_outcomes
from copydesk.rounds._corrections import keep_looks
from copydesk.rounds._judge_articles import (
    Stories,
    Update,
    drop_by_rules,
    judge_all,
    open_bench,
    overrule,
    replace_rules,
)
from copydesk.rounds._judging import Bench
from copydesk.rounds._pictures import FormMaking
from copydesk.rounds._revisit_plans import keep_plan, make_up_plans, place_of_look, plan_first_look
from copydesk.rounds.outcomes import TRIES, Gathered, Known, NewStory, Outcome, Stopwatch, Waiting
from copydesk.rounds.sources import SourceAnswers, is_at_home
from copydesk.rounds.sources.states import (
    LEDGER_PATH,
    RULE_REASONS,
    RuleDigests,
    forget_tip,
    keep_states,
    keep_waiting_leads,
    ledger_under_edit,
    note_moves,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a fetching round needs at its end: write lock, git branch, and the maker of picture
    sizes.

    `left_over` are the records of a killed round whose change was finished before this round.
    """

    lock: WriteLock
    branch: str
    pictures: FormMaking
    left_over: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """The result of a fetching round: what was fetched, the stories made of it, the story records
    that were written, and the failures.
    """

    gathered: Gathered
    stories: Stories
    filed: Filed
    failed: tuple[Failure, ...] = ()

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Return what became of every link that the fetching round handled."""
        return (*self.gathered.outcomes, *self.stories.outcomes)


def finish_left_over(newsroom: Newsroom, lock: WriteLock) -> tuple[Recovered, ...]:
    """Finish a commit of stories that a killed process left unfinished; return what was
    recovered.
    """
    with hold_write_lock(newsroom, lock, PATIENCE_SECONDS):
        newsroom.archive.sweep()
        newsroom.articles.sweep()
        return lock.recovered


async def conclude(
    bench: Bench, gathered: Gathered, ending: Ending, stopwatch: Stopwatch
) -> Concluded:
    """Make stories of the fetched articles and commit them, while processes make picture sizes.

    If an editor's rule meanwhile blocks one of the new stories, all are judged again without it.
    """
    while True:
        with stopwatch.measure("judge"):
            stories = judge_all(bench, gathered)
            await ending.pictures.begin(stories.changed.values())
        with stopwatch.measure("file"):
            prepared = _prepare(bench, stories, ending)
            with hold_write_lock(bench.newsroom, ending.lock, PATIENCE_SECONDS):
                current = replace_rules(bench, archive.read_rulings(bench.newsroom.root).rules)
                fresh = [new.story for new in stories.new.values()]
                overruled = [story for story in fresh if overrule(story, current)]
                if not overruled:
                    filing = _Filing(bench, gathered, stories, ending)
                    filed = filing.file(prepared)
                    failed = tuple(filing.failed)
                    return Concluded(gathered=gathered, stories=stories, filed=filed, failed=failed)
        for story in overruled:
            _forget_text(bench.newsroom.articles, story)
        gathered = drop_by_rules(gathered, current)
        left_alone = bench.left_alone
        bench = open_bench(current.newsroom, bench.catalogue, bench.vectors)
        bench = replace(bench, left_alone=left_alone)


def _prepare(bench: Bench, stories: Stories, ending: Ending) -> PreparedRecords:
    """Return the story records to write; `begin` detects files that other processes change
    meanwhile.
    """
    before = {path: update.before for path, update in stories.updates.items()}
    order = FilingOrder(
        before=before, message=_message(stories), branch=ending.branch, left_alone=bench.left_alone
    )
    newsroom = bench.newsroom
    return prepare_records(
        newsroom, _finish_records(newsroom.settings, newsroom.articles, stories), order
    )


def _finish_records(settings: Settings, articles: ArticleStore, stories: Stories) -> list[Story]:
    """Return the stories ready to be written, originals before copies; store their article texts.

    With this order, an interruption never leaves a copy without its original.
    """
    new, written = stories.new, []
    in_order = sorted(stories.changed.values(), key=lambda story: (bool(story.copy_of), story.path))
    for story in in_order:
        if story.path in new:
            written.append(finish_story(settings, articles, story, new[story.path].as_read))
        else:
            correction = stories.updates[story.path].correction
            article = correction.article if correction else None
            written.append(reseal_correction(settings, articles, story, article))
    return written


def _forget_text(articles: archive.ArticleStore, story: Story) -> None:
    """Delete the stored article text of a story that an editor's rule blocks, for all its URLs."""
    for address in story.addresses:
        articles.forget(address)


def _message(stories: Stories) -> str:
    """Return the git commit message of a fetching round: the number of stories, a line for each."""
    new, updates = stories.new, stories.updates
    parts = [f"{len(new)} new" if new else "", f"{len(updates)} updated" if updates else ""]
    what = ", ".join(part for part in parts if part)
    subject = f"news: {what or 'moved sources'}"
    lines = {path: [f"+ {text.fold(filed.story.title)}"] for path, filed in new.items()}
    lines |= {path: _lines_on(update) for path, update in updates.items()}
    body = [line for path in sorted(lines) for line in lines[path]]
    body += [line for filed in new.values() for line in _lines_of_person(filed.lead)]
    return "\n".join([subject, "", *body]) if body else subject


def _lines_of_person(lead: Lead) -> list[str]:
    """Return commit message lines about a page that an editor asked for: why and which editor."""
    if not isinstance(lead, Tip):
        return []
    return [*(["", lead.why] if lead.why else []), "", f"by {lead.by}"]


def _lines_on(update: Update) -> list[str]:
    """Return the commit message lines about an updated story: its title, then its corrections."""
    events = update.correction.events if update.correction else ()
    return [
        f"~ {text.fold(update.after.title)}",
        *(f"  {text.fold(str(event))}" for event in events),
    ]


@dataclass(frozen=True, slots=True)
class _Filing:
    """Writes the stories of a fetching round and commits them; `failed` holds the failures."""

    bench: Bench
    gathered: Gathered
    stories: Stories
    ending: Ending
    failed: list[Failure] = field(default_factory=list)

    def file(self, prepared: PreparedRecords) -> Filed:
        """Write the stories and the sources' new URLs in one git commit, then update the memory
        database.
        """
        filed_before = self.stories.updates.keys()
        try:
            rules = self._rules_of_tips()
            along = filter(None, (self._moves_of_sources(), rules))
            change = replace(prepared.change, files=(*along, *prepared.change.files))
            needed = () if rules is None else (RULINGS_PATH,)
            begun = change.begin(self.ending.lock, needed=needed)
        except (RecordError, GitError) as error:  # a full disk: nothing was touched
            self.failed.append(failure_of(error.subject, error))
            with self.bench.newsroom.memory.together():
                self._remember(self.stories.changed.keys(), filed_before)
            return Filed()
        filed = filing_result(prepared, begun.finish())
        unwritten = {*filed.skipped, *(failure.url for failure in filed.failed)}
        overtaken = {*filed.skipped} & {*filed_before, *begun.paths} - {LEDGER_PATH}
        with self.bench.newsroom.memory.together():
            self._remember(unwritten, overtaken)
        if begun.error is not None:
            note = f"git cannot list edited files ({begun.error}), so only new stories were saved"
            filed = replace(filed, notes=(note, *filed.notes))
        self.failed.extend(filed.failed)
        return self._of_records(filed)

    def _moves_of_sources(self) -> archive.FileChange | None:
        """Return the change of `_data/sources.yaml` for sources whose URL moved or that ended, or
        None.
        """
        asked = self.gathered.asked
        try:
            return note_moves(
                self.bench.newsroom.root, self.bench.newsroom.now, asked.before, asked.after
            )
        except CopydeskError as error:
            self.failed.append(failure_of(error.subject, error))
            return None

    def _rules_of_tips(self) -> archive.FileChange | None:
        """Return the file change for the rules that editors set when they asked for pages, or
        None.
        """
        rules = [new.rule for new in self.stories.new.values() if new.rule is not None]
        if not rules:
            return None
        root = self.bench.newsroom.root
        rulings = archive.read_rulings(root)
        with_all = functools.reduce(with_rule, rules, rulings.rules)
        return archive.rulings_change(root, replace(rulings, rules=with_all))

    def _of_records(self, filed: Filed) -> Filed:
        """Return the result without `_data/sources.yaml`; uncommitted edits in that file are a
        failure.
        """
        if LEDGER_PATH in filed.skipped:
            error = ledger_under_edit(self.bench.newsroom)
            self.failed.append(failure_of(LEDGER_PATH, error))
        changed = self.stories.changed
        return replace(
            filed,
            written=tuple(path for path in filed.written if path in changed),
            skipped=tuple(path for path in filed.skipped if path in changed),
        )

    def _remember(self, unwritten: Set[str], overtaken: Collection[str]) -> None:
        """Store a fetching round's results; `unwritten` holds the paths of stories that were not
        written.

        Records that an editor's rule or edit has `overtaken` are regrouped by the next round.
        """
        newsroom = self.bench.newsroom
        outcomes = (*self.gathered.outcomes, *self.stories.outcomes)
        fates = list(round_outcomes.fates(outcomes, newsroom.now, unwritten))
        self._remember_sources(fates)
        note_counts(newsroom, self.gathered.asked, outcomes, unwritten)
        rules = RuleDigests(newsroom.settings)
        for fate in fates:
            newsroom.memory.keep_fate(_by_rules(newsroom.beat, rules, fate))
        for tip in round_outcomes.find_settled_tips(outcomes, unwritten, TRIES):
            forget_tip(newsroom.memory, tip)
        self.gathered.sites.keep()
        self.bench.vectors.forget_others()
        newsroom.memory.overtaken.forget_all()
        for path in overtaken:
            newsroom.memory.overtaken.put(path, b"")
        if newsroom.settings.records.look_again:
            self._plan(unwritten)
        self._forget_removals()

    def _remember_sources(self, fates: Sequence[Fate]) -> None:
        waiting = round_outcomes.waiting(self.gathered.outcomes)
        failed = {fate.source for fate in fates if fate.state == "failed"}
        later = {lead.source for lead in waiting}
        soon = {lead.source for lead in waiting if is_at_home(lead)}
        states = {answer.source.url: answer.state for answer in self.gathered.asked.answers}
        pushed = self.gathered.asked.pushed
        keep_states(self.bench.newsroom, states, failed | later - soon, soon, pushed)
        keep_waiting_leads(self.bench.newsroom.memory, states.keys(), waiting)

    def _plan(self, unwritten: Set[str]) -> None:
        """Plan the next re-fetch of the pages of stories that are new, just re-fetched, or without
        a plan.
        """
        newsroom = self.bench.newsroom
        for path, new in sorted(self.stories.new.items()):
            if path not in unwritten:
                plan = plan_first_look(
                    newsroom.articles, newsroom.now, new.lead, new.as_read, new.trace
                )
                place = place_of_look(new.story, new.lead.url, plan, new.trace)
                keep_plan(newsroom.memory, newsroom.now, new.story, *place)
        keep_looks(newsroom, self.gathered.looks, self.stories.corrected, unwritten)
        make_up_plans(newsroom, self.bench.shelf, self.bench.removed, self.ending.left_over)

    def _forget_removals(self) -> None:
        """Delete article texts and re-fetch plans of stories that editors removed during the
        round.
        """
        newsroom = self.bench.newsroom
        removed = read_removals(newsroom.root)
        looked_at = {look.story.path: look.story for look in self.gathered.looks}
        for path, story in {**looked_at, **self.stories.changed}.items():
            if not removed.isdisjoint(map(urls.identity, story.addresses)):
                _forget_text(newsroom.articles, story)
                newsroom.memory.revisits.forget(path)


def _by_rules(beat: Beat, rules: RuleDigests, fate: Fate) -> Fate:
    """Add a digest of the owner's rules to the stored outcome of a link that these rules
    dropped.
    """
    source = beat.source(fate.source)
    if source is None or fate.reason not in RULE_REASONS:
        return fate
    return replace(fate, rules=rules.behind(source, fate.reason))


# Count a round's outcomes by source, for the memory's counts of the day:
#
# outcomes ── by source ──> new links, filed, dropped by reason, failed ──> the day's counts

KEPT_DAYS = 90
_REMOVED = "removed"  # by an editor; the drop is reported each time a source lists the page
_SourceTally = Counter[tuple[CountKind, str]]


def note_counts(
    newsroom: Newsroom,
    asked: SourceAnswers,
    outcomes: Iterable[Outcome],
    unwritten: Collection[str],
) -> None:
    """Add the counts of a fetching round's links, by what became of them, to its day; delete old
    counts.

    `unwritten` are the paths of stories that were not written. Call it before the round's fates are
    stored.
    """
    memory = newsroom.memory

    def find_state(url: str) -> str:
        fate = memory.fate(urls.identity(url))
        return "" if fate is None else fate.state

    day = newsroom.now.astimezone(dates.find_zone(newsroom.beat.timezone)).date()
    for source, tally in tally_round(asked, outcomes, unwritten, find_state).items():
        memory.counts.add(day, source, tally)
    memory.counts.forget(before=day - timedelta(days=KEPT_DAYS))


def tally_round(
    asked: SourceAnswers,
    outcomes: Iterable[Outcome],
    unwritten: Collection[str],
    find_state: Callable[[str], str],
) -> dict[str, Tally]:
    """Count what became of a fetching round's links, by source URL; "" counts pages that editors
    asked for.

    `find_state` returns the outcome of an earlier round for the page at an address, or "": a page
    that fails or is dropped again is counted once.
    """
    tallies: defaultdict[str, _SourceTally] = defaultdict(Counter)
    for answer in asked.answers:
        tallies[answer.source.url]["asked", ""] += 1
        tallies[answer.source.url]["unanswered", ""] += answer.failure is not None
    for outcome in outcomes:
        if not isinstance(outcome.end, Known | Waiting):
            before = find_state(outcome.lead.url)
            _count(tallies[outcome.lead.source], outcome, before, unwritten)
    return {source: +tally for source, tally in tallies.items() if +tally}


def _count(tally: _SourceTally, outcome: Outcome, before: str, unwritten: Collection[str]) -> None:
    match outcome.end:
        case Dropped(reason=reason) if reason == _REMOVED:
            return
        case Dropped(reason=reason):
            tally["dropped", reason] += before != "dropped"
        case NewStory() as new if new.story.path not in unwritten:
            tally["filed", ""] += 1
            if (seconds := _find_delay(new)) is not None:
                tally["delay", str(find_step(seconds))] += 1
                tally["timed", new.story.path] += 1
        case _:
            tally["failed", ""] += before != "failed"
    tally["lead", ""] += not before


def _find_delay(new: NewStory) -> float | None:
    """Return the seconds from a story's publication until it was stored, or None if unknown.

    There is no delay for a story published before its source was watched, for a time that is the
    round's own, or for a date without an hour.
    """
    article = new.as_read
    watched, published = new.lead.watched_since, article.published_at
    if watched is None or published < watched or article.origins.get("published_at") == "found":
        return None
    seconds = (new.lead.found - published).total_seconds()
    return seconds if seconds >= 0 else None
