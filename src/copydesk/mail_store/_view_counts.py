"""View counts: how often the pages of issues were read a day; sums, and of nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from copydesk.mail_store._database import MailDatabase


class ViewCounts:
    """Keep sums of views; methods raise MailStoreError."""

    def __init__(self, database: MailDatabase) -> None:
        self._database = database

    def add(self, views: Mapping[str, int], day: date) -> None:
        """Add to the sums of a day, by the names of issues."""
        self._database.run_many(
            "INSERT INTO view_counts VALUES (?, ?, ?) ON CONFLICT (issue, day) "
            "DO UPDATE SET views = views + excluded.views",
            [(issue, day.isoformat(), count) for issue, count in views.items()],
        )

    def of(self, issue: str) -> int:
        """Return how often an issue's page was read."""
        query = "SELECT coalesce(sum(views), 0) FROM view_counts WHERE issue = ?"
        return int(self._database.run(query, issue)[0][0])
