"""Own words: what editors type themselves goes in; drafts that survive, and actions, come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.own_words._picture_form import PICTURE_BYTES as PICTURE_BYTES
    from copydesk.desk.own_words._picture_form import read_fields as read_fields
    from copydesk.desk.own_words._routes import list_routes as list_routes
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
