"""WordPiece: a text in, the numbers of the pieces that the model knows out, as BERT cuts it."""

from __future__ import annotations

from copydesk.embed.wordpiece._wordpiece import LIMIT as LIMIT
from copydesk.embed.wordpiece._wordpiece import are_words as are_words
from copydesk.embed.wordpiece._wordpiece import numbers as numbers
from copydesk.embed.wordpiece._wordpiece import vocabulary as vocabulary
