"""The page "What if": rules with today's values, how far a trial is, what it would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from copydesk import engine
from copydesk.desk._command_view import show_command
from copydesk.desk._counts import Counts
from copydesk.desk._pages import Editor, Pages, asset_name
from copydesk.desk.live import Trial
from copydesk.desk.rules import _form
from copydesk.kit import text
from copydesk.news import Beat

_TOLD = 160  # characters of a value
_COUNTED = frozenset({"related", "background"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfState:
    """What the page shows: the trial that was asked for, what was written, who may write.

    `half_life_today` is the front page's, in hours. `again` is a trial whose rules were written:
    the form has them where they were taken back. `rejudging` is how judging again stands that was
    asked for last.
    """

    trial: Trial | None
    half_life_today: float
    may_write: bool
    written: str = ""
    undone: str = ""
    again: Trial | None = None
    rejudging: engine.DemandedCommand | None = None


def render_what_if(
    pages: Pages, editor: Editor, counts: Counts, beat: Beat, state: WhatIfState
) -> bytes:
    """Return the page on which rules are tried."""
    trial = state.trial
    tried_last = trial or (state.again if state.undone else None)
    change = tried_last.change if tried_last else engine.RuleChange()
    edit = next(iter(change.keywords.values()), engine.KeywordEdit())
    gate, half_life, today = change.publish_at, change.half_life_hours, state.half_life_today
    return pages.page(
        "what_if.html",
        editor,
        counts,
        title=pages.strings.say("what_if_title"),
        style=f"{pages.views.root}assets/{asset_name('what_if.css')}",
        publish_at=beat.scoring.publish_at if gate is None else gate,
        publish_at_today=beat.scoring.publish_at,
        half_life_hours=_write_number(today if half_life is None else half_life),
        half_life_today=_write_number(today),
        points=list(_form.list_points(beat, change)) if beat.scoring.traits.has_own_points else [],
        has_points=bool(change.points),
        sources=list(_form.list_sources(beat, change)),
        has_trusts=bool(change.trust),
        topics=list(_form.list_topics(beat, change, pages.strings.say)),
        added="\n".join(edit.added),
        dropped="\n".join(edit.dropped),
        trial=_show_trial(pages, trial, beat) if trial else None,
        may_write=state.may_write,
        written=state.written,
        undone=state.undone,
        again=state.again.id if state.again else "",
        rejudging=show_command(pages, state.rejudging, pages.strings.say("rejudge_title"))
        if state.rejudging
        else None,
    )


def _show_trial(pages: Pages, trial: Trial, beat: Beat) -> Mapping[str, object]:
    tried = trial.tried
    return {
        "id": trial.id,
        "is_over": trial.is_over,
        "is_given_up": trial.is_given_up,
        "error": str(trial.error) if trial.error else "",
        "hint": trial.error.hint if trial.error else "",
        "stage": _name_stage(pages, trial),
        "steps": trial.steps,
        "total": trial.total,
        "answer": _show_answer(pages, trial, tried, beat) if tried else None,
    }


def _name_stage(pages: Pages, trial: Trial) -> str:
    known = {"read": "read", "read articles": "articles", "judge": "judge"}
    return pages.strings.say(f"what_if_stage_{known.get(trial.name, 'waits')}")


def _show_answer(
    pages: Pages, trial: Trial, tried: engine.TriedRules, beat: Beat
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


def _tell_topic(pages: Pages, effect: engine.TopicEffect) -> str:
    """Return a sentence: `Coast: 2 → 10 stories, 9 won, 1 lost`."""
    numbers = {name: f"{getattr(effect, name):,}" for name in ("before", "after", "won", "lost")}
    return pages.strings.say("what_if_topic_effect", name=effect.name, **numbers)


def _count(
    pages: Pages, summary: engine.Summary, before: int, after: int
) -> Iterator[tuple[str, str]]:
    """Yield the counts of an answer, by the gate of today and the one that is tried."""
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
    decided: Sequence[engine.WeighedVerdict], before: int, after: int
) -> Iterator[tuple[str, str]]:
    """Yield how many of the editors' words the gate agrees with, by each set of rules."""
    gates = (("before", before), ("after", after))
    shares = [_agree(decided, points, gate) for points, gate in gates]
    if all(stories for _, stories in shares):
        yield "agreement", " → ".join(f"{met:,}/{stories:,}" for met, stories in shares)


def _agree(decided: Sequence[engine.WeighedVerdict], points: str, gate: int) -> tuple[int, int]:
    """Return with how many words a gate agrees, and on how many it has a say."""
    known = [
        (seen, story.said == "publish")
        for story in decided
        if (seen := getattr(story, points)) is not None and story.said != "remove"
    ]
    return sum((seen >= gate) is wanted for seen, wanted in known), len(known)


def _warn(pages: Pages, summary: engine.Summary) -> str:
    if not summary.is_extreme:
        return ""
    which = "all" if summary.published_after else "none"
    return pages.strings.say(f"what_if_{which}", stories=f"{summary.stories:,}")


def _write_number(number: float) -> str:
    """Return a number as a form has it: 24, 36.5."""
    return f"{number:.10g}"


def _is_moved(place: engine.FrontPlace) -> bool:
    return place.before != place.after


def _show_place(pages: Pages, place: engine.FrontPlace) -> Mapping[str, object]:
    return {**_link_story(pages, place.path, place.title), "was": place.before, "now": place.after}


def _link_story(pages: Pages, path: str, title: str) -> Mapping[str, object]:
    name = PurePosixPath(path).stem
    href = f"{pages.views.root}story/{quote(name, safe='')}/"
    return {"title": text.fold(title) or name, "href": href}


def _show_story(pages: Pages, story: engine.ChangedStory) -> Mapping[str, object]:
    return {
        **_link_story(pages, story.path, story.title),
        "fields": [_show_field(change) for change in story.fields],
        "why": _tell_why(pages, story),
    }


def _tell_why(pages: Pages, story: engine.ChangedStory) -> str:
    """Return the reason; of a topic that is lost that it holds no more."""
    is_gone = story.why and story.lost and not story.won
    return pages.strings.say("what_if_no_more", why=story.why) if is_gone else story.why


def _show_field(change: engine.FieldChange) -> Mapping[str, str]:
    return {
        "name": change.field,
        "before": _tell(change.field, change.before),
        "after": _tell(change.field, change.after),
    }


def _tell(field: str, value: object) -> str:
    """Return a value as a line has room for it; of addresses and names of records how many."""
    if isinstance(value, tuple) and field in _COUNTED:
        told = str(len(value))
    elif isinstance(value, tuple):
        told = ", ".join(map(str, value)) or "–"
    elif isinstance(value, bool):
        told = "✓" if value else "✗"
    else:
        told = "–" if value in (None, "") else str(value)
    return told if len(told) <= _TOLD else f"{told[:_TOLD]}…"
