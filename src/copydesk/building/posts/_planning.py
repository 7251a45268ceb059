"""Plan posts: which stories go out, what of a built page they show, and what has become owed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from lxml import etree, html

from copydesk.archive import read_rulings
from copydesk.building._deploy import deploy_place
from copydesk.building.posts.accounts import PostPicture
from copydesk.catalogue import Catalogue, StoryFilter
from copydesk.channels import PostChannel
from copydesk.deploy import Branch
from copydesk.desk_store.posts import OPEN_STATES, Post, PostLog, PostPause
from copydesk.errors import RecordError
from copydesk.kit import dates, files, revisions, within
from copydesk.news import Standing, Story
from copydesk.news.story import is_backfilled
from copydesk.newsroom import Newsroom
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.placement.addresses import (
    digest_folder,
    local_time,
    quote_path,
    record_name,
    story_folder,
)

EDITION = "edition "
MOST_EDITS = 3  # each edit notifies everybody who has shared a post of Mastodon
_CORRECTED_FOR = timedelta(days=14)
_MOST_CANDIDATES = 200
_PAGE_BYTES = 5_000_000
_PICTURE_BYTES = 20_000_000
_KEPT_OUT = frozenset({Standing.REJECTED, Standing.REMOVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    """What a built page says of itself to networks, and its address. `picture` may be missing."""

    link: str
    headline: str
    line: str
    topics: tuple[str, ...]
    language: str
    picture: PostPicture | None = None


def plan_posts(newsroom: Newsroom, log: PostLog) -> None:
    """Add posts about new stories to the log, and mark the posts to edit or delete.

    Only stories published since the channel began are news, so nothing of an import goes out.
    Raises CopydeskError.
    """
    verdicts = read_rulings(newsroom.root).verdicts
    ruled = {record_name(at) for at, one in verdicts.items() if one.said in {"reject", "remove"}}
    for channel in newsroom.settings.posts:
        pause = log.find_pause(channel.id, newsroom.now)
        if not pause.rests:
            _plan_channel(newsroom, log, channel, pause)
        _note_removals(newsroom, log, channel.id, ruled)
        _note_corrections(newsroom, log, channel.id)


def _plan_channel(newsroom: Newsroom, log: PostLog, channel: PostChannel, pause: PostPause) -> None:
    if channel.stories == "edition":
        _plan_edition(newsroom, log, channel, pause)
        return
    room = channel.most_a_day - _count_waiting(newsroom, log, channel)
    for story in _find_news(newsroom, channel, pause):
        if room <= 0:
            return
        event = story.group or record_name(story.path)
        name = record_name(story.path)
        if not log.has_event(channel.id, event, name) and read_post_page(newsroom, name):
            post = Post(channel=channel.id, story=name, event=event, made=newsroom.now)
            room -= log.add(post) is not None


def _count_waiting(newsroom: Newsroom, log: PostLog, channel: PostChannel) -> int:
    """Drop the planned posts that waited too long; return how many still wait."""
    oldest = newsroom.now - timedelta(hours=channel.newest_hours)
    waiting = [post for post in log.list_open(channel.id) if not post.owed]
    for post in waiting:
        if post.made < oldest and post.state == "planned" and not (post.is_urgent or post.by):
            log.claim(post, state="dropped", why="it is no news any more")
    return sum(post.made >= oldest and post.state == "planned" for post in waiting)


def _find_news(newsroom: Newsroom, channel: PostChannel, pause: PostPause) -> Iterator[Story]:
    """Yield the stories that a channel may post, the hottest first."""
    wanted = StoryFilter(
        standings=frozenset({Standing.PUBLISHED}),
        topics=frozenset(channel.topics),
        since=max(pause.began, newsroom.now - timedelta(hours=channel.newest_hours)),
        until=newsroom.now + timedelta(seconds=1),
        quality=(channel.least_quality, 100) if channel.least_quality else None,
    )

    def ask(catalogue: Catalogue) -> list[str]:
        return catalogue.find(wanted, _MOST_CANDIDATES)

    stories = []
    for path in ask_catalogue(newsroom, ask):
        if is_backfilled(path):
            continue
        with contextlib.suppress(RecordError):
            stories.append(newsroom.archive.read_listed(path))
    for story in sorted(stories, key=lambda story: -(story.heat or 0)):
        is_approved = story.verdict is not None and story.verdict.said == "publish"
        if (story.heat or 0) >= channel.least_heat and (
            is_approved or channel.stories != "approved"
        ):
            yield story


def _plan_edition(newsroom: Newsroom, log: PostLog, channel: PostChannel, pause: PostPause) -> None:
    """Plan the post on the digest of yesterday, unless the channel began later than it was due."""
    zone = dates.find_zone(newsroom.beat.timezone)
    local, began = local_time(newsroom.now, zone), local_time(pause.began, zone)
    day = f"{local - timedelta(days=1):%Y-%m-%d}"
    due = f"{local:%Y-%m-%d} {channel.at}"
    if day <= pause.edition or f"{local:%Y-%m-%d %H:%M}" < due or f"{began:%Y-%m-%d %H:%M}" > due:
        return
    name = f"{EDITION}{day}"
    if read_post_page(newsroom, name):
        log.add(Post(channel=channel.id, story=name, event=name, made=newsroom.now))
        log.put_pause(replace(pause, edition=day))


def _note_removals(newsroom: Newsroom, log: PostLog, channel: str, ruled: set[str]) -> None:
    """Mark the posts on stories that an editor rejected or removed to be deleted."""
    sent = log.list_online(channel)
    waiting = {post.number: post.story for post in log.list_open(channel) if post.owed != "delete"}
    known = sent | waiting
    if not known:
        return
    out = {
        record_name(path)
        for path in ask_catalogue(
            newsroom, lambda catalogue: catalogue.find(StoryFilter(standings=_KEPT_OUT))
        )
    }
    for number, name in known.items():
        if name in out or name in ruled:
            log.change(number, {*OPEN_STATES, "sent"}, owed="delete", due=None, tries=0)


def _note_corrections(newsroom: Newsroom, log: PostLog, channel: str) -> None:
    """Mark recent posts to be edited whose page has another headline or sentence now.

    The threshold is that of changes on the site: another spelling is none.
    """
    for post in log.list_latest(_MOST_CANDIDATES, channel):
        if _may_be_edited(post, newsroom.now) and _has_changed(newsroom, post):
            log.claim(post, owed="edit", due=None, tries=0)


def _may_be_edited(post: Post, now: datetime) -> bool:
    is_recent = post.began is not None and now - post.began < _CORRECTED_FOR
    is_ours = post.state == "sent" and not (post.owed or post.words or post.reply_to)
    return is_recent and is_ours and post.edits < MOST_EDITS


def _has_changed(newsroom: Newsroom, post: Post) -> bool:
    page = read_post_page(newsroom, post.story)
    pairs = ((post.headline, page.headline), (post.line, page.line)) if page else ()
    return any(revisions.is_reworded(old, new) for old, new in pairs)


def read_post_page(newsroom: Newsroom, story: str) -> PostPage | None:
    """Return the built page of a story or edition as networks see it, None if it is not online.

    Online: the page and its card are on the site, and deployed if the settings name a target.
    """
    day = story.removeprefix(EDITION)
    is_edition = day != story
    folder = story_folder(f"{story}.md")
    if is_edition and (at := dates.parse(day)):
        folder = digest_folder(at.date())
    if (card := _read_card(newsroom, f"{folder}index.html")) is None:
        return None
    about, language, picture = card
    headline, topics = about.get("og:title", ""), tuple[str, ...]()
    if not is_edition:
        record = _find_public_story(newsroom, story)
        if record is None:
            return None
        headline, topics, language = record.title, record.topics, record.language or language
    return PostPage(
        link=f"{newsroom.beat.url}/{quote_path(folder)}",
        headline=headline,
        line=about.get("og:description", ""),
        topics=topics,
        language=language.partition("-")[0],
        picture=picture,
    )


def _find_public_story(newsroom: Newsroom, name: str) -> Story | None:
    """Return the published story with a record name, None if there is none that can be read."""
    paths = ask_catalogue(newsroom, lambda catalogue: catalogue.find_by_name([name]))
    with contextlib.suppress(RecordError):
        story = newsroom.archive.read_listed(paths[0]) if paths else None
        return story if story is not None and story.published else None
    return None


def _read_card(
    newsroom: Newsroom, path: str
) -> tuple[Mapping[str, str], str, PostPicture | None] | None:
    """Return the marks of a built page for networks, its language and its picture.

    None if readers cannot see them all yet: a page stands there moments before its card.
    """
    try:
        tree = html.fromstring(within.read(newsroom.site, path, _PAGE_BYTES))
        about = {
            str(meta.get("property") or meta.get("name")): str(meta.get("content", ""))
            for meta in tree.xpath("//head/meta[@content]")
        }
        card = _find_picture(newsroom, about)
        picture = _read_picture(newsroom, card, about)
    except (OSError, ValueError, etree.LxmlError):  # an empty page is an error of lxml
        return None
    is_online = all(_is_deployed(newsroom, file) for file in (path, card) if file)
    return (about, str(tree.get("lang", "")), picture) if is_online else None


def _is_deployed(newsroom: Newsroom, path: str) -> bool:
    if not newsroom.settings.deploy.to:
        return True
    place = deploy_place(newsroom.root, newsroom.private, newsroom.site, newsroom.settings)
    if isinstance(place, Branch):
        return place.has_sent()
    return newsroom.memory.manifest(f"deploy {place.name}").get(path) is not None


def _find_picture(newsroom: Newsroom, about: Mapping[str, str]) -> str:
    """Return the path of the picture that a page shares, "" if it is not on this site."""
    base, address = f"{newsroom.beat.url}/", about.get("og:image", "")
    path = address.removeprefix(base)
    return "" if path == address or ".." in PurePosixPath(path).parts else path


def _read_picture(newsroom: Newsroom, path: str, about: Mapping[str, str]) -> PostPicture | None:
    if not path:
        return None
    data = within.read(newsroom.site, path, _PICTURE_BYTES)
    media_type = about.get("og:image:type") or files.media_type(path)
    return PostPicture(data=data, media_type=media_type, alt=about.get("og:image:alt", ""))
