"""Find the pictures in a parsed page that may illustrate the article, best first."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.extract.pictures._captions import clean_credit as clean_credit
    from copydesk.extract.pictures._captions import is_description as is_description
    from copydesk.extract.pictures._captions import split_credit as split_credit
    from copydesk.extract.pictures._figures import figures as figures
    from copydesk.extract.pictures._mention import figure_key as figure_key
    from copydesk.extract.pictures._mention import size_of as size_of
    from copydesk.extract.pictures._mention import srcset as srcset
    from copydesk.extract.pictures._mention import widest as widest
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
