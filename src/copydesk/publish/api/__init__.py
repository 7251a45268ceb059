"""Make the files of both public JSON APIs: the first, known from everyday.cc, and the second, `v2`.

The reference's API is that of SPEC 5. Its lists are indented by two, single records are compact,
both without a final line feed.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.publish.api._collections import old_pages as old_pages
    from copydesk.publish.api._first_api import OUTPUTS as OUTPUTS
    from copydesk.publish.api._first_api import prepare as prepare
    from copydesk.publish.api._first_api import sheets as sheets
    from copydesk.publish.api._v2_shape import Shapes as Shapes
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
