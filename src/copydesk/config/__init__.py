"""A newsroom's beat.toml, its `_data` and the environment in; Settings that know their origins out.

    settings = config.load(Path("my-beat"), os.environ)
    settings.beat.scoring.publish_at, settings.origins["scoring.publish_at"]   # 70, "default"

One table of options (`_options`) drives the parser, the defaults, `rows` and the reference page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.config._adopt import adopted_toml
    from copydesk.config._load import load
    from copydesk.config._reference import reference_page
    from copydesk.config._rows import rows
    from copydesk.config._settings import (
        Deploy,
        Fetch,
        HostManners,
        Pictures,
        Publish,
        Records,
        Retention,
        Review,
        Serve,
        Settings,
        SourceOptions,
    )
    from copydesk.config._sources import add_source, add_sources

__all__ = [
    "Deploy",
    "Fetch",
    "HostManners",
    "Pictures",
    "Publish",
    "Records",
    "Retention",
    "Review",
    "Serve",
    "Settings",
    "SourceOptions",
    "add_source",
    "add_sources",
    "adopted_toml",
    "load",
    "reference_page",
    "rows",
]

_MADE_IN = {
    "copydesk.config._adopt": "adopted_toml",
    "copydesk.config._load": "load",
    "copydesk.config._reference": "reference_page",
    "copydesk.config._rows": "rows",
    "copydesk.config._settings": (
        "Deploy Fetch HostManners Pictures Publish Records Retention Review Serve Settings "
        "SourceOptions"
    ),
    "copydesk.config._sources": "add_source add_sources",
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
