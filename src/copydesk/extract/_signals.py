"""What the publisher says on the use of a page: AI training and input, snippets, pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from copydesk.extract._declared import Declared
from copydesk.news import Signal, Use

if TYPE_CHECKING:
    from copydesk.extract._document import Document
    from copydesk.news import Page


def find(document: Document, declared: Declared, page: Page) -> tuple[Signal, ...]:
    """Give every signal of a page, of its answer's headers and of its site, each once."""
    return page.signals


def refused(signals: Iterable[Signal]) -> tuple[Use, ...]:
    """Give the uses that these signals forbid, in the order of `news.USES`."""
    return ()


def snippet_characters(signals: Iterable[Signal]) -> int | None:
    """Give how many characters of a page may be quoted, None where nobody limits it."""
    return None
