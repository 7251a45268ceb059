"""The desk: what editors ask for in a browser goes in, pages come out; their words go to git."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk._actions import read_edit as read_edit
    from copydesk.desk._actions import read_form as read_form
    from copydesk.desk._actions import read_json as read_json
    from copydesk.desk._query import read_question as read_question
    from copydesk.desk._query import write_question as write_question
    from copydesk.desk._served_desk import OnDemand as OnDemand
    from copydesk.desk._served_desk import ServedDesk as ServedDesk
    from copydesk.desk._served_desk import serve_desk as serve_desk
    from copydesk.desk.agents import serve_stdio as serve_stdio
    from copydesk.desk.live import Broadcast as Broadcast
    from copydesk.desk.live import Presence as Presence
    from copydesk.desk.sign_in import FRAMED_POLICY as FRAMED_POLICY
    from copydesk.desk.sign_in import POLICY as POLICY
    from copydesk.desk.sign_in import Admission as Admission
    from copydesk.desk.sign_in import AskedFrom as AskedFrom
    from copydesk.desk.sign_in import Door as Door
    from copydesk.desk.sign_in import Visitor as Visitor
    from copydesk.desk.sign_in import decide_admission as decide_admission
    from copydesk.desk.sign_in import is_from_desk as is_from_desk
    from copydesk.desk.sign_in import require_role as require_role
    from copydesk.desk.sign_in import sign_in_app as sign_in_app
    from copydesk.desk.sign_in import visitor_of as visitor_of
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
