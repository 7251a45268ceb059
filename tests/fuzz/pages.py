"""Pages: an article that is sound, a Dropped or a PageError.

The bytes are choices of a grammar of pages, or, where the first byte is odd, the page itself.
"""

from __future__ import annotations

import random
from pathlib import Path

from extract import checked
from fuzz import grammar

_CASES = Path(__file__).parents[1] / "cases" / "extract"
_CHOICES = 200
_CHANCE = random.Random(4)  # the same inputs every time
SEEDS = [
    *(
        b"\x01" + case.read_text("utf-8").partition("\n----\n")[2].encode()
        for case in sorted(_CASES.glob("*.case"))
    ),
    *(b"\x00" + _CHANCE.randbytes(_CHANCE.randrange(20, 2_000)) for _ in range(_CHOICES)),
]


def check(data: bytes) -> None:
    """Read one page."""
    page = grammar.page(data[1:])
    if data[:1] and data[0] % 2:
        page = grammar.Made(body=data[1:], headers={"content-type": "text/html"})
    checked.read(page.body, page.headers)
