"""Turn a fetched page and the lead to it into an Article, or into a Dropped that says why not.

What a site repeats on many pages is learned from finished articles and taken out of them.
"""

from __future__ import annotations

from copydesk.extract._declared_address import declared_address
from copydesk.extract._fields import fields
from copydesk.extract._habits import MOST_HABITS, Habits, habits, learn, settle, site_of
from copydesk.extract._read import read, read_anyway
from copydesk.extract.terms import snippet_characters

__all__ = [
    "MOST_HABITS",
    "Habits",
    "declared_address",
    "fields",
    "habits",
    "learn",
    "read",
    "read_anyway",
    "settle",
    "site_of",
    "snippet_characters",
]
