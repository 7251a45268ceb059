"""The pages of one story: all that is known of it, and the form in which it is edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid4

import msgspec

from copydesk import engine
from copydesk.desk._actions import StoryFields
from copydesk.desk._counts import Counts
from copydesk.desk._draft_fields import find_draft
from copydesk.desk._pages import Editor, Pages
from copydesk.desk._story_view import View
from copydesk.desk._why_view import (
    describe_neighbour,
    describe_passages,
    describe_places,
    describe_trail,
    describe_why,
)
from copydesk.desk_store import Draft
from copydesk.kit import text
from copydesk.news import NO_PICTURE, Standing

_FIGURES = 8


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """What an editor typed into a form before, and whether the form is to have it again."""

    drafts: Sequence[Draft] = ()
    is_taken_up: bool = False


def render_story(pages: Pages, editor: Editor, counts: Counts, found: engine.StoryPage) -> bytes:
    """Return the page of a story: its row, why it stands where it does, what was read of it."""
    told = found.explanation
    view = {
        **pages.views.short(found.seen),
        **describe_why(told),
        "places": describe_places(pages.views, told),
        "passages": describe_passages(found),
        "is_behind": found.row.leader.name != found.seen.name,
        "on_front": _link_front(pages, found.seen),
        "has_text": bool(found.text),
        "has_marks": any(passage.marks for passage in found.passages),
    }
    return pages.page(
        "story.html",
        editor,
        counts,
        title=view["title"],
        back=pages.address(engine.QueueQuestion(view="all")),
        row=next(iter(pages.rows(editor, [found.row], f"{view['href']}"))),
        story=view,
    )


def _link_front(pages: Pages, seen: engine.QueueStory) -> str:
    """Return where it is told why a published story stands where it does, "" for others."""
    if seen.standing is not Standing.PUBLISHED:
        return ""
    name = quote(seen.name, safe="")
    return f"{pages.views.root}front/?story={name}"


def render_trail(
    pages: Pages, editor: Editor, counts: Counts, story: engine.QueueStory, trail: engine.Trail
) -> bytes:
    """Return the page of what befell a story."""
    short = pages.views.short(story)
    title = pages.strings.say("trail_of", title=short["title"])
    told = describe_trail(pages.views, trail)
    return pages.page("trail.html", editor, counts, title=title, story=short, trail=told)


def render_neighbours(
    pages: Pages,
    editor: Editor,
    counts: Counts,
    story: engine.QueueStory,
    found: engine.NeighbourReport,
) -> bytes:
    """Return the page of what a story is most like."""
    short = pages.views.short(story)
    title = pages.strings.say("neighbours_of", title=short["title"])
    told = {
        "rows": [describe_neighbour(pages.views, row) for row in found.rows],
        "note": found.note,
    }
    return pages.page("neighbours.html", editor, counts, title=title, story=short, neighbours=told)


def render_edit(
    pages: Pages,
    editor: Editor,
    counts: Counts,
    found: engine.StoryPage,
    draft: OpenDraft,
) -> bytes:
    """Return the form in which a story is edited."""
    short = pages.views.short(found.seen)
    values = read_fields(found)
    typed = find_draft(draft.drafts)
    view = {
        **short,
        **msgspec.structs.asdict(values),
        "quoted": quote(found.seen.name, safe=""),
        "was": msgspec.json.encode(values).decode(),
        "topics": pages.topic_choices(found.seen.story.topics),
        "pictures": _pictures(pages, found, values.picture),
        "note_characters": engine.note_characters(found.seen.story),
        **dict.fromkeys(("why", "other_picture"), ""),
        **(typed.fields if draft.is_taken_up else {}),
    }
    return pages.page(
        "edit.html",
        editor,
        counts,
        title=pages.strings.say("edit_title", title=short["title"]),
        id=str(uuid4()),
        story=view,
        draft=pages.describe_draft(
            found.seen.name, typed.at, "" if draft.is_taken_up else f"{short['href']}edit/?draft"
        ),
    )


def read_fields(found: engine.StoryPage) -> StoryFields:
    """Return the fields of a story that its form has, as they are."""
    story = found.seen.story
    return StoryFields(
        title=text.fold(story.title),
        excerpt=text.fold(story.excerpt),
        topics=list(story.topics),
        note=story.note,
        picture=story.images[0].url if story.images else NO_PICTURE,
        url=story.web_url,
    )


def _pictures(pages: Pages, found: engine.StoryPage, chosen: str) -> list[View]:
    figures = [figure for figure in found.figures if figure.url != chosen][:_FIGURES]
    listed = [(NO_PICTURE, pages.strings.say("picture_none"))]
    if chosen != NO_PICTURE:
        listed.insert(0, (chosen, _short_address(chosen)))
    listed += [
        (figure.url, text.fold(figure.alt) or _short_address(figure.url)) for figure in figures
    ]
    return [
        {"value": value, "word": text.shorten(word, 80), "is_chosen": value == chosen}
        for value, word in listed
    ]


def _short_address(url: str) -> str:
    return url.rsplit("/", 1)[-1] or url
