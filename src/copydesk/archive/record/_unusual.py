"""How a reader of our own spelling declines what it does not surely know."""

from __future__ import annotations


class UnusualError(Exception):
    """This is not surely in our own form."""
