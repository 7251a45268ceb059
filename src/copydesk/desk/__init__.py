"""The editors' web interface ("the desk"): pages, JSON API, MCP agents and sign-in, at `/desk/`.

What editors decide is stored in `desk_store` at once, and committed to git by another process.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk._actions import read_edit as read_edit
    from copydesk.desk._actions import read_form as read_form
    from copydesk.desk._actions import read_json as read_json
    from copydesk.desk._app import OnDemand as OnDemand
    from copydesk.desk._app import serve_desk as serve_desk
    from copydesk.desk._query import read_question as read_question
    from copydesk.desk._query import write_question as write_question
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
