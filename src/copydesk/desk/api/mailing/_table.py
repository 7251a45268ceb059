"""What programs may ask of mailing, each with its scope: a part of the API's table of routes."""

from __future__ import annotations

from copydesk.desk.api._endpoint import Endpoint
from copydesk.desk.api.mailing import _checks, _readers, _sendings
from copydesk.desk.mailing import MOST_BYTES

MAILING_ENDPOINTS = (
    Endpoint("GET", "mailing", "read", _sendings.list_sendings),
    Endpoint("GET", "mailing/unsent", "decide", _sendings.list_unsent),
    Endpoint("GET", "mailing/issues/{issue}", "read", _sendings.read_sending),
    Endpoint("POST", "mailing/issues/{issue}/send", "decide", _sendings.send_issue, 202),
    Endpoint("POST", "mailing/issues/{issue}/send-again", "manage", _sendings.send_again, 202),
    Endpoint("POST", "mailing/issues/{issue}/pause", "decide", _sendings.pause_sending),
    Endpoint("POST", "mailing/issues/{issue}/end", "decide", _sendings.end_sending),
    Endpoint("GET", "mailing/issues/{issue}/who", "decide", _sendings.list_deliveries),
    Endpoint("POST", "mailing/issues/{issue}/who", "decide", _sendings.find_delivery),
    Endpoint("POST", "mailing/issues/{issue}/test", "decide", _sendings.try_letter),
    Endpoint("GET", "mailing/issues/{issue}/letter", "decide", _sendings.read_letter_file),
    Endpoint("GET", "mailing/checks", "decide", _checks.read_checks),
    Endpoint("POST", "mailing/checks", "decide", _checks.make_checks),
    Endpoint("GET", "mailing/readers", "decide", _readers.count_readers),
    Endpoint("POST", "mailing/readers", "manage", _readers.add_reader, 201),
    Endpoint("POST", "mailing/readers/find", "manage", _readers.find_reader),
    Endpoint(
        "POST", "mailing/readers/import", "manage", _readers.import_readers, body_bytes=MOST_BYTES
    ),
    Endpoint("POST", "mailing/readers/export", "manage", _readers.export_readers),
    Endpoint("GET", "mailing/readers/{number}", "manage", _readers.read_reader),
    Endpoint("DELETE", "mailing/readers/{number}", "manage", _readers.erase_reader, 204),
    Endpoint("POST", "mailing/readers/{number}/remove", "manage", _readers.remove_reader),
    Endpoint("GET", "mailing/suppressions", "manage", _readers.list_suppressions),
    Endpoint("POST", "mailing/suppressions", "manage", _readers.put_suppression, 201),
    Endpoint("POST", "mailing/suppressions/lift", "manage", _readers.lift_suppression),
)
