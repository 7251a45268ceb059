"""What servers of others say, made fit to be kept: one line, short, without anybody's address."""

from __future__ import annotations

import re
from collections.abc import Iterable

from copydesk.kit import text

ADDRESS_MARK = "<address>"
_MOST = 200  # characters that are kept
_LOOKED_AT = 4_000  # characters that are read: a server may say megabytes
_SHORTEST_NAME = 3  # of a mailbox: "a" stands in every word
_ADDRESS = re.compile(
    r"""<?(?:"[^"\n]{1,64}"|[^\s<>"'(),;:\[\]]{1,320}?)(?:@|%40|=40)[^\s<>"'(),;:]{1,255}>?""",
    re.IGNORECASE,
)


def clean_words(said: str, addresses: Iterable[str] = ()) -> str:
    """Return a server's words as one line of at most 200 characters, every address as `<address>`.

    Names of mailboxes that stand alone (`550 joe: no such user`) go with the `addresses` whose
    they are.
    """
    words = text.fold(said[:_LOOKED_AT].encode("utf-8", "replace").decode("utf-8"))
    words = _ADDRESS.sub(ADDRESS_MARK, words)
    for name in sorted({address.rpartition("@")[0] for address in addresses}, key=len)[::-1]:
        if len(name) >= _SHORTEST_NAME:
            alone = rf"(?<!\w){re.escape(name)}(?!\w)"
            words = re.sub(alone, ADDRESS_MARK, words, flags=re.IGNORECASE)
    return words if len(words) <= _MOST else words[: _MOST - 1].rstrip() + "…"
