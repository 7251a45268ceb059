"""Why: what the desk's templates print of how a story came to stand where it does."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk import engine
from copydesk.desk._story_view import StoryViews, View
from copydesk.kit import dates, text
from copydesk.placement.addresses import record_name

_SHORT = 10  # characters of a commit's id


def describe_why(told: engine.Explanation) -> View:
    """Return the table of a quality, the reasons beside it, how it stands among others."""
    in_parts = {evidence.reason for row in told.parts for evidence in row.evidence}
    return {
        "quality": told.quality,
        "parts": [
            {
                "part": row.part or "–",
                "points": f"{row.points:+d}",
                "evidence": [
                    {"points": f"{one.points:+d}", "why": one.why} for one in row.evidence
                ],
            }
            for row in told.parts
        ],
        "reasons": [reason for reason in told.reasons if reason not in in_parts],
        "otherwise": told.otherwise,
    }


def describe_places(views: StoryViews, told: engine.Explanation) -> list[str]:
    """Return how a story stands among the last ones of each of its topics, a sentence each."""
    return [
        views.strings.say(
            "place_of" if place.topic else "place_of_all",
            place=place.place,
            stories=place.stories,
            topic=place.topic,
            median=place.median,
            published=place.published,
        )
        for place in told.places
    ]


def describe_passages(found: engine.StoryPage) -> list[list[View]]:
    """Return the passages of a story, each as pieces, of which some are marked."""
    return [list(_part(passage)) for passage in found.passages]


def _part(passage: engine.MarkedPassage) -> Iterator[View]:
    """Walk a passage piece by piece."""
    at = 0
    for mark in passage.marks:
        yield {"words": passage.words[at : mark.start], "kind": ""}
        kind = "keyword" if mark.topic else "matter"
        words = passage.words[mark.start : mark.end]
        yield {"words": words, "kind": kind, "topic": mark.topic}
        at = mark.end
    yield {"words": passage.words[at:], "kind": ""}


def describe_trail(views: StoryViews, trail: engine.Trail) -> View:
    """Return what befell a story, an entry each, with how many more there are."""
    return {
        "entries": [_describe_entry(views, entry) for entry in trail.entries],
        "rest": views.strings.say("trail_rest", count=trail.rest) if trail.rest else "",
        "notes": trail.notes,
    }


def _describe_entry(views: StoryViews, entry: engine.TrailEntry) -> View:
    at, until = dates.parse(entry.at), dates.parse(entry.until)
    again = views.strings.say("trail_again", count=entry.count) if until else ""
    return {
        "time": views.time(at) or views.strings.say("trail_unknown"),
        "kind": str(entry.kind),
        "what": entry.what,
        "by": entry.by,
        "why": entry.why,
        "fields": ", ".join(entry.fields),
        "commit": entry.commit[:_SHORT],
        "again": again,
        "until": views.time(until),
    }


def describe_neighbour(views: StoryViews, row: engine.NeighbourRow) -> View:
    """Return a group beside a story: how like it is, and why they are together or not."""
    story = row.story
    others = views.strings.say("neighbour_others", count=row.others) if row.others else ""
    return {
        "title": text.fold(story.title) or views.strings.say("untitled"),
        "href": views.address(record_name(story.path)),
        "time": views.time(story.published_at),
        "others": others,
        "kind": str(row.kind),
        "likeness": f"{row.likeness:.2f}",
        "needed": f"{row.needed:.2f}",
        "why": row.why,
        "words": ", ".join(row.words),
    }
