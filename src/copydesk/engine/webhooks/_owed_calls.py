"""OwedCalls: what webhooks have not heard yet, kept in the memory until they have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from copydesk.kit import dates
from copydesk.memory import Memory

GIVEN_UP_AFTER = timedelta(days=1)
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)
_MOST = 10_000
_MARK = "mark"
_CALL = "call "


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedCall:
    """A call that is owed: to whom, what it says, since when, how often it was tried.

    `number` is its place in the order. `id` is the same each time that it is tried, so that who
    hears it twice knows. `why` says why the last try was not heard.
    """

    number: int
    id: str
    url: str
    body: bytes
    since: datetime
    tried: datetime | None = None
    tries: int = 0
    why: str = ""

    def is_due(self, now: datetime) -> bool:
        """Decide whether it is time to try: at first at once, then ever more seldom."""
        if self.tried is None:
            return True
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(self.tries - 1, 10))
        return not self.tried <= now < self.tried + wait


class OwedCalls:
    """The calls in the order in which they are owed, and up to which commit was looked."""

    def __init__(self, memory: Memory, now: datetime) -> None:
        self._kept = memory.webhooks
        self._now = now

    def read_mark(self) -> str:
        """Return the commit up to which was looked, "" for none."""
        return (self._kept.get(_MARK) or b"").decode("ascii", "replace")

    def keep_mark(self, commit: str) -> None:
        """Keep up to which commit was looked."""
        self._kept.put(_MARK, commit.encode())

    def add(self, url: str, kind: str, about: str, data: Mapping[str, object]) -> None:
        """Owe a call behind all others; of more than 10,000 the new ones are lost."""
        keys = [key for key, _ in self._kept.items(_CALL)]
        if len(keys) >= _MOST:
            return
        number = int(keys[-1].removeprefix(_CALL)) + 1 if keys else 0
        mark = hashlib.blake2b(f"{url}\n{kind}\n{about}".encode("utf-8", "replace"), digest_size=16)
        call_id = f"evt_{mark.hexdigest()}"
        body = msgspec.json.encode(
            {"type": kind, "timestamp": dates.rfc3339(self._now), "data": dict(data)}
        )
        self.keep(OwedCall(number=number, id=call_id, url=url, body=body, since=self._now))

    def list(self) -> Iterator[OwedCall]:
        """Walk what is owed, the oldest first; what another version kept is forgotten."""
        for key, kept in self._kept.items(_CALL):
            try:
                yield msgspec.msgpack.decode(kept, type=OwedCall)
            except msgspec.DecodeError:
                self._kept.forget(key)

    def keep(self, call: OwedCall) -> None:
        """Keep a call as it is now."""
        self._kept.put(_key(call), msgspec.msgpack.encode(call))

    def note_failure(self, call: OwedCall, why: str) -> bool:
        """Note why a call was not heard; return whether that was so for a day, which ends it."""
        if self._now - call.since >= GIVEN_UP_AFTER:
            self.forget(call)
            return True
        self.keep(replace(call, tried=self._now, tries=call.tries + 1, why=why))
        return False

    def forget(self, call: OwedCall) -> None:
        """Owe a call no longer."""
        self._kept.forget(_key(call))

    def forget_all(self) -> None:
        """Owe nothing, and begin anew."""
        if self._kept.keys():
            self._kept.forget_all()


def _key(call: OwedCall) -> str:
    return f"{_CALL}{call.number:012d}"


def describe_owed_calls(memory: Memory, now: datetime) -> Sequence[str]:
    """Return a sentence for each webhook that is owed something; raises MemoryStoreError."""
    by_url: dict[str, list[OwedCall]] = {}
    for call in OwedCalls(memory, now).list():
        by_url.setdefault(call.url, []).append(call)
    return [
        f"the webhook {url} is owed {len(calls):,} since {calls[0].since:%Y-%m-%d %H:%M} UTC"
        + (f": {calls[0].why}" if calls[0].why else "")
        for url, calls in by_url.items()
    ]
