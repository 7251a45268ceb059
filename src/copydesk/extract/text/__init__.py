"""text: a page in, the article's text as small clean Markdown out."""

from copydesk.extract.text._find import MAX_CHARACTERS, find

__all__ = ["MAX_CHARACTERS", "find"]
