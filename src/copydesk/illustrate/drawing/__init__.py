"""Draw cards and icons: words and a face go in, the bytes of pictures come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.illustrate.drawing._card import CARD_SIZE as CARD_SIZE
    from copydesk.illustrate.drawing._card import DRAWING_VERSION as DRAWING_VERSION
    from copydesk.illustrate.drawing._card import draw_card as draw_card
    from copydesk.illustrate.drawing._face import OWN_FACE as OWN_FACE
    from copydesk.illustrate.drawing._face import read_code_points as read_code_points
    from copydesk.illustrate.drawing._face import to_settable as to_settable
    from copydesk.illustrate.drawing._icons import ICON_NAMES as ICON_NAMES
    from copydesk.illustrate.drawing._icons import draw_icons as draw_icons
    from copydesk.illustrate.drawing._lines import fit_lines as fit_lines
    from copydesk.illustrate.drawing._together import draw_cards as draw_cards
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
