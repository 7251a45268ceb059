"""The desk: what editors ask for in a browser goes in, pages come out; their words go to git."""

from __future__ import annotations

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
