"""`copydesk topics suggest`: suggest keywords for topics from stored stories, add them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

import click

from copydesk import editing, writing
from copydesk.cli import terminal
from copydesk.cli._invocation import AS_HELP, Invocation, command, command_group
from copydesk.cli.terminal import Columns
from copydesk.editing import topic_suggestions
from copydesk.editing.topics import add_keywords, dismiss_words
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.newsroom import Newsroom

_LIMIT, _LIMIT_OF_EACH = 10, 3  # words for a single topic, and for each topic of all
_HEADLINES = 3  # headlines for each word; --json has all
_NOW = {"filed": "has the topic", "other-topics": "has other topics", "no-topic": "no topic"}


@command_group("topics")
def topics_command(invocation: Invocation) -> None:  # stored in the context for the subcommand
    """Suggest new keywords for topics, and add them."""


@command("suggest", of=topics_command)
@click.argument("topic", default="")
@click.option("--limit", type=click.IntRange(min=1, max=1000), help="Number of keywords per topic.")
@click.option("--language", default="", help="Language of the stories (default: the site's).")
@click.option(
    "--describe",
    metavar="TEXT",
    default="",
    help="Let your model propose keywords for TOPIC by this description, and try them.",
)
@click.option("--add", "words", multiple=True, metavar="WORD", help="Add WORD to TOPIC's keywords.")
@click.option("--dismiss", "idle", multiple=True, metavar="WORD", help="Never suggest WORD again.")
@click.option("--as", "name", metavar="NAME", default="", help=AS_HELP)
def suggest(
    invocation: Invocation,
    topic: str,
    *,
    limit: int | None,
    language: str,
    describe: str,
    words: tuple[str, ...],
    idle: tuple[str, ...],
    name: str,
) -> None:
    """Suggest keywords for TOPIC, or for all topics: those that miss most stories first.

    For each keyword, shows which stories would gain or lose the topic. The keywords come from the
    saved stories and the topics that editors gave them. Only --add and --dismiss change anything.
    """
    if words and idle:
        raise UsageError("these options cannot be combined", subject="--add, --dismiss")
    given = {"--add": words, "--dismiss": idle, "--describe": describe}
    if not topic and (option := next(filter(given.get, given), "")):
        raise UsageError(
            "this option needs the argument TOPIC",
            subject=option,
            hint=f"run `copydesk topics suggest TOPIC {option} WORD`",
        )
    with invocation.newsroom() as newsroom:
        if words:
            _add(invocation, newsroom, (topic, language, name), words)
            return
        if idle:
            _dismiss(invocation, newsroom, (topic, name), idle)
            return
        count = limit or (_LIMIT if topic else _LIMIT_OF_EACH)
        proposed = writing.propose_keywords(newsroom, topic, describe, language) if describe else ()
        question = topic_suggestions.SuggestQuestion(
            topic=topic, language=language.lower(), limit=count + len(proposed), proposed=proposed
        )
        with terminal.progress() as progress:
            report = topic_suggestions.suggest_keywords(newsroom, question, progress)
    if not invocation.print_json(report):
        _show(report, topic)


def _add(
    invocation: Invocation, newsroom: Newsroom, said: tuple[str, str, str], words: Sequence[str]
) -> None:
    """Add keywords to a topic's file, and print the next step."""
    topic, language, name = said
    by = editing.speaker(newsroom, name)
    report = add_keywords(newsroom, topic, words, by, language.lower())
    if invocation.print_json(report):
        return
    for word in report.known:
        click.echo(f"already a keyword: {word}")
    for word in report.added:
        click.echo(f"added to {report.path}: {word}")
    terminal.notes(report.notes)
    if report.added:
        terminal.note("the keywords apply to new stories; for saved stories, run copydesk rejudge")


def _dismiss(
    invocation: Invocation, newsroom: Newsroom, said: tuple[str, str], words: Sequence[str]
) -> None:
    """Write words into a topic's file as `dismissed`, so that they are no longer suggested."""
    topic, name = said
    report = dismiss_words(newsroom, topic, words, editing.speaker(newsroom, name))
    if invocation.print_json(report):
        return
    for word in report.known:
        click.echo(f"already dismissed: {word}")
    for word in report.dismissed:
        click.echo(f"keyword not suggested again for {report.path}: {word}")
    terminal.notes(report.notes)


def _show(report: topic_suggestions.SuggestReport, topic: str) -> None:
    terminal.failures(report.failed)
    terminal.notes(report.notes)
    if is_for_a_person():
        for suggestions in report.topics:
            _print_topic(suggestions)
    else:
        for row in _rows(report):
            click.echo("\t".join(row))
    for offer in report.kinds:
        place = f" and `place: {offer.place}`" if offer.place else ""
        terminal.note(f"to {text.fold(offer.topic)}: write `kind: {offer.kind}`{place} in its file")
    found = sum(len(suggestions.words) for suggestions in report.topics)
    terminal.note(f"{found} keywords suggested, from {report.stories} stories in {report.language}")
    if found:
        name = topic or "TOPIC"
        terminal.note(f'to add a keyword: copydesk topics suggest "{name}" --add WORD')
        terminal.note("to stop the suggestion of a keyword: --dismiss WORD")


def is_for_a_person() -> bool:
    """Return whether stdout is a terminal."""
    return sys.stdout.isatty()


def _rows(report: topic_suggestions.SuggestReport) -> Iterator[tuple[str, ...]]:
    for suggestions in report.topics:
        for word in suggestions.words:
            counts = (len(word.wins), len(word.loses), word.on, word.off)
            yield (
                text.fold(suggestions.topic),
                text.fold(word.word),
                *map(str, counts),
                f"{word.strength:.2f}",
            )


def _print_topic(suggestions: topic_suggestions.TopicSuggestions) -> None:
    """Print the keywords suggested for a topic, each with some stories below it."""
    ruled = f", {suggestions.ruled} by an editor's rule" if suggestions.ruled else ""
    near = f", {suggestions.near_misses} more nearly have it" if suggestions.near_misses else ""
    title = text.fold(suggestions.topic) or "Stories without a topic"
    click.secho(f"{title} ({suggestions.stories} stories{ruled}{near})", bold=True)
    columns = Columns(0, 5, 6, 5, 10, right=frozenset({1, 2, 3, 4}), spare=(4, 3))
    click.echo(columns.line(("  word", "wins", "loses", "on it", "elsewhere")))
    for word in suggestions.words:
        counts = (len(word.wins), len(word.loses), word.on, word.off)
        click.echo(columns.line((f"  {text.fold(word.word)}", *map(str, counts))))
        for line in _story_lines(word):
            click.echo(Columns(0).line((f"      {text.fold(line)}",)))
    click.echo()


def _story_lines(word: topic_suggestions.SuggestedWord) -> Iterator[str]:
    """Yield lines of some stories that gain the topic by a keyword, then of some that lose one."""
    for story in word.wins[:_HEADLINES]:
        topics = f": {', '.join(story.topics)}" if story.now == "other-topics" else ""
        yield f"+ {story.title or PurePosixPath(story.path).stem} ({_NOW[story.now]}{topics})"
    for story in word.loses[:_HEADLINES]:
        yield f"- {story.title or PurePosixPath(story.path).stem} (loses {', '.join(story.lost)})"
