"""Sign-in: a desk that trusts everybody goes in, one that lets in those with an account comes out.

`sign_in_app` puts a guard before it, which decides who is admitted, turns posts of other sites
away, recognises sessions and adds the policy to every answer; `visitor_of` and `require_role` tell
its routes who asks.
"""

from __future__ import annotations

from copydesk.desk.sign_in._admission import Admission as Admission
from copydesk.desk.sign_in._admission import AskedFrom as AskedFrom
from copydesk.desk.sign_in._admission import decide_admission as decide_admission
from copydesk.desk.sign_in._app import sign_in_app as sign_in_app
from copydesk.desk.sign_in._door import Door as Door
from copydesk.desk.sign_in._door import read_clocks as read_clocks
from copydesk.desk.sign_in._guard import find_admission as find_admission
from copydesk.desk.sign_in._policy import FRAMED_POLICY as FRAMED_POLICY
from copydesk.desk.sign_in._policy import FRAMING_POLICY as FRAMING_POLICY
from copydesk.desk.sign_in._policy import POLICY as POLICY
from copydesk.desk.sign_in._policy import send_with_policy as send_with_policy
from copydesk.desk.sign_in._same_origin import is_from_desk as is_from_desk
from copydesk.desk.sign_in._sign_in_pages import STRINGS as STRINGS
from copydesk.desk.sign_in._visitor import Visitor as Visitor
from copydesk.desk.sign_in._visitor import put_visitor as put_visitor
from copydesk.desk.sign_in._visitor import require_role as require_role
from copydesk.desk.sign_in._visitor import visitor_of as visitor_of
