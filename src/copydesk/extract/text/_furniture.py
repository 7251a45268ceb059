"""Furniture: short lines that are the site's and not the article's."""

from __future__ import annotations

import re

from copydesk.extract.words import is_notice

_LINE = 200  # characters; the longest line that can be no part of the article
_FURNITURE = re.compile(
    r"""(?xi)(?:
      [\W_]* | (?:advertisements?\ ?)?(?:continue\ reading.{0,40})? | comments?
    | share(?:\ this)?(?:\ (?:story|article|page|on\ .*))?
    | (?:read|see|watch|listen|download)(?:\ (?:more|also|now|next))?\ ?:.* | related\ ?:?.{0,20}
    | follow\ .{1,80}\ on\ (?:facebook|twitter|instagram|x|threads|linkedin|bluesky|mastodon)\b.*
    | (?:sign\ up|subscribe)\ (?:for|to)\ (?:our|the|this)\b.* | skip\ to\ (?:main\ )?content
    | (?:story|article)\ continues\ below.* | scroll\ (?:down\ )?(?:for|to)\b.*
    )$"""
)


def is_furniture(line: str) -> bool:
    """Say whether a whole line is the site's and not the article's.

    A long line is always the article's: there are stories about cookies.
    """
    return len(line) <= _LINE and (is_notice(line) or bool(_FURNITURE.match(line)))
