"""The plain text of a letter, for who reads mail without pictures, colours or a browser.

Lines wrap at 72; each link has a line of its own, whole, so that programs find it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from copydesk.mail._issue_view import IssueView, NamedLink, SectionView, StoryView
from copydesk.rendering import Strings

_WIDTH = 72


def render_text(view: IssueView, links: Iterable[NamedLink], closing: str, strings: Strings) -> str:
    """Return the plain text of an issue; below it are `links` and the `closing` words."""
    blocks = [*_tell_head(view, strings)]
    for section in view.sections:
        blocks += _tell_section(section, strings)
    if not view.sections:
        blocks.append(wrap(strings.say("nothing")))
    if view.cut:
        blocks.append(tell_link(strings.say("letter_cut", count=view.cut), view.page, strings))
    blocks.append("-- ")  # what follows is a signature to mail programs
    blocks += [tell_link(link.name, link.href, strings) for link in links]
    blocks.append(wrap(closing))
    return join_blocks(blocks)


def join_blocks(blocks: Iterable[str]) -> str:
    """Join paragraphs, none empty; "-- " stands right above what is below it."""
    return "\n\n".join(block for block in blocks if block).replace("-- \n\n", "-- \n") + "\n"


def _tell_head(view: IssueView, strings: Strings) -> Iterator[str]:
    yield f"{wrap(view.title.upper())}\n{view.day}"
    if view.page:
        yield tell_link(strings.say("letter_browser"), view.page, strings)
    yield _tell_note(view.note_words, strings)


def _tell_section(section: SectionView, strings: Strings) -> Iterator[str]:
    if section.title:
        title = wrap(section.title.upper())
        yield f"{title}\n{'=' * max(map(len, title.splitlines()))}"
    for story in section.stories:
        yield _tell_story(story, strings)


def _tell_story(story: StoryView, strings: Strings) -> str:
    names = ", ".join(voice.name for voice in story.coverage)
    if story.unnamed:
        names = strings.say("names_and_more", names=names, count=story.unnamed)
    also = (strings.say("letter_also", names=names),) if names else ()
    lines = [
        wrap(story.title),
        wrap(story.excerpt),
        wrap(" · ".join(filter(None, (story.source, *story.facts, *also)))),
        story.href,
        _tell_note(story.note_words, strings),
    ]
    return "\n".join(line for line in lines if line)


def _tell_note(note: str, strings: Strings) -> str:
    if not note:
        return ""
    return f"[{strings.say('note')}]\n" + "\n".join(wrap(line) for line in note.split("\n"))


def tell_link(name: str, href: str, strings: Strings) -> str:
    """Return what a link is called, and its address in a line of its own."""
    return f"{wrap(name)}{strings.say('colon').rstrip()}\n{href}" if href else wrap(name)


def wrap(words: str) -> str:
    """Wrap a text; what has no blanks for long is parted, but for an address."""
    is_breakable = "://" not in words
    lines = textwrap.wrap(words, _WIDTH, break_long_words=is_breakable, break_on_hyphens=False)
    return "\n".join(lines)
