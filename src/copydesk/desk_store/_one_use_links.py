"""Links that open one page once: for the first owner, and for who lost their way in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from copydesk.desk_store._accounts import account_key
from copydesk.desk_store._database import DeskDatabase
from copydesk.desk_store._secrets import digest_secret, make_secret
from copydesk.kit import dates

LinkPurpose = Literal["setup", "enter"]
LINK_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What two clocks of one machine say: the time, and how many seconds it has been running.

    The second one cannot be set: only both together say how long ago something was.
    """

    now: datetime
    uptime_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OneUseLink:
    """What a link is good for: `setup` makes the first owner, `enter` lets an account in."""

    purpose: LinkPurpose
    name: str


class OneUseLinks:
    """The links that were handed out and not used yet; of each only a digest.

    A link is good once and for LINK_LIFETIME, by both clocks: setting the time back does not
    lengthen it, and after a restart of the machine the time alone must fit as well. Methods raise
    DeskStoreError where the file fails.
    """

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def make(self, purpose: LinkPurpose, moment: Moment, name: str = "") -> str:
        """Make a link's secret; earlier ones for the same end with it. `enter` has a name."""
        secret = make_secret()
        key = account_key(name) if name else None
        with self._database.at_once():
            self._database.run("DELETE FROM links WHERE purpose = ? AND account IS ?", purpose, key)
            self._database.run(
                "INSERT INTO links VALUES (?, ?, ?, ?, ?)",
                *(digest_secret(secret), purpose, key),
                *(dates.rfc3339(moment.now), moment.uptime_seconds),
            )
        return secret

    def look_at(self, secret: str, moment: Moment) -> OneUseLink | None:
        """Return what a link is good for, None where it is none, used or too old; it stays good."""
        query = """
            SELECT purpose, name, links.made, uptime FROM links
            LEFT JOIN accounts ON key = account WHERE secret = ?
        """
        rows = self._database.run(query, digest_secret(secret))
        return _link(rows[0], moment) if rows else None

    def use(self, secret: str, moment: Moment) -> OneUseLink | None:
        """Return what a link is good for as `look_at` does, and make it good for nothing more."""
        with self._database.at_once():
            link = self.look_at(secret, moment)
            self._database.run("DELETE FROM links WHERE secret = ?", digest_secret(secret))
        return link

    def forget(self, purpose: LinkPurpose) -> None:
        """Make all links of a purpose good for nothing more."""
        self._database.run("DELETE FROM links WHERE purpose = ?", purpose)


def _link(row: tuple[Any, ...], moment: Moment) -> OneUseLink | None:
    purpose, name, made, uptime_seconds = row
    age = moment.now - datetime.fromisoformat(made)
    run = timedelta(seconds=moment.uptime_seconds - uptime_seconds)
    # kept times have no fraction of a second
    is_good = all(timedelta(seconds=-1) < it <= LINK_LIFETIME for it in (age, run))
    return OneUseLink(purpose=purpose, name=name or "") if is_good else None
