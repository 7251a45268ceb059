"""Make the files of the second JSON API, `api/v2/`, from a SitePlan (docs/reference/api-v2.md).

Every object has every key of its schema, null where a value is unknown. Pages are numbered from
the oldest, so that a new story changes only the last page and the lists that it is in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.publish.api.v2._files import OUTPUTS as OUTPUTS
    from copydesk.publish.api.v2._files import lists as lists
    from copydesk.publish.api.v2._files import page as page
    from copydesk.publish.api.v2._shape import Shapes as Shapes
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
