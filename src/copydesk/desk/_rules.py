"""Serve the page "What if": editors test other publishing rules, owners save them to beat.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TypeVar, cast

from starlette.responses import Response

from copydesk import background
from copydesk.desk._desk import Page, Visit
from copydesk.desk._http import read_commit, read_form
from copydesk.desk._pages import Pages, show_command
from copydesk.desk._previews import Trial
from copydesk.editing import what_if
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.kit.kinds import options_of
from copydesk.kit.options import take
from copydesk.news import Beat
from copydesk.news.beat import FrontOptions, SignalPoints
from copydesk.news.source import Trust
from copydesk.rounds.rejudging import FieldChange

_PATH = "what-if/"
_LOOK_AGAIN = {"Refresh": "1"}  # seconds: while a trial is under way, with a script or without

_Number = TypeVar("_Number", int, float)


async def show_what_if(visit: Visit) -> Response:
    """Answer with the page for testing rules; it reloads while a test is running."""
    asked, name = visit.request.query_params, visit.editor.name
    trial, again = (visit.desk.trials.find(asked.get(key, ""), name) for key in ("trial", "again"))
    rejudging = visit.desk.rejudging.last if visit.desk.rejudging else None
    is_judged = "rejudging" in asked and rejudging is not None and rejudging.code is None
    waits = is_judged or (trial is not None and not trial.is_over)
    answer = await visit.draw(render_what_if, asked, trial, again, rejudging)
    answer.headers.update(_LOOK_AGAIN if waits else {})
    return answer


async def begin_trial(visit: Visit) -> Response:
    """Start a test of the publishing rules in a form, and redirect to its page."""
    fields = await read_form(visit.request)
    settings = await visit.desk.thread.ask(lambda opened: opened.newsroom.settings)
    change = read_change(fields, settings.beat, settings.front)
    trial = visit.desk.trials.begin(visit.editor.name, change)
    return visit.redirect(_PATH, trial=trial.id)


async def give_up_trial(visit: Visit) -> Response:
    """Cancel a test of publishing rules, and redirect to its page."""
    trial, _ = await _find(visit)
    trial.is_given_up = trial.is_given_up or not trial.is_over
    return visit.redirect(_PATH, trial=trial.id)


async def write_rules(visit: Visit) -> Response:
    """Commit the publishing rules of a finished test to git, under the owner's name."""
    trial, form = await _find(visit)
    if trial.tried is None:
        raise UsageError("test the rules before you save them")
    if trial.tried.summary.is_extreme and "sure" not in form:
        raise UsageError(
            "these rules would publish all stories, or none",
            hint="confirm that you are sure, or test other rules",
        )
    change, stands, why = trial.change, form.get("stands", ""), form.get("why", "")
    done = await visit.desk.trials.ask(
        lambda bench: bench.write(change, visit.editor.name, stands, why)
    )
    return visit.redirect(_PATH, again=trial.id, written=done.commit or "-")


async def undo_rules(visit: Visit) -> Response:
    """Undo a git commit that changed publishing rules."""
    form = await visit.read_form()
    commit = read_commit(form)
    await visit.desk.trials.ask(lambda bench: bench.undo(commit, visit.editor.name))
    return visit.redirect(_PATH, undone=commit, again=form.get("again", "")[:40])


async def begin_rejudging(visit: Visit) -> Response:
    """Start scoring stored stories again by the current rules, and redirect to the progress."""
    if visit.desk.rejudging is None:
        hint = "run `copydesk rejudge --apply`"
        raise UsageError("the server cannot rescore stories", hint=hint)
    visit.desk.rejudging.begin(visit.editor.name)
    return visit.redirect(_PATH, rejudging="1")


async def _find(visit: Visit) -> tuple[Trial, dict[str, str]]:
    form = await visit.read_form()
    trial = visit.desk.trials.find(form.get("trial", ""), visit.editor.name)
    if trial is None:
        raise UsageError("this test of rules has expired", hint="test the rules again")
    return trial, form


POINTS = "points."
_MOST_SOURCES = 200  # sources with a choice on the page

Fields = Sequence[tuple[str, str]]


def read_change(fields: Fields, beat: Beat, front: FrontOptions) -> what_if.RuleChange:
    """Return the changed publishing rules in a form; raises UsageError for an invalid number.

    A value that is the same as today changes nothing.
    """
    values = dict(fields)
    gate = _read_whole(values.get("publish_at", ""), "scoring.publish_at")
    half_life = _read_number(values.get("half_life_hours", ""), "front.half_life_hours")
    points = {
        name: number
        for name, value in _list_points(fields)
        if (number := _read_whole(value, f"scoring.points.{name}")) is not None
        and number != getattr(beat.scoring.points, name, None)
    }
    return what_if.RuleChange(
        publish_at=None if gate == beat.scoring.publish_at else gate,
        points=points,
        trust=dict(_list_trusts(values, beat)),
        keywords=_read_keywords(values),
        half_life_hours=None if half_life == front.half_life_hours else half_life,
    )


def _list_points(fields: Fields) -> Iterator[tuple[str, str]]:
    for name, value in fields:
        if name.startswith(POINTS):
            yield name.removeprefix(POINTS), value


def _list_trusts(values: Mapping[str, str], beat: Beat) -> Iterator[tuple[str, Trust]]:
    """Yield the URLs of sources with another trust than today, each with the new trust."""
    for place, source in enumerate(beat.sources):
        trust = values.get(f"trust.{place}", source.trust)
        if values.get(f"source.{place}") == source.url and trust != source.trust:
            yield source.url, cast("Trust", trust)


def _read_keywords(values: Mapping[str, str]) -> Mapping[str, what_if.KeywordEdit]:
    edit = what_if.KeywordEdit(
        added=tuple(_list_words(values.get("add", ""))),
        dropped=tuple(_list_words(values.get("drop", ""))),
    )
    topic = values.get("topic", "")
    return {topic: edit} if topic and edit != what_if.KeywordEdit() else {}


def _list_words(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if word := line.strip():
            yield word


def _read_whole(value: str, name: str) -> int | None:
    """Parse a form field as a whole number, None if it is empty."""
    return _parse(value.replace("−", "-"), name, int, "a whole number")


def _read_number(value: str, name: str) -> float | None:
    """Parse a form field as a number, None if it is empty."""
    return _parse(value.replace(",", "."), name, float, "a number")


def _parse(value: str, name: str, parse: Callable[[str], _Number], kind: str) -> _Number | None:
    plain = value.strip()
    try:
        return parse(plain) if plain else None
    except ValueError:
        raise UsageError(f"expected {kind}, got {plain[:40]}", subject=name) from None


def list_points(beat: Beat, change: what_if.RuleChange) -> Iterable[Mapping[str, object]]:
    """Yield each quality signal with its points today, its tested points, and its meaning."""
    for option in options_of(SignalPoints):
        today = getattr(beat.scoring.points, option.name)
        yield {
            "name": option.name,
            "field": f"{POINTS}{option.name}",
            "about": option.about,
            "today": today,
            "value": change.points.get(option.name, today),
        }


def list_sources(beat: Beat, change: what_if.RuleChange) -> Iterable[Mapping[str, object]]:
    """Yield the first 200 sources, each with its trust level today and the tested one."""
    for place, source in enumerate(beat.sources[:_MOST_SOURCES]):
        yield {
            "field": f"trust.{place}",
            "key": f"source.{place}",
            "url": source.url,
            "name": source.name or source.url,
            "today": source.trust,
            "value": change.trust.get(source.url, source.trust),
        }


def list_topics(
    beat: Beat, change: what_if.RuleChange, say: Callable[..., str]
) -> Iterable[Mapping[str, object]]:
    """Yield the topics, each with its keyword count, and whether its keywords are tested."""
    for topic in beat.topics:
        yield {
            "name": topic.name,
            "count": say("topic_keywords", count=len(topic.keywords)),
            "is_chosen": topic.name in change.keywords,
        }


_TOLD = 160  # characters of a value
_COUNTED = frozenset({"related", "background"})


def render_what_if(
    pages: Pages,
    asked: Mapping[str, str],
    trial: Trial | None,
    again: Trial | None,
    rejudging: background.DemandedCommand | None,
) -> bytes:
    """Return the page on which editors test publishing rules: the current test, and saved rules.

    `again` is a test whose rules were saved: the form has them again when they were undone.
    `rejudging` is the command that was started last.
    """
    settings = pages.opened.newsroom.settings
    beat, undone = settings.beat, asked.get("undone", "")[:40]
    tried_last = trial or (again if undone else None)
    change = tried_last.change if tried_last else what_if.RuleChange()
    edit = next(iter(change.keywords.values()), what_if.KeywordEdit())
    gate, half_life = change.publish_at, change.half_life_hours
    today = settings.front.half_life_hours
    return pages.page(
        "what_if.html",
        title=pages.strings.say("what_if_title"),
        style=pages.asset("what_if.css"),
        publish_at=beat.scoring.publish_at if gate is None else gate,
        publish_at_today=beat.scoring.publish_at,
        half_life_hours=_write_number(today if half_life is None else half_life),
        half_life_today=_write_number(today),
        points=list(list_points(beat, change)) if beat.scoring.traits.has_own_points else [],
        has_points=bool(change.points),
        sources=list(list_sources(beat, change)),
        has_trusts=bool(change.trust),
        topics=list(list_topics(beat, change, pages.strings.say)),
        added="\n".join(edit.added),
        dropped="\n".join(edit.dropped),
        trial=_show_trial(pages, trial, beat) if trial else None,
        written=asked.get("written", "")[:40],
        undone=undone,
        again=again.id if again else "",
        rejudging=show_command(pages, rejudging, pages.strings.say("rejudge_title"))
        if rejudging
        else None,
    )


def _show_trial(pages: Pages, trial: Trial, beat: Beat) -> Mapping[str, object]:
    tried = trial.tried
    return {
        **take(trial, "id", "is_over", "is_given_up", "steps", "total"),
        "error": str(trial.error) if trial.error else "",
        "hint": trial.error.hint if trial.error else "",
        "stage": _name_stage(pages, trial),
        "answer": _show_answer(pages, trial, tried, beat) if tried else None,
    }


def _name_stage(pages: Pages, trial: Trial) -> str:
    known = {"read": "read", "read articles": "articles", "judge": "judge"}
    return pages.strings.say(f"what_if_stage_{known.get(trial.name, 'waits')}")


def _show_answer(
    pages: Pages, trial: Trial, tried: what_if.TriedRules, beat: Beat
) -> Mapping[str, object]:
    summary = tried.summary
    gate = trial.change.publish_at
    after = beat.scoring.publish_at if gate is None else gate
    return {
        "summary": summary,
        "topics": [_tell_topic(pages, effect) for effect in summary.topics],
        "counts": list(_count(pages, summary, beat.scoring.publish_at, after)),
        "loud": _warn(pages, summary),
        "pending": summary.pending,
        "rows": [_show_story(pages, story) for story in summary.listed if not story.is_pending],
        "pending_rows": [_show_story(pages, story) for story in summary.listed if story.is_pending],
        "more": summary.changed - summary.reworded - len(summary.listed),
        "reworded": pages.strings.say("what_if_reworded", count=summary.reworded),
        "reworded_rows": [
            _link_story(pages, story.path, story.title) for story in summary.listed_reworded
        ],
        "more_reworded": summary.reworded - len(summary.listed_reworded),
        "front": [_show_place(pages, place) for place in tried.front if _is_moved(place)],
        "diff": tried.draft.diff,
        "stands": tried.draft.stands,
        "may_be_written": bool(tried.draft.files),
    }


def _tell_topic(pages: Pages, effect: what_if.TopicEffect) -> str:
    """Return a topic's changes as a sentence: `Coast: 2 → 10 stories, 9 won, 1 lost`."""
    numbers = {name: f"{getattr(effect, name):,}" for name in ("before", "after", "won", "lost")}
    return pages.strings.say(
        "what_if_topic_effect", name=effect.name, count=effect.after, **numbers
    )


def _count(
    pages: Pages, summary: what_if.Summary, before: int, after: int
) -> Iterator[tuple[str, str]]:
    """Yield the story counts of a test of rules, under today's publishing threshold and the new."""
    for name, value in (
        ("published", f"{summary.published_before:,} → {summary.published_after:,}"),
        ("to_site", f"+{summary.to_site:,}"),
        ("off_site", f"−{summary.off_site:,}"),
        ("dropped", f"{summary.dropped:,}"),
        ("regrouped", f"{summary.regrouped:,}"),
        ("changed", f"{summary.changed - summary.reworded:,}"),
        *_count_agreement(summary.decided, before, after),
    ):
        yield pages.strings.say(f"what_if_{name}"), value


def _count_agreement(
    decided: Sequence[what_if.WeighedVerdict], before: int, after: int
) -> Iterator[tuple[str, str]]:
    """Yield how many editors' decisions agree with the publishing threshold, old and new."""
    gates = (("before", before), ("after", after))
    shares = [_agree(decided, points, gate) for points, gate in gates]
    if all(stories for _, stories in shares):
        yield "agreement", " → ".join(f"{met:,}/{stories:,}" for met, stories in shares)


def _agree(decided: Sequence[what_if.WeighedVerdict], points: str, gate: int) -> tuple[int, int]:
    """Return how many decisions a threshold agrees with, and of how many."""
    known = [
        (seen, story.said == "publish")
        for story in decided
        if (seen := getattr(story, points)) is not None and story.said != "remove"
    ]
    return sum((seen >= gate) is wanted for seen, wanted in known), len(known)


def _warn(pages: Pages, summary: what_if.Summary) -> str:
    if not summary.is_extreme:
        return ""
    which = "all" if summary.published_after else "none"
    return pages.strings.say(
        f"what_if_{which}", stories=f"{summary.stories:,}", count=summary.stories
    )


def _write_number(number: float) -> str:
    """Return a number as text for a form field: 24, 36.5."""
    return f"{number:.10g}"


def _is_moved(place: what_if.FrontPlace) -> bool:
    return place.before != place.after


def _show_place(pages: Pages, place: what_if.FrontPlace) -> Mapping[str, object]:
    return {**_link_story(pages, place.path, place.title), "was": place.before, "now": place.after}


def _link_story(pages: Pages, path: str, title: str) -> Mapping[str, object]:
    name = PurePosixPath(path).stem
    href = pages.views.address(name)
    return {"title": text.fold(title) or name, "href": href}


def _show_story(pages: Pages, story: what_if.ChangedStory) -> Mapping[str, object]:
    return {
        **_link_story(pages, story.path, story.title),
        "fields": [_show_field(change) for change in story.fields],
        "why": _tell_why(pages, story),
    }


def _tell_why(pages: Pages, story: what_if.ChangedStory) -> str:
    """Return the reason for a story's change; for a lost topic, that its reason is gone."""
    is_gone = story.why and story.lost and not story.won
    return pages.strings.say("what_if_no_more", why=story.why) if is_gone else story.why


def _show_field(change: FieldChange) -> Mapping[str, str]:
    return {
        "name": change.field,
        "before": _tell(change.field, change.before),
        "after": _tell(change.field, change.after),
    }


def _tell(field: str, value: object) -> str:
    """Return a field's value as a short text; of URLs and record names only their number."""
    if isinstance(value, tuple) and field in _COUNTED:
        told = str(len(value))
    elif isinstance(value, tuple):
        told = ", ".join(map(str, value)) or "–"
    elif isinstance(value, bool):
        told = "✓" if value else "✗"
    else:
        told = "–" if value in (None, "") else str(value)
    return told if len(told) <= _TOLD else f"{told[:_TOLD]}…"


RULE_PAGES: tuple[Page, ...] = (
    Page("GET", "/what-if/", show_what_if, "editor"),
    Page("POST", "/what-if/try", begin_trial, "editor"),
    Page("POST", "/what-if/cancel", give_up_trial, "editor"),
    Page("POST", "/what-if/write", write_rules, "owner"),
    Page("POST", "/what-if/undo", undo_rules, "owner"),
    Page("POST", "/what-if/rejudge", begin_rejudging, "owner"),
)
