"""Source files as trees: each is read and parsed once, whoever asks what it holds."""

from __future__ import annotations

import ast
import functools
from pathlib import Path


@functools.cache
def parse(path: Path) -> ast.Module:
    """Parse a file of Python."""
    return ast.parse(path.read_text("utf-8"))


@functools.cache
def walk(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of a file, in the order of `ast.walk`."""
    return tuple(ast.walk(parse(path)))
