"""What the fork server loads once for all rounds: the rooms that one goes through, and libraries.

Readers of pages are processes of their own and load what they need by themselves.
"""

from __future__ import annotations

import importlib

# A face imports what stands behind one of its names when that is asked for.
_FACES = (
    *("archive", "archive.change", "archive.git", "cli.terminal", "config", "fetch"),
    *("engine", "engine.filing", "engine.judging", "engine.newsroom", "engine.publishing"),
    *("engine.cataloguing", "engine.reading", "engine.rejudging", "engine.revisiting"),
    *("engine.round", "engine.sources"),
    *("extract", "illustrate", "illustrate.drawing", "judge", "memory", "placement", "publish"),
    *("rendering", "review", "watch"),
)
_MODULES = (
    *("copydesk.cli.build", "copydesk.cli.catalogue", "copydesk.cli.run"),
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


def load() -> None:
    """Import all of it."""
    for room in _FACES:
        face = importlib.import_module(f"copydesk.{room}")
        for name in getattr(face, "__all__", ()):
            getattr(face, name)
    for module in _MODULES:
        importlib.import_module(module)
    from PIL import Image

    Image.init()  # its formats are modules, too
