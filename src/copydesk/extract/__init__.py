"""Extract the article from a fetched page: a Page and its link (Lead) give an Article or Dropped.

`learn` counts what a site repeats on many pages (boilerplate, logos), `settle` removes it from an
article.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.extract._habits import MOST_HABITS as MOST_HABITS
    from copydesk.extract._habits import Habits as Habits
    from copydesk.extract._habits import habits as habits
    from copydesk.extract._habits import learn as learn
    from copydesk.extract._habits import settle as settle
    from copydesk.extract._habits import site_of as site_of
    from copydesk.extract._read import fields as fields
    from copydesk.extract._read import read as read
    from copydesk.extract._read import read_anyway as read_anyway
    from copydesk.extract.origin import find_declared_address as find_declared_address
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
