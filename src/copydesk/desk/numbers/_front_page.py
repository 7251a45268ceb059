"""The page on the front page: why each story stands where it does, and what nearly stood there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import quote

from copydesk import engine
from copydesk.desk._counts import Counts
from copydesk.desk._pages import Editor, Pages
from copydesk.kit import text


def render_front(
    pages: Pages, editor: Editor, counts: Counts, found: engine.FrontExplanation, story: str
) -> bytes:
    """Return the page; the row of one story, by its record's name, is marked."""
    limits, say = found.limits, pages.strings.say
    return pages.page(
        "front_page.html",
        editor,
        counts,
        title=say("front_title"),
        rules=[
            say("front_half_life", hours=f"{found.half_life_hours:.10g}"),
            say("front_alone", share=f"{limits.alone:.0%}"),
            say("front_lead", hours=f"{limits.lead_hours:.10g}"),
            say("front_caps", owner=limits.of_an_owner, topic=limits.of_a_topic),
        ],
        led_firmly=found.is_led_firmly,
        shown=[_show(pages, one, story) for one in found.stories],
        near=[_show(pages, one, story) for one in found.near],
    )


def _show(pages: Pages, one: engine.FrontStory, wanted: str) -> Mapping[str, object]:
    name = PurePosixPath(one.story.path).stem
    return {
        "place": one.place,
        "title": text.fold(one.story.title) or name,
        "tongue": pages.views.tongue(one.story),
        "href": f"{pages.views.root}story/{quote(name, safe='')}/",
        "is_wanted": name == wanted,
        "heat": f"{one.heat:,}" + (f" + {one.reads:,}" if one.reads else ""),
        "hours": f"{one.hours:,.0f}",
        "warmth": f"{one.warmth:,.0f}°",
        "voices": _tell_voices(pages, one),
        "is_pinned": one.is_pinned,
        "why_out": pages.strings.say(f"front_out_{one.why_out}") if one.why_out else "",
    }


def _tell_voices(pages: Pages, one: engine.FrontStory) -> str:
    if one.newsrooms:
        return pages.strings.say("front_voices", count=one.newsrooms)
    return pages.strings.say("front_trusted" if one.is_firm else "front_one_voice")
