"""How to publish: what a newsroom's owner and its folders say, beside the edition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from copydesk.news import Draw, Poster
from copydesk.publish._plan import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """How to publish.

    `full` writes every file whatever is known of the last time. `look` is what the pages show; its
    `pictures` are added here, of those that the edition names what lies in `pictures_folder`.
    `draw` makes share pictures in `cards_folder`, many beforehand where a site is made as a whole
    and there is `draw_ahead`; `icons` are the site's, by the names that they have at its root.
    `static` is the newsroom's `assets/`, copied as it is; `templates` its `_templates/`. Where all
    is made, and is much, so many `workers` make it, with the same bytes whatever their number.
    """

    full: bool = False
    look: Look = field(default_factory=Look)
    pictures_folder: Path | None = None
    draw: Draw | None = None
    draw_ahead: Callable[[Iterable[Poster]], None] | None = None
    cards_folder: Path | None = None
    icons: Mapping[str, Path] = field(default_factory=dict)
    static: Path | None = None
    templates: Path | None = None
    workers: int = 1
