"""Wishes: the letters that somebody asked for, as a mail and its link carry them until confirmed.

wish = JSON [asked: seconds since 1970, version of the consent's words, {letter: [topic ids]}]
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers._answers import LetterChoice
from copydesk.mail_store import MailStore

_MOST_BYTES = 480  # of a wish: a link has room for 511, with what ties it to its address


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Letters by their ids with the names of topics (() for all), when they were asked for."""

    asked: datetime
    letters: Mapping[str, tuple[str, ...]]
    words: str = ""


def pack_wish(newsroom: Newsroom, wish: Wish) -> str:
    """Return a wish as a link carries it.

    Where there is no room for all topics, all letters are wanted whole, and then the last letters
    are left away: the mail and its page say what will begin.
    """
    ids = {topic.name: topic.id for topic in newsroom.beat.topics}
    letters = {
        letter: [ids[name] for name in topics if name in ids]
        for letter, topics in wish.letters.items()
    }
    packed = _write(wish, letters)
    if len(packed) > _MOST_BYTES:
        letters = {letter: [] for letter in letters}
        packed = _write(wish, letters)
    while len(packed) > _MOST_BYTES and letters:
        letters.popitem()
        packed = _write(wish, letters)
    return packed


def read_wish(newsroom: Newsroom, store: MailStore, packed: str) -> Wish:
    """Read what a link of ours carries: the letters and topics that there still are.

    A letter that was renamed meanwhile is the one that was asked for. Raises MailStoreError.
    """
    seconds, words, wanted = json.loads(packed)
    asked = datetime.fromtimestamp(seconds, UTC)
    letters = {store.renames.find_id(letter, asked): topics for letter, topics in wanted.items()}
    names = {topic.id: topic.name for topic in newsroom.beat.topics}
    known = {letter.id for letter in newsroom.settings.letters}
    return Wish(
        asked=asked,
        words=words,
        letters={
            letter: tuple(names[topic] for topic in topics if topic in names)
            for letter, topics in letters.items()
            if letter in known
        },
    )


def list_wishes(newsroom: Newsroom, wish: Wish) -> tuple[LetterChoice, ...]:
    """Return the letters of a wish as pages and mails name them."""
    return tuple(
        LetterChoice(id=letter.id, title=letter.title, topics=wish.letters[letter.id])
        for letter in newsroom.settings.letters
        if letter.id in wish.letters
    )


def _write(wish: Wish, letters: Mapping[str, Any]) -> str:
    content = [int(wish.asked.timestamp()), wish.words, letters]
    return json.dumps(content, separators=(",", ":"))
