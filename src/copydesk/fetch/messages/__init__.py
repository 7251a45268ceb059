"""Put requests and answers into words of HTTP: headers, and bodies unpacked within a limit."""

from __future__ import annotations

from copydesk.fetch.messages._headers import join_values, page_headers, request_headers, split_lines
from copydesk.fetch.messages._unpack import BodyError, Unpacker

__all__ = [
    "BodyError",
    "Unpacker",
    "join_values",
    "page_headers",
    "request_headers",
    "split_lines",
]
