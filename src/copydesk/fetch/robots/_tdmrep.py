"""A site's /.well-known/tdmrep.json: whether its rights of text and data mining are reserved.

After the W3C community report of 2024-02-02.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from copydesk.fetch.robots._usage import Saying

TDMREP_PATH = "/.well-known/tdmrep.json"
_MAX_BYTES = 64 * 1024
_MOST_RULES = 200
_MAX_POLICY = 300  # characters


def read_tdmrep(body: bytes) -> tuple[Saying, ...]:
    """Parse a file into its rules, in the file's order; () for whatever is none.

    Each as a Saying: whether rights are reserved ("0" or "1") as its name, the policy's address as
    its words.
    """
    if len(body) > _MAX_BYTES:
        return ()
    try:
        told = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ()
    rules = told if isinstance(told, list) else [told]  # many write a lone rule
    return tuple(_said(rules[:_MOST_RULES]))


def _said(rules: list[object]) -> Iterator[Saying]:
    for rule in rules:
        if not isinstance(rule, dict):
            continue
        location, policy = rule.get("location"), rule.get("tdm-policy")
        reserved = rule.get("tdm-reservation")
        if not isinstance(location, str) or str(reserved) not in {"0", "1"}:
            continue
        yield Saying(
            name=str(reserved),
            said=_plain(policy)[:_MAX_POLICY] if isinstance(policy, str) else "",
            path=_plain(location if location.startswith(("/", "*")) else f"/{location}"),
        )


def _plain(said: str) -> str:
    """Drop halves of characters: JSON may have them, and no note or record can."""
    return said.encode("utf-8", "ignore").decode()
