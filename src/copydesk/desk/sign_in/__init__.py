"""Sign-in to the editors' web interface: `sign_in_app` lets only people with an account pass."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.sign_in._app import FRAMED_POLICY as FRAMED_POLICY
    from copydesk.desk.sign_in._app import FRAMING_POLICY as FRAMING_POLICY
    from copydesk.desk.sign_in._app import POLICY as POLICY
    from copydesk.desk.sign_in._app import find_admission as find_admission
    from copydesk.desk.sign_in._app import is_from_desk as is_from_desk
    from copydesk.desk.sign_in._app import send_with_policy as send_with_policy
    from copydesk.desk.sign_in._app import sign_in_app as sign_in_app
    from copydesk.desk.sign_in._visitor import STRINGS as STRINGS
    from copydesk.desk.sign_in._visitor import Admission as Admission
    from copydesk.desk.sign_in._visitor import Door as Door
    from copydesk.desk.sign_in._visitor import Visitor as Visitor
    from copydesk.desk.sign_in._visitor import decide_admission as decide_admission
    from copydesk.desk.sign_in._visitor import put_visitor as put_visitor
    from copydesk.desk.sign_in._visitor import read_clocks as read_clocks
    from copydesk.desk.sign_in._visitor import require_role as require_role
    from copydesk.desk.sign_in._visitor import visitor_of as visitor_of
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
