"""Text that every output can encode: lone surrogates replaced."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TypeVar, cast

import orjson

from copydesk.news import Record, Story

_Item = TypeVar("_Item", Story, Record)


def mend(item: _Item) -> _Item:
    """Give the item itself, or a copy in which no text holds half of a surrogate pair.

    YAML can say `"\\ud83d"`; UTF-8 cannot. The quick encoder finds the one in ten thousand.
    """
    try:
        orjson.dumps(item)
    except (TypeError, orjson.JSONEncodeError):
        return cast("_Item", _mended(item))
    return item


def _mended(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {str(_mended(key)): _mended(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_mended(inner) for inner in value)
    if isinstance(value, list):
        return [_mended(inner) for inner in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _mended(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value
