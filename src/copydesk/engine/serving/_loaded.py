"""What a fork server loads once for all its forks: the rooms that they go through, and libraries.

Readers of pages are processes of their own and load what they need by themselves.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Literal

Work = Literal["rounds", "actions"]

# A face imports what stands behind one of its names when that is asked for.
_FACES = (
    *("archive", "archive.change", "archive.git", "config", "fetch"),
    *("engine", "engine.filing", "engine.judging", "engine.newsroom", "engine.publishing"),
    *("engine.cataloguing", "engine.reading", "engine.rejudging", "engine.revisiting"),
    *("engine.round", "engine.sources"),
    *("extract", "illustrate", "illustrate.drawing", "judge", "memory", "placement", "publish"),
    *("rendering", "review", "watch"),
)
_MODULES = (
    *("copydesk.cli.records", "copydesk.cli.rounds"),
    *("PIL.Image", "PIL.ImageDraw", "PIL.ImageFont", "PIL.ImageOps"),
    *("PIL.features", "Stemmer", "aiodns", "aiohttp", "concurrent.futures.thread"),
    *(
        "cryptography.hazmat.primitives.ciphers.aead",
        "email.utils",
        "encodings.idna",
        "encodings.utf_8_sig",
    ),
    *("multiprocessing.popen_forkserver", "multiprocessing.queues", "pebble", "uvloop"),
)


# What editors did is filed without reading pages, drawing pictures or asking anybody: half of it.
_FACES_OF_ACTIONS = (
    *("archive", "archive.change", "archive.git", "catalogue", "config"),
    *("desk_store", "engine.actions", "engine.cataloguing", "engine.editing", "engine.newsroom"),
    *("engine.rejudging", "judge", "memory", "placement", "review"),
)
_MODULES_OF_ACTIONS = ("copydesk.cli.desk", "can_ada", "msgspec", "orjson", "publicsuffixlist")


def load(work: Work) -> None:
    """Import all that some work needs."""
    if work == "actions":
        _load(_FACES_OF_ACTIONS, _MODULES_OF_ACTIONS)
        return
    _load(_FACES, _MODULES)
    from PIL import Image

    Image.init()  # its formats are modules, too


def _load(faces: Iterable[str], modules: Iterable[str]) -> None:
    for room in faces:
        face = importlib.import_module(f"copydesk.{room}")
        for name in getattr(face, "__all__", ()):
            getattr(face, name)
    for module in modules:
        importlib.import_module(module)
