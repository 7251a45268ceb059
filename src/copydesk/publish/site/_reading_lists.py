"""Pages of the lists that editors make: their words, their stories, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from copydesk.kit import text
from copydesk.news import ReadingList
from copydesk.placement import addresses
from copydesk.publish._keys import LIST
from copydesk.publish._outputs import Output
from copydesk.publish.site import _structured
from copydesk.publish.site._frame import Head
from copydesk.publish.site._list_cards import ListCards
from copydesk.publish.writing import Sheet
from copydesk.rendering import mark_safe, render_note, strip_note

_INDEX = "lists/"
_ABOUT = 200


def _index(cards: ListCards) -> Iterator[Sheet]:
    """Yield the page of all lists; what was changed last comes first."""
    frame = cards.frame
    lists = sorted(frame.plan.lists.values(), key=lambda listed: listed.id)
    lists.sort(key=lambda listed: str(listed.updated_at or ""), reverse=True)
    heading = frame.strings.say("lists")
    yield frame.page(
        "reading_lists.html",
        Head(path=_INDEX, title=heading),
        heading=heading,
        lists=[_entry(cards, listed) for listed in lists],
    )


def _entry(cards: ListCards, listed: ReadingList) -> Mapping[str, object]:
    """Return what the page of all lists tells of one."""
    plan = cards.frame.plan
    return {
        "name": text.fold(listed.title),
        "href": cards.frame.href(addresses.list_folder(listed.id)),
        "about": text.shorten(strip_note(listed.description), _ABOUT),
        "count": sum(1 for _ in plan.read_list(listed)),
        "updated": cards.views.time(listed.updated_at),
    }


def _page(cards: ListCards, list_id: str) -> Iterator[Sheet]:
    """Yield the page of a list."""
    frame, plan = cards.frame, cards.frame.plan
    listed, folder = plan.lists[list_id], addresses.list_folder(list_id)
    chosen = list(plan.read_list(listed))
    stories = [story for story, _ in chosen]
    title = text.fold(listed.title)
    head = Head(
        path=folder,
        title=title,
        description=text.shorten(strip_note(listed.description), _ABOUT),
        feeds=folder,
        feeds_title=f"{title} – {text.fold(plan.beat.title)}",
        shared=frame.share_pictures.of_page(title),
        structured=_structured.listing(stories, plan, folder, title),
    )
    yield frame.page(
        "reading_list.html",
        head,
        heading=title,
        note=mark_safe(render_note(listed.description)),
        updated=cards.views.time(listed.updated_at),
        chosen=[
            {"card": cards.render_many("card.html", [story]), "words": text.fold(words)}
            for story, words in chosen
        ],
    )


READING_LISTS: Output[ListCards] = Output(
    key=LIST,
    place=addresses.list_folder,
    values=lambda plan: plan.lists,
    make=_page,
    index=_INDEX,
    make_index=_index,
    index_name="lists",
    has_index=lambda plan: bool(plan.lists),
)
