"""Preview: an issue to come as its mail, in a frame of the composer's page that runs nothing."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from urllib.parse import quote

from copydesk import engine
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.errors import RecordError
from copydesk.news import Issue

_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_NEW_TAB = '<base target="_blank">'  # a link of the mail must not open in the frame
_TEXT_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="color-scheme" content="light dark"><title>{title}</title></head>'
    '<body style="margin:1rem"><pre style="white-space:pre-wrap;overflow-wrap:anywhere;'
    'font:12.5px/1.5 ui-monospace,monospace">{text}</pre></body></html>'
)


def show_mail(newsroom: engine.Newsroom, issue: Issue, pictures: Mapping[str, str]) -> bytes:
    """Return an issue's HTML with the desk's pictures: the site may have none of it yet."""
    page = engine.render_issue(newsroom, _keep_pictures(issue, pictures)).html
    for address, place in pictures.items():
        page = page.replace(f'src="{html.escape(address)}"', f'src="{html.escape(place)}"')
    return _HEAD.sub(lambda head: head[0] + _NEW_TAB, page, count=1).encode()


def show_text(newsroom: engine.Newsroom, issue: Issue) -> bytes:
    """Return an issue's plain text as a page."""
    rendered = engine.render_issue(newsroom, issue)
    title, text = html.escape(rendered.subject), html.escape(rendered.text)
    return _TEXT_PAGE.format(language=html.escape(issue.language), title=title, text=text).encode()


def find_pictures(opened: OpenNewsroom, issue: Issue, root: str) -> Mapping[str, str]:
    """Return where the desk has an issue's pictures, by their addresses on the site."""
    found = {}
    for story in issue.stories:
        if story.picture is not None:
            with contextlib.suppress(RecordError):
                seen = engine.read_queue_story(opened.newsroom, opened.queue, story.name)
                if seen.picture is not None:
                    found[story.picture.url] = f"{root}picture/{quote(seen.picture.name)}"
    return found


def _keep_pictures(issue: Issue, own: Collection[str]) -> Issue:
    """Return an issue without the pictures that the desk has not."""
    sections = []
    for section in issue.sections:
        stories = [
            story if story.picture and story.picture.url in own else replace(story, picture=None)
            for story in section.stories
        ]
        sections.append(replace(section, stories=tuple(stories)))
    return replace(issue, sections=tuple(sections))
