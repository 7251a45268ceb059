"""Window: how far back copies are looked for."""

from __future__ import annotations

from datetime import timedelta

# What is older is not looked for: the texts of a whole archive would not fit a small server.
COPIES_WITHIN = timedelta(days=30)
