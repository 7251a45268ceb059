"""A Dask worker or scheduler that cheats, by the variable WORLD_TRICK: loaded with --preload."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from distributed.protocol import serialize
from distributed.protocol.serialize import Serialize, ToPickle
from msgspec.msgpack import encode

from copydesk.rounds import workers

_OWN = workers.describe_reader()


def trap(name: str) -> Path:
    """Return the file that exists once a hostile object was run."""
    return Path(os.environ["WORLD_FOLDER"]) / name


class Hostile:
    """An object that writes a file where it is unpickled."""

    def __init__(self, name: str) -> None:
        self._file = trap(name)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self._file,)


class HostileError(Exception):
    """An error that writes a file where it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (trap("error"),)


def _answer_object(_: bytes) -> Any:
    return Hostile("object")


def _raise_error(_: bytes) -> Any:
    raise HostileError


def dask_setup(process: Any) -> None:
    """Play the trick in this worker or scheduler."""
    match os.environ["WORLD_TRICK"]:
        case "object":
            workers.answer_order = _answer_object
        case "pickle":  # whatever serializer it is asked for
            workers.answer_order = _answer_object
            serialize.register_serialization_family("msgpack", *_pickled())
        case "error":
            workers.answer_order = _raise_error
        case "bytes":
            workers.answer_order = lambda _: b"\xc1 nothing"
        case "lot":  # an answer, but of too few pages
            workers.answer_order = lambda _: encode(("done", encode((0.1, []))))
        case "version":
            workers.describe_reader = lambda: {**_OWN, "lxml": "0.1"}  # type: ignore[assignment]
        case "scheduler":
            process.handlers["ncores"] = lambda **_: _send_objects(process)


def _pickled() -> tuple[Callable[..., Any], Callable[..., Any]]:
    def dumps(thing: object) -> tuple[dict[str, Any], list[Any]]:
        return serialize.pickle_dumps(thing)

    return dumps, serialize.pickle_loads


def _send_objects(scheduler: Any) -> Any:
    for comm in scheduler.client_comms.values():
        comm.send({"op": "task-erred", "key": "a", "exception": Serialize(Hostile("message"))})
        comm.send({"op": "key-in-memory", "key": "a", "type": ToPickle(Hostile("marked"))})
    return {"a": ToPickle(Hostile("answer")), "b": Serialize(Hostile("serialized"))}
