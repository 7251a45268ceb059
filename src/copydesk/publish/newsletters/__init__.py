"""Read the sections and items of filed newsletter issues from their HTML, and remove stories.

Two formats are read: everyday.cc's tables (SPEC 4), and ours, which has comments as marks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.publish.newsletters._letter_shelf import LetterShelf as LetterShelf
    from copydesk.publish.newsletters._letter_shelf import ShelvedIssue as ShelvedIssue
    from copydesk.publish.newsletters._letter_shelf import shelve_letters as shelve_letters
    from copydesk.publish.newsletters._marked_form import LetterItem as LetterItem
    from copydesk.publish.newsletters._marked_form import LetterSection as LetterSection
    from copydesk.publish.newsletters._marked_form import is_marked as is_marked
    from copydesk.publish.newsletters._marked_form import read_note as read_note
    from copydesk.publish.newsletters._withdraw import LetterText as LetterText
    from copydesk.publish.newsletters._withdraw import mentions as mentions
    from copydesk.publish.newsletters._withdraw import read_sections as read_sections
    from copydesk.publish.newsletters._withdraw import withdraw as withdraw
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
