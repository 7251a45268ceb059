"""Turn a fetched page and the lead to it into an Article, or into a Dropped that says why not."""

from __future__ import annotations

from copydesk.extract._read import fields, read

__all__ = ["fields", "read"]
