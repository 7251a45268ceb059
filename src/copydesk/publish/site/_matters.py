"""Make the pages of matters: events that go on from each other, in order of time.

    matters/                        the matters with the newest events
    matters/2026-11-24-0123abcd/    the newest event, the newest hundred in order, background
    matters/2026-11-24-0123abcd/1/  of a long matter, its first hundred events, and so on

A story's page says how many events came later, and links to the place of its own event. The style
sheet marks the events after the place that a link leads to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from copydesk.catalogue.page_entries import MATTER, MATTER_EVENT, StoryEntry
from copydesk.kit import text
from copydesk.news import Story
from copydesk.placement import addresses
from copydesk.publish._plan import Cut, Output, SitePlan, count_pages, of_matters
from copydesk.publish.developments import EVENTS_SINCE, event_of
from copydesk.publish.site import _frame
from copydesk.publish.site._cards import ListCards
from copydesk.publish.site._frame import Head
from copydesk.publish.writing import Sheet

FOLDER = "matters/"
_BACKGROUND = 8
_PAGES = Cut(
    name="matter page",
    key=MATTER,
    size=lambda look: look.sizes.matter,
    page=lambda name, number: f"{name} {number}",
)


def describe_matter(story: Story, cards: ListCards) -> Mapping[str, str]:
    """Return the link from a story's page to its matter, and how many events came later.

    Both are "" for a story without a matter of several events.
    """
    plan, say = cards.frame.plan, cards.frame.strings.say
    name = plan.matters.find(story)
    if not name:
        return {"href": "", "since": ""}
    since = plan.matters.count_since(name, story)
    href = cards.frame.href(addresses.matter_folder(name))
    if since == 0:
        return {"href": href, "since": ""}
    key = "matter_since_more" if since is None else "matter_since"
    words = say(key, count=EVENTS_SINCE if since is None else since)
    return {"href": f"{href}#{addresses.matter_id(event_of(story))}", "since": words}


def _matter(cards: ListCards, name: str) -> Iterator[Sheet]:
    """Yield the page of a matter: its newest event as a card, then all events, oldest first."""
    plan, folder = cards.frame.plan, addresses.matter_folder(name)
    entries = plan.events_of(name)
    stories = [story for entry in entries if (story := plan.read(entry.path)) is not None]
    title = plan.matters.title(name) or cards.frame.strings.say("untitled")
    head = Head(
        path=folder,
        title=title,
        description=text.fold(stories[0].excerpt) if stories else "",
        feeds=folder,
        feeds_title=f"{title} – {text.fold(plan.beat.title)}",
        shared=cards.frame.share_pictures.of_page(title),
        structured=_frame.listing(stories[::-1], plan, folder, title),
    )
    background = cards.views.stories(_find_background(name, stories, plan))
    latest = cards.render_many("card.html", stories[:1])
    yield _print(name, head, entries[::-1], cards, latest=latest, background=background)


def _page(cards: ListCards, value: str) -> Iterator[Sheet]:
    """Yield a page of the earlier events of a long matter; page 1 has the first ones."""
    plan = cards.frame.plan
    name, _, number = value.rpartition(" ")
    size, count = plan.look.sizes.matter, plan.counts[MATTER.name][name]
    stories = plan.index.oldest_first(MATTER.name, name, count)
    page = stories[(int(number) - 1) * size : int(number) * size]
    title = plan.matters.title(name) or cards.frame.strings.say("untitled")
    heading = f"{title} – {cards.frame.strings.say('page_number', number=number)}"
    head = Head(path=_place(value), title=heading, feeds=addresses.matter_folder(name))
    yield _print(name, head, plan.matters.list_events(page), cards, latest="", background=[])


def _print(
    name: str, head: Head, entries: Iterable[StoryEntry], cards: ListCards, **context: object
) -> Sheet:
    return cards.frame.page(
        "matter.html",
        head,
        heading=head.title,
        whole=cards.frame.href(addresses.matter_folder(name)),
        count=cards.frame.plan.matters.counts[name],
        events=_show_events(entries, cards),
        pages=_link_pages(name, cards),
        index=cards.frame.href(FOLDER),
        **context,
    )


def _show_events(entries: Iterable[StoryEntry], cards: ListCards) -> list[Mapping[str, object]]:
    """Return events as the template shows them, each with the number of its publishers."""
    plan = cards.frame.plan
    found = ((entry, plan.read(entry.path)) for entry in entries)
    return [
        {
            "id": addresses.matter_id(entry.event),
            "story": cards.views.story(story),
            "publishers": 1 + plan.coverages.of(story).newsrooms,
        }
        for entry, story in found
        if story is not None
    ]


def _find_background(name: str, stories: Iterable[Story], plan: SitePlan) -> list[StoryEntry]:
    """Return the background of the events that is not of the matter itself, each story once."""
    found: dict[str, StoryEntry] = {}
    for story in stories:
        for entry in plan.groups.background(story):
            if (MATTER.name, name) not in entry.headings:
                found.setdefault(entry.path, entry)
    return list(found.values())[:_BACKGROUND]


def _link_pages(name: str, cards: ListCards) -> Sequence[Mapping[str, object]]:
    numbers = _number_pages(name, cards.frame.plan)
    return [{"number": n, "href": cards.frame.href(_place(f"{name} {n}"))} for n in numbers]


def _number_pages(name: str, plan: SitePlan) -> Iterable[int]:
    """Return the numbers of the pages of a long matter that are full for ever."""
    return range(1, count_pages(plan.counts[MATTER.name][name], plan.look.sizes.matter))


def _place(value: str) -> str:
    name, _, number = value.rpartition(" ")
    return f"{addresses.matter_folder(name)}{number}/"


def _index(cards: ListCards) -> Iterator[Sheet]:
    """Yield the page of the matters with the newest events."""
    frame, plan = cards.frame, cards.frame.plan
    if not plan.wanted.of_key(MATTER.name):
        return
    entries = [
        frame.link(
            plan.matters.title(name) or frame.strings.say("untitled"),
            addresses.matter_folder(name),
            count=plan.matters.counts[name],
        )
        for name in plan.matters.list_newest()
    ]
    heading = frame.strings.say("matters")
    head = Head(path=FOLDER, title=heading)
    yield frame.page("matters.html", head, heading=heading, matters=entries)


def redirects(cards: ListCards) -> Iterator[Sheet]:
    """Yield a redirect page for each matter that editors merged into another one.

    It leads to the only story of a matter that has no page.
    """
    plan, say = cards.frame.plan, cards.frame.strings.say
    for old, new in plan.matters.find_merges().items():
        is_wanted = plan.wanted(MATTER.name, old) or plan.wanted(MATTER.name, new)
        latest = plan.matters.list_latest(new, 1)
        if old in plan.matters.counts or not latest or not is_wanted:
            continue
        is_page = new in plan.matters.counts
        target = addresses.matter_folder(new) if is_page else latest[0].folder
        title = plan.matters.title(new) or say("untitled")
        yield cards.frame.page(
            "moved.html",
            Head(path=addresses.matter_folder(old), title=title, indexed=False),
            heading=say("matter_moved"),
            said="matter_is_at",
            story={"title": title, "href": cards.frame.href(target), "tongue": ""},
            canonical=plan.links.page(target),
        )


MATTERS: tuple[Output[ListCards], ...] = (
    of_matters(
        addresses.matter_folder,
        _matter,
        index=FOLDER,
        make_index=_index,
        index_name="matters",
        has_index=lambda plan: bool(plan.matters.counts),
    ),
    Output(
        key=_PAGES,
        place=_place,
        values=lambda plan: (
            f"{name} {number}"
            for name in plan.matters.counts
            for number in _number_pages(name, plan)
        ),
        make=_page,
        is_some=True,
    ),
    Output(key=MATTER_EVENT, place=lambda _event: ""),
)
