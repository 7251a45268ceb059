"""Progress: how long work tells whoever watches it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Whoever shows how far the work is."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage of `total` steps, None where nobody can know."""
        ...

    def step(self, count: int = 1) -> None:
        """Note that `count` steps are done."""
        ...


class Silence:
    """Show nothing."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage, unseen."""

    def step(self, count: int = 1) -> None:
        """Take a step, unseen."""
