"""Extract the text of the article from a parsed page, as simple Markdown."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.extract.text._find import MAX_CHARACTERS as MAX_CHARACTERS
    from copydesk.extract.text._find import escape as escape
    from copydesk.extract.text._find import find as find
    from copydesk.extract.text._find import write as write
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
