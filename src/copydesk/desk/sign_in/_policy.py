"""The headers of every answer of the desk: what its pages may load, and who may frame them."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# of a page that frames one of ours, and of what is framed: it brings its styles and runs nothing
FRAMING_POLICY = f"{POLICY}; frame-src 'self'"
FRAMED_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "X-Content-Type-Options": "nosniff",
    # a one-use link is an address; with "no-referrer" browsers would send `Origin: null`
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_OF_FRAMES = {
    FRAMING_POLICY: {"Content-Security-Policy": FRAMING_POLICY},
    FRAMED_POLICY: {
        "Content-Security-Policy": FRAMED_POLICY,
        "X-Frame-Options": "SAMEORIGIN",
    },
}
_TLS = {"Strict-Transport-Security": "max-age=31536000"}
_UNKEPT = {"Cache-Control": "no-store"}


def send_with_policy(send: Send, *, is_secure: bool) -> Send:
    """Return a `send` that adds those headers; an answer that says so itself may be cached.

    It may also ask for one of the policies of framing, and for no other.
    """

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            own = _OF_FRAMES.get(headers.get("Content-Security-Policy", ""), {})
            for name, value in {**_HEADERS, **own, **(_TLS if is_secure else {})}.items():
                headers[name] = value
            for name, value in _UNKEPT.items():
                headers.setdefault(name, value)
        await send(message)

    return send_on
