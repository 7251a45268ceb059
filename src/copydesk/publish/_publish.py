"""An edition becomes files.

edition | plan | api, feeds, sitemaps, site | write what changed | sweep what is gone
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import chain, compress
from pathlib import Path

from copydesk.news import (
    Beat,
    Edition,
    FiledStories,
    Story,
    Thumbnail,
)
from copydesk.placement.addresses import is_segment
from copydesk.publish import _outputs, _pictures, api, feeds, site, sitemaps
from copydesk.publish._filed import IN_HAND, StoryReader
from copydesk.publish._fingerprint import files_of, fingerprint_beat
from copydesk.publish._plan import Look, SitePlan, Wanted
from copydesk.publish._records import is_shown
from copydesk.publish._share_pictures import FOLDER, SharePictures
from copydesk.publish._site_plan import make_site_plan
from copydesk.publish._survey import Survey, take_survey
from copydesk.publish.api import v2
from copydesk.publish.change import (
    StoryChange,
    Touched,
    digest_lists,
    find_effects,
    fingerprint_letters,
    list_pins,
    place_letters,
)
from copydesk.publish.making import PICTURES, PublishOptions, picture_files, write_all
from copydesk.publish.page_index import Drawings, PageIndex, Pieces
from copydesk.publish.writing import Count, Manifest, Writer

# whatever lists stories: a new list is one file, and one line in the `OUTPUTS` of its kind
_SITE: tuple[_outputs.AnyOutput, ...] = (*site.OUTPUTS, *feeds.OUTPUTS, *sitemaps.OUTPUTS)
_APIS: tuple[tuple[_outputs.AnyOutput, ...], ...] = (api.OUTPUTS, v2.OUTPUTS)
_KEYS = _outputs.story_keys(chain(_SITE, *_APIS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published: stories and HTML pages there are now, files written and deleted.

    `skipped` holds the paths of records whose name cannot be an address, `gone` the folders of the
    pages that an editor removed for good, `cards` the names of the share pictures in use, None
    where none has gone out of use.
    """

    stories: int
    pages: int
    written: int
    deleted: int
    unchanged: int
    skipped: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    cards: frozenset[str] | None = None


def publish(
    edition: Edition,
    out: Path,
    manifest: Manifest,
    options: PublishOptions,
    together: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Published:
    """Bring `out` to the edition: write what changed, delete what no longer belongs.

    The same edition gives the same bytes, and a second time writes none. Raises PublishError; until
    all is made the site is the old one. What is remembered of it, in the manifest and in the
    survey's notes, is written in a block of `together`.
    """
    seen = _take_survey(edition)
    plan = _plan_survey(edition, seen, options)
    writer = Writer(out=out, manifest=manifest, full=options.full)
    writer.open()
    try:
        return _build(seen, plan, writer, options, together)
    except BaseException:
        plan.index.rollback()
        raise
    finally:
        writer.clear()


def survey(
    filed: FiledStories | Iterable[Story],
    beat: Beat,
    known: PageIndex | None = None,
    *,
    full: bool = False,
    in_hand: int = IN_HAND,
) -> Survey:
    """See which stories there are, by what is known of the last time; `full` believes nothing.

    So many stories stay `in_hand`, and are not read a second time. Raises PublishError when the
    beat names a time zone that does not exist.
    """
    return take_survey(StoryReader(filed, in_hand), beat, _KEYS, known, full=full)


def plan_site(edition: Edition, look: Look) -> SitePlan:
    """Sort an edition into what will be published; raises as `survey` does."""
    return make_site_plan(edition, _take_survey(edition), look)


def plan_edition(edition: Edition, options: PublishOptions) -> SitePlan:
    """Sort an edition into what `publish` would make of it, and make nothing.

    What changes in the plan's index meanwhile is its holder's to forget.
    """
    return _plan_survey(edition, _take_survey(edition), options)


def _plan_survey(edition: Edition, seen: Survey, options: PublishOptions) -> SitePlan:
    look = replace(options.look, pictures=_find_cached_pictures(edition, options))
    return make_site_plan(edition, seen, look)


def _take_survey(edition: Edition) -> Survey:
    """Return the survey that an edition holds, or one of the stories that it holds."""
    if isinstance(edition.stories, Survey):
        return edition.stories
    return survey(edition.stories, edition.beat)


def _build(
    seen: Survey,
    plan: SitePlan,
    writer: Writer,
    options: PublishOptions,
    together: Callable[[], AbstractContextManager[None]],
) -> Published:
    ways = _fingerprint_pages(plan, options)
    if seen.notes and seen.notes.get("front") != writer.front:
        writer.doubt()
    stands = seen.notes.get("world") == ways and writer.stands and _stand_letters(plan, seen)
    letters = fingerprint_letters(plan)
    news = _find_changes(plan, seen, letters) if stands else None
    writer.expect_all(everything=news is None)
    pieces = Pieces(plan.index)
    plan = replace(plan, wanted=news or Wanted(), pieces=pieces)
    share_pictures = SharePictures(plan, options.draw, tuple(options.icons))
    if news is None:
        pieces.forget_all()
        _draw_newest(share_pictures, options)
    write_all(writer, plan, options, share_pictures)
    plan.index.resume()
    writer.place()
    cards = _delete_the_rest(writer, plan, news, share_pictures)
    count = writer.count_files(Count(**seen.notes.get("count", {})))
    with together():
        writer.remember()
    _keep_stories(plan, seen, news)
    notes = {**_notes(seen, plan, count), "letters": letters}
    plan.index.note({**notes, "world": ways, "front": writer.front})
    plan.index.commit()
    writer.close()
    return _report(plan, writer, count, cards)


def _keep_stories(plan: SitePlan, seen: Survey, news: Touched | None) -> None:
    """Keep stories that were read for what is new, and nothing of those that are not public now."""
    if news is not None:
        plan.read.keep()
    hidden = [path for path, (_, now) in seen.pairs.items() if now is None or not now.is_public]
    plan.pieces.forget(hidden)
    plan.read.forget(hidden)


def _draw_newest(share_pictures: SharePictures, options: PublishOptions) -> None:
    """Draw the share pictures of the newest stories: what a worker draws no other one knows of."""
    plan = share_pictures.plan
    newest = partial(share_pictures.newest, lambda story: _pictures.of(story, plan) is not None)
    if options.draw_ahead:
        options.draw_ahead(newest())
    if options.draw:
        for poster in newest():
            options.draw(poster, anew=True)


def _delete_the_rest(
    writer: Writer, plan: SitePlan, news: Touched | None, share_pictures: SharePictures
) -> frozenset[str] | None:
    """Delete what no longer belongs to the site; return `Published.cards`."""
    drawn = Drawings(plan.index)
    if news is None:
        drawn.reset(share_pictures.used)
        writer.sweep()
        return drawn.all()
    unused = drawn.replace(news.pairs, share_pictures.used)
    writer.drop(_list_leftovers(plan, news) | {f"{FOLDER}{name}" for name in unused})
    return drawn.all() if unused else None


def _notes(seen: Survey, plan: SitePlan, count: Count) -> dict[str, object]:
    """Return what the next build wants to know of the stories, the front page and the files."""
    return {
        "pictures": seen.pictures,
        "pinned": sorted(list_pins(plan)),
        "lists": digest_lists(plan),
        "letter_places": place_letters(plan),
        "count": {"files": count.files, "pages": count.pages},
    }


def _report(
    plan: SitePlan, writer: Writer, count: Count, cards: frozenset[str] | None
) -> Published:
    return Published(
        stories=len(plan.stories),
        pages=count.pages,
        written=writer.written,
        deleted=writer.deleted,
        unchanged=count.files - writer.written,
        skipped=plan.skipped,
        gone=plan.gone,
        cards=cards,
    )


def _stand_letters(plan: SitePlan, seen: Survey) -> bool:
    """Decide whether every issue of a letter that was there is still listed where it was."""
    before, now = seen.notes.get("letter_places", {}), place_letters(plan)
    return all(now.get(name) == place for name, place in before.items())


def _find_changes(plan: SitePlan, seen: Survey, letters: Mapping[str, str]) -> Touched:
    before = frozenset(seen.notes.get("pinned", ()))
    lists = seen.notes.get("lists", {})
    known = seen.notes.get("letters", {})
    other = frozenset(path for path, now in letters.items() if known.get(path) != now)
    change = StoryChange(pairs=seen.pairs, pinned=before, lists=lists, letters=other)
    return find_effects(plan, change, list(_outputs_of(plan)))


def _outputs_of(plan: SitePlan) -> Iterator[_outputs.AnyOutput]:
    """Yield what is made of this site."""
    on = plan.look.outputs
    outputs = chain(_SITE, *compress(_APIS, (on.api_v1, on.api_v2)))
    return (output for output in outputs if output.is_on(plan.look))


def _list_leftovers(plan: SitePlan, news: Touched) -> set[str]:
    """Return the folders and files that no longer belong to the site."""
    pages = {sitemaps.PAGES} if news.gone else set()  # which may need fewer files
    return {*news.gone, *_find_unused_pictures(plan, news), *pages}


def _fingerprint_pages(plan: SitePlan, options: PublishOptions) -> str:
    """Return a hash of all that any page may depend on beside the stories."""
    look = plan.look
    # what each picture is shown as stands in the digest of its story
    options_of_all = [
        getattr(look, option.name)
        for option in fields(look)
        if option.name not in {"pictures", "shows", "awaited"}
    ]
    return fingerprint_beat(
        plan.beat,
        {name: records for name, records in plan.records.items() if name != "newsletters"},
        dict(plan.letters.titles),
        plan.letters.series if plan.beat.subscribe_url else (),
        (sorted(options.icons), options.draw is None),
        options_of_all,
        sorted(set(look.shows.values())),
        files_of(options.templates),
        files_of(options.static),
        bool(plan.lists),  # every page leads to them
        is_shown(plan.records.get("newsletters", ())),  # and to these
    )


def _find_cached_pictures(edition: Edition, options: PublishOptions) -> Mapping[str, Thumbnail]:
    """Return the edition's pictures that lie in the folder: a page shows nothing that is lost."""
    folder = options.pictures_folder
    if folder is None or not folder.is_dir():
        return {}
    there = {entry.name for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False)}
    named = (edition.pictures or {}).items()
    found = ((url, _keep_forms(thumbnail, there)) for url, thumbnail in named)
    return {url: thumbnail for url, thumbnail in found if thumbnail is not None}


def _keep_forms(thumbnail: Thumbnail, there: Collection[str]) -> Thumbnail | None:
    """Return a picture with the forms that are there, None without its first."""
    forms = tuple(form for form in thumbnail.forms if form.name in there and is_segment(form.name))
    if not forms or forms[0] != thumbnail.forms[0]:
        return None
    return thumbnail if len(forms) == len(thumbnail.forms) else replace(thumbnail, forms=forms)


def _find_unused_pictures(plan: SitePlan, news: Touched) -> set[str]:
    """Find our copies of pictures that no page shows any more."""
    left = picture_files(old for old, _ in news.pairs.values() if old)
    left -= picture_files(new for _, new in news.pairs.values() if new)
    if not left:
        return left
    # pictures of two addresses with the same bytes are one file
    sharing = _find_addresses(left, plan)
    return left - picture_files(entry for url in sharing for entry in plan.index.showing(url))


def _find_addresses(files: set[str], plan: SitePlan) -> Iterator[str]:
    """Find the addresses of the pictures of which any of these files is a form."""
    for url, picture in plan.look.pictures.items():
        if any(f"{PICTURES}{form.name}" in files for form in picture.forms):
            yield url
