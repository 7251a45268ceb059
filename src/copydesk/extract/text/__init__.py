"""Find the text of the article in a parsed page, as small clean Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.extract.text._blocks import Block as Block
    from copydesk.extract.text._blocks import cut as cut
    from copydesk.extract.text._blocks import hints_of as hints_of
    from copydesk.extract.text._evidence import begins_comments as begins_comments
    from copydesk.extract.text._evidence import is_credit as is_credit
    from copydesk.extract.text._evidence import is_furniture as is_furniture
    from copydesk.extract.text._evidence import is_shell as is_shell
    from copydesk.extract.text._find import MAX_CHARACTERS as MAX_CHARACTERS
    from copydesk.extract.text._find import escape as escape
    from copydesk.extract.text._find import find as find
    from copydesk.extract.text._find import write as write
    from copydesk.extract.text._readers import MAX_ELEMENTS as MAX_ELEMENTS
    from copydesk.extract.text._readers import READERS as READERS
    from copydesk.extract.text._readers import PreparedPage as PreparedPage
    from copydesk.extract.text._readers import agreement as agreement
    from copydesk.extract.text._readers import squash as squash
    from copydesk.extract.text._readers import votes as votes
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
