"""The cookies that a browser is given: of its session, on its way to a provider, of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from starlette.datastructures import Headers
from starlette.responses import Response

from copydesk.desk.sign_in._admission import Admission

_SECURE_NAME = "__Host-copydesk"  # RFC 6265bis 4.1.3.2: https, this host's alone, for all of it
_MOST_CHARACTERS = 200
DEVICE_LIFETIME = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class SecretCookie:
    """A secret that a browser keeps for the desk below `root`; `purpose` tells two apart."""

    admission: Admission
    root: str
    purpose: str = ""
    same_site: Literal["lax", "strict"] = "lax"

    @property
    def name(self) -> str:
        """Return its name: without TLS one for each port, since cookies know of none."""
        port = self.admission.origin.rpartition(":")[2].strip("/")
        name = _SECURE_NAME if self.admission.is_secure else f"copydesk-{port}"
        return f"{name}-{self.purpose}" if self.purpose else name

    def read(self, headers: Headers) -> str:
        """Return the secret that a request brings, "" where it brings none, or two."""
        parts = (part for header in headers.getlist("Cookie") for part in header.split(";"))
        pairs = (part.strip().partition("=") for part in parts)
        found = [value for name, _, value in pairs if name == self.name]
        return found[0][:_MOST_CHARACTERS] if len(found) == 1 else ""

    def set(self, response: Response, secret: str, lifetime: timedelta) -> None:
        """Let the browser keep it; no script reads it, no other site's post has it."""
        response.set_cookie(
            self.name,
            secret,
            max_age=int(lifetime.total_seconds()),
            path="/" if self.admission.is_secure else self.root,
            secure=self.admission.is_secure,
            httponly=True,
            samesite=self.same_site,
        )

    def clear(self, response: Response) -> None:
        """Let the browser forget it."""
        self.set(response, "", timedelta(0))


def device_cookie(admission: Admission, root: str) -> SecretCookie:
    """Return the cookie by which a browser is known again after its sessions; it lets nobody in."""
    return SecretCookie(admission, root, "device", "strict")
