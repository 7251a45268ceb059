"""A site's /.well-known/tdmrep.json: whether its rights of text and data mining are reserved.

After the W3C community report of 2024-02-02.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from copydesk.fetch.robots._usage import UsageLine

TDMREP_PATH = "/.well-known/tdmrep.json"
_MAX_BYTES = 64 * 1024
_MOST_RULES = 200
_MAX_POLICY = 300  # characters


def read_tdmrep(body: bytes) -> tuple[UsageLine, ...]:
    """Parse a file into its rules, in the file's order; () for whatever is none.

    Each as a UsageLine: whether rights are reserved ("0" or "1") as its name, the policy's address
    as its words.
    """
    if len(body) > _MAX_BYTES:
        return ()
    try:
        document = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ()
    rules = document if isinstance(document, list) else [document]  # many write a lone rule
    return tuple(_parse_rules(rules[:_MOST_RULES]))


def _parse_rules(rules: list[object]) -> Iterator[UsageLine]:
    for rule in rules:
        if not isinstance(rule, dict):
            continue
        location, policy = rule.get("location"), rule.get("tdm-policy")
        reserved = rule.get("tdm-reservation")
        if not isinstance(location, str) or str(reserved) not in {"0", "1"}:
            continue
        yield UsageLine(
            name=str(reserved),
            said=_drop_surrogates(policy)[:_MAX_POLICY] if isinstance(policy, str) else "",
            path=_drop_surrogates(location if location.startswith(("/", "*")) else f"/{location}"),
        )


def _drop_surrogates(words: str) -> str:
    """Drop halves of characters: JSON may have them, and no note or record can."""
    return words.encode("utf-8", "ignore").decode()
