"""Live: what editors and rounds do while the server runs goes in; events for browsers come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.live._broadcast import Broadcast as Broadcast
    from copydesk.desk.live._filer import Filer as Filer
    from copydesk.desk.live._filer import describe as describe
    from copydesk.desk.live._issues_to_come import ComposedLetter as ComposedLetter
    from copydesk.desk.live._issues_to_come import IssuesToCome as IssuesToCome
    from copydesk.desk.live._issues_to_come import compose_letter as compose_letter
    from copydesk.desk.live._picture_wishes import MakePictures as MakePictures
    from copydesk.desk.live._picture_wishes import PictureWishes as PictureWishes
    from copydesk.desk.live._presence import Presence as Presence
    from copydesk.desk.live._refresher import Refresh as Refresh
    from copydesk.desk.live._refresher import Refresher as Refresher
    from copydesk.desk.live._trials import Trial as Trial
    from copydesk.desk.live._trials import Trials as Trials
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
