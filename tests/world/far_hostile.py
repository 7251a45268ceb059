"""A Dask worker or scheduler that cheats, by the variable WORLD_TRICK: loaded with --preload."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from distributed.core import Status
from distributed.protocol.serialize import Serialized, ToPickle, serialize, to_serialize
from msgspec.msgpack import encode

from copydesk.rounds import workers

_OWN = workers.describe_reader()


def trap(folder: Path, name: str, process: int) -> Path:
    """Return the file that exists once a hostile object was run in a process, by its number."""
    return folder / f"{name}-{process}"


def spring(folder: str, name: str) -> None:
    """Write the file that tells of a hostile object: it runs where that is unpickled."""
    trap(Path(folder), name, os.getpid()).touch()


class Hostile:
    """An object that writes a file where it is unpickled."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return spring, (os.environ["WORLD_FOLDER"], self._name)


class HostileError(Exception):
    """An error that writes a file where it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return spring, (os.environ["WORLD_FOLDER"], "error")


def _answer_object(order: bytes) -> Any:
    return Hostile("object")


def _raise_error(order: bytes) -> Any:
    raise HostileError


def dask_setup(process: Any) -> None:
    """Play the trick in this worker or scheduler."""
    match os.environ["WORLD_TRICK"]:
        case "object":
            workers.answer_order = _answer_object
        case "pickle":  # whatever serializer it is asked for
            process.handlers["get_data"] = _send_pickled
        case "error":
            workers.answer_order = _raise_error
        case "bytes":
            workers.answer_order = lambda order: b"\xc1 nothing"
        case "lot":  # an answer, but of too few pages
            workers.answer_order = lambda order: encode(("done", encode((0.1, []))))
        case "version":
            workers.describe_reader = lambda: {**_OWN, "lxml": "0.1"}  # type: ignore[assignment]
        case "scheduler":
            process.handlers["ncores"] = lambda **_: _send_objects(process)


async def _send_pickled(comm: Any, keys: tuple[str, ...] = (), **_: object) -> Status:
    pickled = serialize(Hostile("pickle"), serializers=["pickle"])
    send: Any = Serialized  # it has no hints
    data = {key: send(*pickled) for key in keys}
    await comm.write({"status": "OK", "data": data})
    await comm.read()
    return Status.dont_reply


def _send_objects(scheduler: Any) -> Any:
    pack: Any = to_serialize
    for comm in scheduler.client_comms.values():
        comm.send({"op": "task-erred", "key": "a", "exception": pack(Hostile("message"))})
        comm.send({"op": "key-in-memory", "key": "a", "type": ToPickle(Hostile("marked"))})
    return {"a": ToPickle(Hostile("answer")), "b": pack(Hostile("serialized"))}
