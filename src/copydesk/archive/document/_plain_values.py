"""A record's plain values, as publishing wants them."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import yaml
from yaml.constructor import ConstructorError, SafeConstructor

from copydesk.archive.document import _nodes
from copydesk.errors import RecordError

_JUDGE = SafeConstructor()


def plain(node: yaml.Node, subject: str) -> object:
    """Return a node as str, int, float, bool, datetime, list or dict; None for nothing.

    Keys and items without a value are left out; a day is its midnight in UTC, a time keeps the
    offset it carries. Raises RecordError for an impossible date or number.
    """
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, subject)
    if isinstance(node, yaml.SequenceNode):
        return _plain_list(node, subject)
    assert isinstance(node, yaml.ScalarNode)
    kind = _nodes.kind_of(node)
    if kind == "null":
        return None
    try:
        return _construct(node, kind)
    except (ValueError, OverflowError, ConstructorError) as error:
        raise RecordError(
            f"an impossible {kind} ({node.value[:40]!r})",
            subject=subject,
            hint="write it in quotes if it is a text",
        ) from error


def _plain_mapping(node: yaml.MappingNode, subject: str) -> dict[str, object]:
    pairs = ((str(key.value), plain(value, subject)) for key, value in node.value)
    return {key: value for key, value in pairs if value is not None}


def _plain_list(node: yaml.SequenceNode, subject: str) -> list[object]:
    values = (plain(item, subject) for item in node.value)
    return [value for value in values if value is not None]


def _construct(node: yaml.ScalarNode, kind: str) -> str | int | float | bool | datetime:
    match kind:
        case "int":
            return int(_JUDGE.construct_yaml_int(node))
        case "bool":
            return bool(_JUDGE.construct_yaml_bool(node))
        case "float":
            return _finite(float(_JUDGE.construct_yaml_float(node)))
        case "timestamp":
            return _aware(_JUDGE.construct_yaml_timestamp(node))
        case _:
            return str(node.value)


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(number)
    return number


def _aware(moment: date | datetime) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
