"""Sentence vectors that are computed once: texts in, vectors out, kept in a file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from copydesk import embed

_AT_ONCE = 200  # vectors that are lost when a run is stopped


def place() -> Path:
    """Give where vectors are kept: the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "copydesk" / "grouping.sqlite"


def vectors(texts: Sequence[str], kept: Path | None = None) -> list[bytes]:
    """Give each text's vector, b"" where it reads no words; raises ModelError without the extra."""
    kept = kept or place()
    kept.parent.mkdir(parents=True, exist_ok=True)
    keys = [embed.key_of(text) for text in texts]
    store = sqlite3.connect(kept)
    try:
        store.execute("create table if not exists vectors (key text primary key, vector blob)")
        known = dict(store.execute("select key, vector from vectors"))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        model = embed.Model()
        for at, (key, text) in enumerate(missing.items()):
            known[key] = model.vectors([text])[0]
            store.execute("insert into vectors values (?, ?)", (key, known[key]))
            if at % _AT_ONCE == 0:
                store.commit()
        store.commit()
    finally:
        store.close()
    return [known[key] for key in keys]
