"""File the stories of archives of the web (WARC files) that are on the site's subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.rounds.backfill._run import BackfillOptions as BackfillOptions
    from copydesk.rounds.backfill._run import BackfillReport as BackfillReport
    from copydesk.rounds.backfill._run import fill_from_archives as fill_from_archives
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
