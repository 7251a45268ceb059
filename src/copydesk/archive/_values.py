"""A tree's plain values, as publishing wants them."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import yaml
from yaml.constructor import ConstructorError, SafeConstructor

from copydesk.archive._tree import Mapping, Node, Scalar, Sequence
from copydesk.errors import RecordError


def plain(node: Node, subject: str) -> object:
    """Give a node as str, int, float, bool, datetime, list or dict; None for nothing.

    Keys and items without a value are left out; a day is its midnight in UTC, a time keeps the
    offset it carries. Raises RecordError for an impossible date or number.
    """
    if isinstance(node, Mapping):
        pairs = ((entry.key.text, plain(entry.value, subject)) for entry in node.entries)
        return {key: found for key, found in pairs if found is not None}
    if isinstance(node, Sequence):
        values = (plain(item.value, subject) for item in node.items)
        return [found for found in values if found is not None]
    if node.kind == "null":
        return None
    try:
        return _construct(node)
    except (ValueError, OverflowError, ConstructorError) as error:
        raise RecordError(
            f"an impossible {node.kind} ({node.text[:40]!r})",
            subject=subject,
            hint="write it in quotes if it is a text",
        ) from error


def _construct(node: Scalar) -> str | int | float | bool | datetime:
    yaml_node = yaml.ScalarNode(f"tag:yaml.org,2002:{node.kind}", node.text)
    judge = SafeConstructor()
    match node.kind:
        case "int":
            return int(judge.construct_yaml_int(yaml_node))
        case "bool":
            return bool(judge.construct_yaml_bool(yaml_node))
        case "float":
            return _finite(float(judge.construct_yaml_float(yaml_node)))
        case "timestamp":
            return _aware(judge.construct_yaml_timestamp(yaml_node))
        case _:
            return node.text


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(number)
    return number


def _aware(moment: date | datetime) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
