"""The reference page of the API, written from the table of routes."""

from __future__ import annotations

from copydesk.desk.api._table import ENDPOINTS

_HEAD = """# The desk's API

What programs may ask of `copydesk serve`, below `/desk/api/`. `GET /desk/api/openapi.json` has each
parameter and each field of what goes in and comes out (OpenAPI 3.1). Written by `./run.sh docs`.
How to begin: [Use the desk's API](../guides/use-the-desk-api.md).

Every request brings a token: `Authorization: Bearer TOKEN`. An answer that is none is
`application/problem+json` (RFC 9457): `title`, `status`, `detail`, and `hint`, which says what
to do.

| asked | scope | what it does |
|---|---|---|
"""


def reference_page() -> str:
    """Return the page as Markdown."""
    rows = (
        f"| `{endpoint.method} {endpoint.path}` | `{endpoint.scope}` | {endpoint.about} |"
        for endpoint in ENDPOINTS
    )
    return _HEAD + "\n".join(rows) + "\n"
