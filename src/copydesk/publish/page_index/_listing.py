"""Listings: what stands in an order, fetched from the page index when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar, overload

_FIRST, _AT_ONCE = 125, 1000  # entries fetched at first, and at most, while all are gone through

_Item = TypeVar("_Item")
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Listing(Sequence[_Item]):
    """Some entries, or what is needed of each, in an order.

    `fetch` gives, from a place on, so many of them.
    """

    def __init__(
        self, fetch: Callable[[int, int], list[_Item]], count: int, start: int = 0
    ) -> None:
        self._fetch = fetch
        self._count = count
        self._start = start

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> _Item: ...
    @overload
    def __getitem__(self, at: slice) -> Listing[_Item]: ...
    def __getitem__(self, at: int | slice) -> _Item | Listing[_Item]:
        if isinstance(at, slice):
            start, stop, _ = at.indices(self._count)
            return Listing(self._fetch, max(0, stop - start), self._start + start)
        place = at + self._count if at < 0 else at
        if not 0 <= place < self._count:
            raise IndexError(at)
        return self._fetch(self._start + place, 1)[0]

    def __iter__(self) -> Iterator[_Item]:
        start, some = 0, _FIRST
        while start < self._count:
            yield from self._fetch(self._start + start, min(some, self._count - start))
            start, some = start + some, min(_AT_ONCE, 2 * some)


class Shelves(Mapping[_Key, _Value], Generic[_Key, _Value]):
    """A listing for each heading, made when it is asked for."""

    def __init__(self, counts: Mapping[_Key, int], make: Callable[[_Key, int], _Value]) -> None:
        self._counts = counts
        self._make = make

    def __getitem__(self, key: _Key) -> _Value:
        return self._make(key, self._counts[key])

    def __contains__(self, key: object) -> bool:
        return key in self._counts

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)
