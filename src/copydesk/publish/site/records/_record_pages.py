"""Pages of single records: what each is, who made it, how long it takes, where it leads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import nh3

from copydesk.kit import text
from copydesk.news import Record
from copydesk.publish import _pictures, _records
from copydesk.publish.site import _player
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.site.records import _catalog, _described, _facts
from copydesk.publish.site.records._catalog import Catalog
from copydesk.publish.site.records._facts import Fact
from copydesk.publish.writing import Sheet
from copydesk.rendering import mark_safe

_TAGS = {"p", "ul", "ol", "li", "a", "b", "strong", "i", "em", "code", "pre", "blockquote", "br"}
_MADE = 24  # of the things that one person or company made


def sheets(catalog: Catalog) -> Iterator[Sheet]:
    """Yield the page of every record that the site hosts."""
    plan = catalog.frame.plan
    for listed in catalog.listed.values():
        here = (record for record in listed if _records.page_address(record, plan))
        yield from (_page(record, catalog) for record in here)


def _page(record: Record, catalog: Catalog) -> Sheet:
    frame = catalog.frame
    title = _catalog.title_of(record, frame)
    said = _records.prose(record)
    items = catalog.items(record)
    picture = _pictures.of_record(record, frame.plan)
    player = _player.of(_records.first_text(record, "featuredContent"), title, frame.strings)
    head = Head(
        path=_records.page_folder(record),
        title=title,
        description=text.shorten(said, 200),
        structured=_described.record(record, items, frame),
        kind="profile" if record.collection == "people" else "website",
        picture=picture,
        frames=player.frame,
        plays_files=player.is_file,
    )
    body = nh3.clean(record.body, tags=_TAGS, link_rel=None) if record.body.strip() else ""
    has_body = bool(text.plain(body))
    return frame.page(
        "record.html",
        head,
        record={
            **catalog.view(record),
            "excerpt": "" if has_body else said,  # it is how the body begins
            "origin": _catalog.address_elsewhere(record, frame),
        },
        facts=list(_link_facts(catalog.facts(record), catalog)),
        links=list(_facts.links(record, frame)),
        items=catalog.views(items),
        made=_works_of(record, catalog),
        holders=catalog.views(catalog.holders.get(record.path, ())),
        topics=_topics(record, frame),
        player=player.markup,
        body=mark_safe(body) if has_body else "",
        shelf=_shelf(record, frame),
    )


def _link_facts(facts: Iterable[Fact], catalog: Catalog) -> Iterator[Fact]:
    for fact in facts:
        is_name = fact.key in {"by", "author", "affiliation"}
        yield replace(fact, href=catalog.maker(fact.text)) if is_name else fact


def _works_of(record: Record, catalog: Catalog) -> list[_catalog.View]:
    """Return what a person or company made among what is listed here."""
    if record.collection not in {"people", "companies"}:
        return []
    found = catalog.made.get(text.squash(_records.first_text(record, "name")), ())
    return catalog.views([work for work in found if work is not record][:_MADE])


def _topics(record: Record, frame: Frame) -> list[Mapping[str, str]]:
    named = _records.texts(record, "topics")
    return [topic for topic in frame.topics() if topic["name"] in named]


def _shelf(record: Record, frame: Frame) -> Mapping[str, str]:
    """Return the list that a record stands in."""
    href = frame.href(f"{record.collection}/")
    return {"name": frame.strings.say(record.collection), "href": href}
