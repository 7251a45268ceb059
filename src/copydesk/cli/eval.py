"""`copydesk eval`: measure how well extraction, grouping, topics … agree with labelled data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar, get_args

import click

from copydesk import measure
from copydesk.cli import terminal
from copydesk.cli._invocation import SINCE_HELP, WEB_HELP, Invocation, Since, SinceParam, common
from copydesk.editing import stories
from copydesk.kit import text
from copydesk.measure import page_dates, page_texts, verdicts
from copydesk.measure.labelled import Lost, Milliseconds, Order
from copydesk.measure.verdicts import KIND_WORDS, RecallCounts, count_recall
from copydesk.news.story import RecallKind
from copydesk.rounds.recall import RecallFindings, RecallTrace, read_recall_list, trace_recall


@click.group("eval")
def eval_command() -> None:
    """Measure extraction, grouping and scoring on labelled data."""


@eval_command.command("scores")
@click.argument("cases", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--profile",
    type=click.Choice(["copydesk", "everyday"]),
    default="everyday",
    help="Scoring profile to test (default: everyday).",
)
@common
def scores(invocation: Invocation, cases: Path, profile: str) -> None:
    """Compare computed quality scores with the expected ones in CASES."""
    with invocation.newsroom() as newsroom:
        report = measure.scores(cases, newsroom.beat, profile)
    if invocation.print_json(report):
        return
    click.echo(f"{report.cases} cases: quality as expected in {report.quality_exact}, ", nl=False)
    click.echo(f"published as expected in {report.published_exact}")
    for difference in report.different:
        expected = f"expected {difference.expected_quality}: {difference.path}"
        terminal.note(f"different: quality {difference.quality}, {expected}")


@eval_command.command("feeds")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@common
def feeds(invocation: Invocation, paths: tuple[Path, ...]) -> None:
    """Parse feeds, and compare with the expected results.

    PATHS are files, zip files or folders. The expected result of a feed is a JSON file next to
    the feed.
    """
    report = measure.feeds(paths, invocation.clock())
    if not invocation.print_json(report):
        _show_feeds(report)
    if report.errors:
        raise click.exceptions.Exit(1)


def _show_feeds(report: measure.FeedsReport) -> None:
    for mismatch in report.mismatched:
        place = mismatch.file if mismatch.entry < 0 else f"{mismatch.file}[{mismatch.entry}]"
        differs = f"{mismatch.ours!r}, expected {mismatch.expected!r}"
        terminal.note(f"{place} {mismatch.field}: {differs}")
    for trouble in (*report.refused, *report.errors):
        terminal.note(f"{trouble.file}: {trouble.what}")
    click.echo(f"{report.files} files, {report.entries} entries, {report.empty} without entries")
    click.echo(
        f"  {report.pairs} files have an expected result, {report.malformed} are not well-formed; "
        f"{report.exact} of the others agree fully ({report.share:.1%}, {report.values} values)"
    )
    click.echo(f"  {len(report.refused)} files are not feeds, {len(report.errors)} caused an error")


@eval_command.command("extract")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--misses",
    type=click.FloatRange(0, 1),
    help="List texts with an F1 score below this, and all other wrong values.",
)
@common
def extract(invocation: Invocation, paths: tuple[Path, ...], misses: float | None) -> None:
    """Extract labelled pages, and compare with the labels.

    PATHS are files, zip files or folders of saved pages with labels.
    """
    with terminal.progress() as progress:
        report = page_texts.extract(paths, invocation.clock(), invocation.now, progress, misses)
    if not invocation.print_json(report):
        _show_pages(report)
    _fail_where_unreadable(report.dropped)


@eval_command.command("dates")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--misses", is_flag=True, help="List pages with a wrong day or without a day.")
@common
def dates(invocation: Invocation, paths: tuple[Path, ...], misses: bool) -> None:
    """Find the publication day of labelled pages, and compare.

    PATHS are files, zip files or folders of saved pages with labels.
    """
    with terminal.progress() as progress:
        report = page_dates.dates(paths, invocation.clock(), invocation.now, progress)
    if not invocation.print_json(report):
        _show_days(report, misses)
    _fail_where_unreadable(report.dropped)


def _show_pages(report: page_texts.ExtractReport) -> None:
    for miss in report.misses:
        click.echo(text.fold(f"{miss.field} {miss.score:.3f}: {miss.page} ({miss.set})"))
        click.echo(f"  extracted: {text.fold(miss.ours)}")
        click.echo(f"  expected: {text.fold(miss.expected)}")
    _note_lost(report.dropped, report.absent)
    for name in report.skipped:
        terminal.note(f"skipped, because only days are labelled (use copydesk eval dates): {name}")
    for part in _parts(report):
        click.echo(f"{part.name}: {part.pages} pages, {len(part.dropped)} dropped")
        if part.f1 is not None:
            click.echo(
                f"  {part.texts} texts: F1 {part.f1:.3f} (precision {part.precision:.3f}, recall "
                f"{part.recall:.3f}), {part.accuracy:.1%} of the texts exact"
            )
        agreed = [
            f"{name} {known.exact} of {known.cases}"
            for name, known in (
                ("titles", part.titles),
                ("authors", part.authors),
                ("images", part.images),
                ("addresses", part.addresses),
            )
            if known.cases
        ]
        agreed += [f"days {part.dates.exact} of {part.dates.pages}"] if part.dates.pages else []
        if agreed:
            click.echo(f"  equal to the label: {', '.join(agreed)}")
        click.echo(_cost(part.pages_per_second, part.cpu_ms))


def _show_days(report: page_dates.DatesReport, with_misses: bool) -> None:
    for miss in report.misses if with_misses else ():
        ours = f"{miss.ours} from {miss.origin}" if miss.ours else "no day found"
        click.echo(text.fold(f"{ours}, expected {miss.expected}: {miss.page} ({miss.set})"))
    _note_lost(report.dropped, report.absent)
    for part in _parts(report):
        click.echo(f"{part.name}: {part.pages} pages, {len(part.dropped)} dropped")
        click.echo(
            f"  {part.exact} exact ({part.exact / part.pages:.1%}), {part.none} without a day, "
            f"{part.wrong} wrong (exact in UTC: {part.utc}, in the publisher's time: {part.local})"
        )
        click.echo(_cost(part.pages_per_second, part.cpu_ms))


R = TypeVar("R", page_texts.ExtractReport, page_dates.DatesReport)


def _parts(report: R) -> Iterator[R]:
    """Yield the reports of all data sets and, if there are several, their total."""
    yield from report.sets
    if len(report.sets) > 1:
        yield replace(report, name="all sets")


def _cost(pages_per_second: float, cpu: Milliseconds) -> str:
    return (
        f"  {pages_per_second} pages per second on one processor; CPU time per page: median "
        f"{cpu.median} ms, 99th percentile {cpu.p99} ms"
    )


def _note_lost(dropped: Sequence[Lost], absent: Sequence[str]) -> None:
    for lost in dropped:
        terminal.note(text.fold(f"dropped ({lost.reason}: {lost.detail}): {lost.page}"))
    for page in absent:
        terminal.note(text.fold(f"page is missing in the recording: {page}"))


def _fail_where_unreadable(dropped: Sequence[Lost]) -> None:
    if any(lost.reason == "error" for lost in dropped):
        raise click.exceptions.Exit(1)


_NOTHING = (
    "no editor has decided on a story yet: use copydesk verdict PATH publish (or reject), or set "
    '[review] mode = "hold" so that every story waits for a decision'
)


@eval_command.command("gate")
@common
def gate(invocation: Invocation) -> None:
    """Compare the quality threshold with editors' decisions.

    Proposes a better threshold (publish_at) if there are enough decisions. Changes nothing.
    """
    with invocation.newsroom() as newsroom:
        decided = stories.read_decided_stories(newsroom)
        report = verdicts.gate(decided.stories, newsroom.beat, all_wait=decided.all_wait)
    terminal.failures(decided.failed)
    if invocation.json:
        terminal.as_json(report)
    elif report.decided:
        _show_gate(report)
    else:
        terminal.note(_NOTHING)


def _show_gate(report: verdicts.GateReport) -> None:
    said = ", ".join(f"{count} {word}" for word, count in sorted(report.said.items()))
    click.echo(f"decisions of editors on {report.decided} stories: {said}")
    if report.passed_over:
        click.echo(f"  {report.passed_over} not compared: copies, related or removed stories")
    if report.waited.stories:
        _show_agreement("stories that had waited for an editor", report.waited, report.publish_at)
    if report.picked.stories:
        _show_agreement("stories that editors chose themselves", report.picked, report.publish_at)
        click.echo("  most chosen stories correct a status, so they do not measure the threshold")
    click.echo(f"{'period':<10}{'waited':>8}{'agreed':>8}{'chosen':>9}{'agreed':>8}")
    for period in report.periods:
        click.echo(_format_period(period))
    _show_parts(report)
    _show_choice(report)


def _show_agreement(which: str, met: verdicts.GateAgreement, publish_at: int) -> None:
    click.echo(
        f"{met.stories} {which}: the threshold ({publish_at}) agrees with editors on "
        f"{met.both + met.neither}{_format_share(met.agreement)}"
    )
    click.echo(
        f"  the threshold publishes {met.both + met.gate_only}, and editors {met.both} of them"
        f"{_format_share(met.precision)}"
    )
    click.echo(
        f"  editors publish {met.both + met.editor_only}, and the threshold {met.both} of them"
        f"{_format_share(met.recall)}"
    )


def _format_share(share: float | None) -> str:
    return "" if share is None else f" ({share:.0%})"


def _format_period(period: verdicts.GatePeriod) -> str:
    waited, picked = period.waited, period.picked
    return (
        f"{period.period:<10}{waited.stories:>8}{waited.both + waited.neither:>8}"
        f"{picked.stories:>9}{picked.both + picked.neither:>8}"
    )


def _show_parts(report: verdicts.GateReport) -> None:
    if report.parts:
        click.echo("effect of each part of the quality score on agreement with editors")
    for effect in report.parts:
        click.echo(
            f"  without {text.fold(effect.part)}: agrees on {effect.better} more, {effect.worse} "
            f"fewer of {effect.stories} stories{'' if effect.is_sure else ' (may be chance)'}"
        )


def _show_choice(report: verdicts.GateReport) -> None:
    choice = report.choice
    if choice is None:
        click.echo(f"no proposal for publish_at: too few decisions: {report.lacks}")
        return
    likely = (
        f"  thresholds from {choice.likely_lowest} to {choice.likely_highest} agree nearly as "
        "well: these decisions do not tell them apart"
    )
    if choice.publish_at == report.publish_at:
        click.echo(f"publish_at = {report.publish_at}: today's value agrees best with editors")
        click.echo(likely)
        return
    click.echo(
        f"publish_at = {choice.publish_at} would agree with editors on {choice.agreed} of "
        f"{report.waited.stories} stories, and no other on more; "
        f"today's {report.publish_at} agrees on {choice.today}"
    )
    click.echo(likely)
    click.echo(
        f"  tested: {choice.lowest} to {choice.highest} were chosen on 9/10 of the stories, and on "
        f"the rest {choice.better} decisions were better, {choice.worse} worse"
    )
    if report.proposal is None:
        click.echo("  no proposal, because the difference may be chance")
    else:
        click.echo(f"  proposed: publish_at = {report.proposal}; copydesk rejudge shows the effect")


@eval_command.command("recall")
@click.argument("place", metavar="LIST")
@click.option("--since", metavar="TIME", type=SinceParam(), default="0", help=SINCE_HELP)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=40,
    help="Show at most N stories of each kind (default: 40).",
    metavar="N",
)
@click.option("--web", type=click.Path(path_type=Path, exists=True), help=WEB_HELP)
@common
def recall(
    invocation: Invocation, *, place: str, since: Since, limit: int, web: Path | None
) -> None:
    """Find out which stories of a LIST your site missed.

    LIST is a feed, a sitemap or a CSV file of another publisher, as a file or URL.
    """
    with invocation.newsroom() as newsroom:
        listed = read_recall_list(newsroom, place, web)
        days = since(newsroom)
        start = newsroom.now - timedelta(days=days) if days else None
        found = trace_recall(newsroom, listed, start)
    counted = count_recall(found.traces)
    if not invocation.print_json(_as_fields(found, counted)):
        _show_recall(found, counted, limit)
    for what in _list_notes(found):
        terminal.note(f"note: {text.fold(what)}")


def _as_fields(found: RecallFindings, counted: RecallCounts) -> dict[str, object]:
    """Return the report of `eval recall` as `--json` prints it (docs/reference/json.md)."""
    listed = found.list
    return {
        "list": listed.address,
        "form": listed.form,
        "listed": listed.listed,
        "passed_over": listed.passed_over,
        "cut": listed.cut,
        "failed": listed.failed,
        "older": found.older,
        "undated": found.undated,
        "untitled": found.untitled,
        "uncompared": found.uncompared,
        "stories": counted.stories,
        "kinds": counted.kinds,
        "share": counted.share,
        "own": counted.own,
        "sites": counted.sites,
        "traces": found.traces,
    }


def _show_recall(found: RecallFindings, counted: RecallCounts, limit: int) -> None:
    share = "" if counted.share is None else f", {counted.share:.0%} of them also on your site"
    click.echo(f"the list has {counted.stories} stories{share}")
    for kind, words in KIND_WORDS.items():
        click.echo(f"  {counted.kinds[kind]:>6,}  {words}")
    if counted.sites:
        click.echo("websites whose stories your site missed, most missed first:")
    for site in counted.sites[:limit]:
        had = site.kinds[RecallKind.HAVE] + site.kinds[RecallKind.COVERED]
        whose = "a source" if site.is_source else "not a source"
        click.echo(f"  found {had} of {site.stories} stories on {text.fold(site.site)} ({whose})")
    for kind in KIND_WORDS:
        _show_stories([trace for trace in found.traces if trace.kind is kind], kind, limit)


def _show_stories(traces: Sequence[RecallTrace], kind: RecallKind, limit: int) -> None:
    columns = terminal.Columns(10, 7, 0)
    for trace in traces[:limit]:
        title = text.fold(trace.title or trace.url)
        click.echo(columns.line((trace.published_at[:10] or "-", kind, title)))
        for line in _explain(trace):
            click.echo(f"{'':21}{text.fold(line)}")
    if len(traces) > limit:
        terminal.note(f"{limit} of {len(traces):,} {kind} shown; --limit shows more")


def _explain(trace: RecallTrace) -> Iterator[str]:
    """Yield lines that say what the site shows of a listed story, or why it shows nothing."""
    if trace.title:
        yield trace.url
    if trace.path:
        more = f" and {len(trace.others)} more" if trace.others else ""
        yield f"{trace.standing}: {trace.path}{more}"
    if trace.reason:
        tries = f", tried in {trace.tries} runs" if trace.tries > 1 else ""
        detail = f" ({trace.detail})" if trace.detail and not trace.path else ""
        yield f"{trace.reason}{detail}{tries}"
    if trace.path and trace.detail and trace.kind is RecallKind.COVERED:
        yield trace.detail
    if trace.kind is RecallKind.UNSEEN:
        yield f"maybe listed by {trace.source}" if trace.source else "its website is not a source"


def _list_notes(found: RecallFindings) -> Iterator[str]:
    """Yield notes on entries of another site's list that were skipped or have no time."""
    listed = found.list
    if listed.passed_over:
        yield f"skipped {listed.passed_over:,} entries with a repeated URL or without a web URL"
    if listed.cut:
        yield f"read only the first {listed.listed - listed.cut:,} of {listed.listed:,} entries"
    if found.older:
        yield f"left out {found.older:,} older stories"
    if found.undated:
        yield f"{found.undated:,} stories have no time, and are compared as if published now"
    if found.untitled:
        yield f"{found.untitled:,} stories have no headline, and are compared only by URL"
    if found.uncompared:
        yield f"{found.uncompared:,} stories were not compared with other coverage: too many"
    yield from (f"could not read stories from {failed}" for failed in listed.failed)


@eval_command.command("group")
@click.argument("gold", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--order",
    type=click.Choice(get_args(Order)),
    help="Order of the documents: by time, as in the file, or by a hash of the ID.",
)
@click.option("--beat", "words", multiple=True, help="Keyword of all documents; can be repeated.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the groups to FILE: for each document, JSON with id and cluster.",
)
@click.option("--embed", is_flag=True, help="Also group stories by meaning; needs copydesk[embed].")
@common
def group(
    invocation: Invocation,
    *,
    gold: Path,
    order: Order | None,
    words: tuple[str, ...],
    out: Path | None,
    embed: bool,
) -> None:
    """Group labelled documents by event, and compare with the labels."""
    options = measure.GroupOptions(order=order, beat=words, by_meaning=embed, out=out)
    report = measure.group(gold, options)
    if invocation.print_json(report):
        return
    click.echo(
        f"{report.documents} documents about {report.stories} events, ordered by {report.order}: "
        f"{report.documents_per_second} per second on one processor"
    )
    click.echo(f"  final groups: {report.groups}; {_format_scores(report)}")
    click.echo(f"  groups on arrival: {report.at_once.groups}; {_format_scores(report.at_once)}")
    if report.stretches:
        click.echo(
            f"  first 100 documents: BCubed F1 {report.first:.3f}; "
            f"mean of each later 100: {report.stretches:.3f}"
        )


def _format_scores(agreement: measure.GroupReport | measure.GroupAgreement) -> str:
    return ", ".join(
        f"{name} F1 {scores.f1:.3f} (precision {scores.precision:.3f}, recall {scores.recall:.3f})"
        for name, scores in (("BCubed", agreement.bcubed), ("pairwise", agreement.pairwise))
    )


@eval_command.command("copies")
@click.argument("labelled", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@common
def copies(invocation: Invocation, labelled: Path) -> None:
    """Find copies among labelled texts, and compare with the labels."""
    report = measure.copies(labelled)
    if invocation.print_json(report):
        return
    click.echo(f"{report.texts} texts, {report.pairs} pairs of copies")
    if report.scores is not None:
        click.echo(
            f"  {report.found} pairs found to be copies: precision {report.scores.precision:.3f}, "
            f"recall {report.scores.recall:.3f}"
        )
    if report.auc is not None:
        click.echo(f"  copies are more similar than other pairs: AUC {report.auc:.3f}")


@eval_command.command("topics")
@click.argument("labelled", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--misses", is_flag=True, help="List stories with wrong topics, and why.")
@common
def topics(invocation: Invocation, labelled: Path, misses: bool) -> None:
    """Assign topics to labelled stories, and compare with the labels."""
    with invocation.newsroom(scratch=True) as newsroom:
        report = measure.topics(labelled, newsroom.beat)
    if invocation.print_json(report):
        return
    for miss in report.misses if misses else ():
        click.echo(text.fold(f"{miss.title} ({miss.story})"))
        click.echo(f"  assigned: {', '.join(miss.topics) or '-'}")
        click.echo(f"  expected: {', '.join(miss.expected) or '-'}")
        for reason in miss.reasons:
            click.echo(f"  {text.fold(reason)}")
    click.echo(f"{report.stories} stories, {report.labels} topics")
    for met in (report.copydesk, report.everyday):
        _show_topics(met)
    terminal.table(
        ("topic", "labelled", "given", "right", "precision", "recall", "f1"),
        [_row(topic) for topic in report.topics],
    )


def _show_topics(met: measure.Met) -> None:
    click.echo(f"{met.profile}: {_share(met.micro)}, {met.exact:.1%} of the stories fully right")
    click.echo(f"  mean over topics: {_share(met.macro)}")
    click.echo(f"  whether stories are on topic: {_share(met.on_beat)}")


def _share(share: measure.Share) -> str:
    return f"F1 {share.f1:.3f} (precision {share.precision:.3f}, recall {share.recall:.3f})"


def _row(score: measure.TopicScore) -> tuple[str, ...]:
    counts = (str(score.labelled), str(score.given), str(score.right))
    shares = (f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}")
    return (score.topic, *counts, *shares)
