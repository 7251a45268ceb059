"""The part of an article that the embedding model gets, and the key that stores its vector."""

from __future__ import annotations

import hashlib

from copydesk.embed._model import SHA256
from copydesk.kit import text as plain_text

SIZE = 384  # bytes of a vector
CHARACTERS = 450  # of the text; more gives no better groups (docs/design/embed.md)


def passage(title: str, text: str) -> str:
    """Return the part of an article to embed: title and beginning of its text, as one line."""
    lede = plain_text.fold(plain_text.prose(text[: 2 * CHARACTERS]))[:CHARACTERS]
    head = plain_text.fold(title)
    return f"{head}. {lede}" if head and lede else head or lede


def key_of(passage_: str) -> str:
    """Return the key under which a passage's vector is stored, made from passage and model."""
    return hashlib.sha256(f"{SHA256}\n{passage_}".encode(errors="replace")).hexdigest()
