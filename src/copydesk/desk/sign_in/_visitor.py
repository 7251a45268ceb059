"""Who is at the desk, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Scope

from copydesk.desk.sign_in._admission import Admission
from copydesk.desk_store import ApiToken
from copydesk.desk_store.accounts import ROLES, Role

_KEY = "copydesk.visitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody whose request was let in: signed in with a name and a role, or not yet (both "").

    `session` names the session, "" where a web server in front speaks for them; `since` is when it
    began. `token` is what a program brought to act for them, which opens no page.
    """

    admission: Admission
    address: str
    name: str = ""
    role: Role | None = None
    session: str = ""
    since: datetime | None = None
    token: ApiToken | None = None

    def may(self, role: Role) -> bool:
        """Decide whether they may do what somebody of this role may."""
        return self.role is not None and ROLES.index(self.role) <= ROLES.index(role)


def put_visitor(scope: Scope, visitor: Visitor) -> None:
    """Let routes know who asks; only the guard says it."""
    scope[_KEY] = visitor


def visitor_of(request: Request) -> Visitor:
    """Return who sends a request that the guard let in."""
    visitor: Visitor = request.scope[_KEY]
    return visitor


def require_role(request: Request, role: Role) -> Visitor:
    """Return who sends a request, if they may do what this role may; else it is answered 403."""
    visitor = visitor_of(request)
    if not visitor.may(role):
        raise HTTPException(403, f"only for: {role}")
    return visitor
