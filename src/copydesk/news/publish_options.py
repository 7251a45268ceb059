"""Options of the site's pages, handed as they are to those who make them."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.kit import kinds
from copydesk.kit.options import option


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions:
    """What is published besides the pages, as `[publish]` in beat.toml."""

    api_v1: bool = option(True, "Write the JSON API in the shapes of everyday.cc.")
    api_v2: bool = option(
        True, "Write our own JSON API, with groups and reasons, its schemas and OpenAPI."
    )
    languages: bool = option(
        False,
        "Give the stories in each language a page (`/languages/de/`), and every page a way there.",
    )
    api_url: str = option(
        "",
        "The base of the API's own links and of publishers' logos. Without it: `site.url`.",
        kinds.BASE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontOptions:
    """How the front page is ordered, as `[front]` in beat.toml."""

    half_life_hours: float = option(
        24.0,
        "After this time half of a story's heat counts. Fewer hours: what is new leads; more: what "
        "is big stays. The records stay as they are.",
        kinds.number(minimum=1),
    )
