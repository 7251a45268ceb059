"""Mailing, by the API: calls of programs go in; sendings, readers and checks come out."""

from __future__ import annotations

from copydesk.desk.api.mailing._table import MAILING_ENDPOINTS as MAILING_ENDPOINTS
