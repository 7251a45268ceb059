"""Text that every output can encode: lone surrogates replaced."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar, cast

import orjson

from copydesk.news import Record, Story

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Item = TypeVar("_Item", Story, Record)


def repair(item: _Item) -> _Item:
    """Return the item itself, or a copy in which no text holds half of a surrogate pair.

    YAML can say `"\\ud83d"`; UTF-8 cannot. The quick encoder finds the one in ten thousand.
    """
    try:
        orjson.dumps(item)
    except (TypeError, orjson.JSONEncodeError):
        return cast("_Item", _repair(item))
    return item


def _repair(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {str(_repair(key)): _repair(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_repair(inner) for inner in value)
    if isinstance(value, list):
        return [_repair(inner) for inner in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _repair_fields(value)
    return value


def _repair_fields(value: DataclassInstance) -> object:
    fields = {f.name: _repair(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return dataclasses.replace(value, **fields)
