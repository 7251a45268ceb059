"""Network forms: when each network sent forms, for a week, by a digest in place of its address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from copydesk.kit import dates
from copydesk.mail_store._database import MailDatabase

_KEPT = timedelta(days=7)
_MOST = 50_000  # rows, about 6 MB: an attacker with ever new networks makes them forget, not grow


class NetworkForms:
    """Keep when networks sent forms; methods raise MailStoreError."""

    def __init__(self, database: MailDatabase, most: int = _MOST) -> None:
        self._database = database
        self._most = most

    def note(self, networks: Iterable[bytes], now: datetime) -> None:
        """Keep that a form came from these networks, each of which holds the next one."""
        at = dates.rfc3339(now)
        rows = [(network, at) for network in networks]
        self._database.run_many("INSERT INTO network_forms (network, at) VALUES (?, ?)", rows)
        self.forget(now)

    def list_times(self, network: bytes, now: datetime) -> list[datetime]:
        """Return when a network sent forms within the last week, the newest first."""
        query = "SELECT at FROM network_forms WHERE network = ? AND at > ? ORDER BY at DESC"
        rows = self._database.run(query, network, dates.rfc3339(now - _KEPT))
        return [datetime.fromisoformat(at) for (at,) in rows]

    def forget(self, now: datetime) -> None:
        """Forget what is a week old, what a clock that was set back left, and what is too much."""
        self._database.run(
            "DELETE FROM network_forms WHERE at <= ? OR at > ?",
            *(dates.rfc3339(now - _KEPT), dates.rfc3339(now + _KEPT)),
        )
        self._database.run(
            "DELETE FROM network_forms WHERE number <= (SELECT max(number) FROM network_forms) - ?",
            self._most,
        )
