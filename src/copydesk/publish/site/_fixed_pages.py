"""Pages that depend on settings alone: about, method, 404, moved pages; style sheet and script."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping

from copydesk.errors import PublishError
from copydesk.kit import text
from copydesk.placement import LIMITS
from copydesk.publish import _plan, _records
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.writing import Sheet

_TOPICS_NAMED = 5  # in a sentence; the list below it has all


def about_pages(frame: Frame) -> Iterator[Sheet]:
    """Yield the pages `about/` and `method/`, which explain the site to readers."""
    beat = frame.plan.beat
    house = {**_who(frame), **_rules(frame)}
    about = frame.strings.say("about_site", site=text.fold(beat.title))
    head = Head(path="about/", title=frame.strings.say("about"), description=_describe_site(frame))
    yield frame.page("about.html", head, heading=about, house=house)
    method = frame.strings.say("method")
    head = Head(path="method/", title=method)
    yield frame.page("method.html", head, heading=method, house=house)


def _describe_site(frame: Frame) -> str:
    """Return the owner's description of the site, else that of its main topic."""
    beat = frame.plan.beat
    if beat.description:
        return text.fold(beat.description)
    main = next((topic for topic in beat.topics if topic.name == beat.topic), None)
    return text.fold(main.description) if main else ""


def _name_subject(frame: Frame) -> str:
    """Return the subject of the site: its main topic, else the first of its topics."""
    beat = frame.plan.beat
    names = [beat.topic] if beat.topic else [topic.name for topic in beat.topics]
    return frame.strings.join_names(tuple(map(text.fold, names)), _TOPICS_NAMED)


def _who(frame: Frame) -> Mapping[str, object]:
    beat = frame.plan.beat
    return {
        "description": _describe_site(frame),
        "topic": _name_subject(frame),
        "topics": frame.topics(),
        "sources": len(beat.sources),
        "contact": beat.contact,
        "contact_shown": beat.contact.removeprefix("mailto:"),
        "hotlinks": frame.hotlinks,
        "counts_reads": frame.plan.look.practice.counts_reads,
        "counts_issue_views": frame.plan.look.practice.counts_issue_views,
        "characters": beat.excerpt.max_characters,
        "share": _number(beat.excerpt.max_share * 100),
    }


def _rules(frame: Frame) -> Mapping[str, object]:
    """Return the numbers that decide on stories and their places."""
    scoring, look = frame.plan.beat.scoring, frame.plan.look
    return {
        "profile": scoring.profile,
        "publish_at": scoring.publish_at,
        "organization_points": scoring.organization_points,
        "off_beat": scoring.off_beat,
        "holds": look.practice.holds,
        "max_age_days": look.practice.max_age_days,
        "half_life_hours": _number(look.front.half_life_hours),
        "alone": _number(LIMITS.alone * 100),
        "trusted": _plan.TRUSTED,
        "lead_hours": _number(LIMITS.lead_hours),
        "places": LIMITS.places,
        "of_a_house": LIMITS.of_an_owner,
        "of_a_topic": LIMITS.of_a_topic,
        "pins": LIMITS.pins,
    }


def _number(value: float) -> str:
    """Format a number as people write it: 24, not 24.0."""
    return f"{value:.6g}"


def theme_files(frame: Frame) -> Iterator[Sheet]:
    """Yield `style.css`, `site.js`, `icon.svg` and `404.html`.

    If IndexNow is used, also the file that proves to it that the site is ours.
    """
    for name in ("style.css", "site.js"):
        source = frame.renderer.read_source(name)
        if source is None:
            raise PublishError("a file of the site is missing", subject=name)
        yield Sheet(name, (source + _theme(name, frame)).encode())
    icon = frame.renderer.read_source("icon.svg")
    yield Sheet("icon.svg", icon.encode() if icon else _icon(frame.plan.beat.title))
    head = Head(path="404.html", title=frame.strings.say("not_here"), indexed=False)
    yield frame.page("missing.html", head)
    if key := frame.plan.beat.index_now_key:
        yield Sheet(f"{key}.txt", key.encode())


def _theme(name: str, frame: Frame) -> str:
    """Return a newsroom's additions to our style sheet, so that it need not copy all of it."""
    theme = frame.renderer.read_source("theme.css") if name == "style.css" else None
    return f"\n/* theme.css */\n{theme}" if theme else ""


def _icon(title: str) -> bytes:
    """Draw the first letter of the title, light on the site's red."""
    letter = html.escape(text.initial(title) or "•")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        '<rect width="64" height="64" rx="10" fill="#9c1c1f"/>'
        '<text x="32" y="47" font-family="Georgia, serif" font-size="44" font-weight="700"'
        f' text-anchor="middle" fill="#fff">{letter}</text></svg>\n'
    ).encode()


def redirect_pages(frame: Frame) -> Iterator[Sheet]:
    """Yield a page that redirects readers, for every folder of a list that moved."""
    for old, new in _records.folder_redirects(frame.plan).items():
        name = frame.strings.say(new.rstrip("/"))
        yield frame.page(
            "moved.html",
            Head(path=old, title=name, indexed=False),
            heading=name,
            said="list_is_at",
            story={"title": name, "href": frame.href(new), "tongue": ""},
            canonical=frame.plan.links.page(new),
        )
