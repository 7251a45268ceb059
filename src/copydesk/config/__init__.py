"""A newsroom's beat.toml, its `_data` and the environment in; Settings that know their origins out.

    settings = config.load(Path("my-beat"), os.environ)
    settings.beat.scoring.publish_at, settings.origins["scoring.publish_at"]   # 70, "default"

One table of options (`_options`) drives the parser, the defaults, `rows` and the reference page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.config._adopt import adopted_toml as adopted_toml
    from copydesk.config._load import load as load
    from copydesk.config._reference import reference_page as reference_page
    from copydesk.config._rows import rows as rows
    from copydesk.config._settings import Deploy as Deploy
    from copydesk.config._settings import Fetch as Fetch
    from copydesk.config._settings import HostManners as HostManners
    from copydesk.config._settings import Pictures as Pictures
    from copydesk.config._settings import Publish as Publish
    from copydesk.config._settings import Records as Records
    from copydesk.config._settings import Retention as Retention
    from copydesk.config._settings import Review as Review
    from copydesk.config._settings import Serve as Serve
    from copydesk.config._settings import Settings as Settings
    from copydesk.config._settings import SourceOptions as SourceOptions
    from copydesk.config._sources import add_source as add_source
    from copydesk.config._sources import add_sources as add_sources
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
