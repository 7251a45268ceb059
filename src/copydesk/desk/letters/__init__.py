"""The pages on which editors compose and preview the next issue of a newsletter."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.letters._changes import move_story as move_story
    from copydesk.desk.letters._changes import repeat_form as repeat_form
    from copydesk.desk.letters._routes import LETTER_PAGES as LETTER_PAGES
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
