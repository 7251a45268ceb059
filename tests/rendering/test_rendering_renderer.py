"""Renderers: what pages are made with, and what is left of one."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from copydesk.rendering import Renderer, load_strings


def test_nothing_is_left_of_a_renderer_that_nobody_uses(tmp_path: Path) -> None:
    """Its engine is written in Rust: a circle through that is never found by the collector."""
    (tmp_path / "own.html").write_text("<p>{{ say('colophon') }}</p>")
    renderer = Renderer(tmp_path)
    renderer.set_strings(load_strings("en"))
    assert "<p>" in renderer.render("own.html")
    left = weakref.ref(renderer)

    del renderer
    gc.collect()

    assert left() is None
