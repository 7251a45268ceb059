"""What a request for a picture says beside its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from copydesk.kit import urls

if TYPE_CHECKING:
    from copydesk.news import Show


def request_headers(show: Show, site_url: str) -> Mapping[str, str]:
    """Return the headers with which a picture is asked for.

    Where readers will load it from its publisher we ask as their browsers will: as
    strict-origin-when-cross-origin has it they name our site, without a path. So a guard that
    turns them away turns us away too, and the story goes without. For our own copy nobody is named.
    """
    parsed = urls.parse(site_url) if show == "hotlink" else None
    return {} if parsed is None else {"Referer": f"{parsed.origin}/"}
