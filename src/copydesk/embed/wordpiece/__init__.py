"""WordPiece: a text in, the numbers of the pieces that the model knows out, as BERT cuts it."""

from __future__ import annotations

from copydesk.embed.wordpiece._wordpiece import LIMIT, are_words, numbers, vocabulary

__all__ = ["LIMIT", "are_words", "numbers", "vocabulary"]
