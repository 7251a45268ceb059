"""Put requests and answers into words of HTTP: headers, and bodies unpacked within a limit."""

from __future__ import annotations

from copydesk.fetch.messages._headers import join_values as join_values
from copydesk.fetch.messages._headers import page_headers as page_headers
from copydesk.fetch.messages._headers import request_headers as request_headers
from copydesk.fetch.messages._headers import split_lines as split_lines
from copydesk.fetch.messages._unpack import BodyError as BodyError
from copydesk.fetch.messages._unpack import Unpacker as Unpacker
