"""`copydesk eval gate` and `recall`: compare a site with editors' decisions and other lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import click

from copydesk.cli import terminal
from copydesk.cli._invocation import SINCE_HELP, WEB_HELP, Invocation, Since, SinceParam, command
from copydesk.editing import stories
from copydesk.kit import dates, text
from copydesk.kit.options import take
from copydesk.measure import verdicts
from copydesk.measure.verdicts import KIND_WORDS, RecallCounts, count_recall
from copydesk.news.story import RecallKind
from copydesk.news.summary import list_sources
from copydesk.rounds.recall import RecallFindings, RecallTrace, read_recall_list, trace_recall

_TEXTS_SINCE = "Only texts written or reviewed since TIME: 3d, 12h, or a date."
_TEXT_COLUMNS = ("at", "kind", "label", "by", "reviewed by", "reviewed at", "opened", "changed")
_MORE_COLUMNS = ("sources", "file", "text")
_NOTHING = (
    "no editor has decided on a story yet: use copydesk verdict PATH publish (or reject), or set "
    '[review] mode = "hold" so that every story waits for a decision'
)


@command("gate")
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


@command("review")
@click.option("--since", metavar="TIME", type=SinceParam(), default="0", help=_TEXTS_SINCE)
def review(invocation: Invocation, *, since: Since) -> None:
    """List the texts by a model or a person, and who reviewed each.

    For each text it tells its sources, and which of them were opened for the review.
    """
    with invocation.newsroom() as newsroom:
        texts, failed = stories.list_texts(newsroom, since(newsroom))
    terminal.failures(failed)
    if invocation.print_json({"texts": texts}):
        return
    terminal.table((*_TEXT_COLUMNS, *_MORE_COLUMNS), [_format_text(one) for one in texts])


def _format_text(one: stories.ListedText) -> tuple[str, ...]:
    written, review = one.written, one.written.review
    reviewed = (review.by, dates.rfc3339(review.at)) if review else ("", "")
    opened = " ".join(review.opened) if review else ""
    changed = "changed" if review and review.changed else ""
    sources = " ".join(list_sources(written))
    told = (dates.rfc3339(written.at), one.kind, one.label, written.by)
    return (*told, *reviewed, opened, changed, sources, one.path, one.text)


@command("recall")
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
        **take(listed, "form", "listed", "passed_over", "cut", "failed"),
        **take(found, "older", "undated", "untitled", "uncompared"),
        **take(counted, "stories", "kinds", "share", "own", "sites"),
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
