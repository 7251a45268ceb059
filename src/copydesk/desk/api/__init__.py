"""The desk's API: what programs ask with a token goes in; JSON, and actions of editors, come out.

One table of routes (`ENDPOINTS`) is what the app answers and what OpenAPI is written from.
"""

from __future__ import annotations

from copydesk.desk.api._app import make_api as make_api
from copydesk.desk.api._app import write_description as write_description
from copydesk.desk.api._reference import reference_page as reference_page
