"""Export: readers come out as CSV or JSON, one row for each letter that somebody gets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Literal, TextIO

from copydesk.engine.subscribers.exchange._formulas import guard_formula
from copydesk.kit import dates
from copydesk.mail_store import Consent, MailStore, Subscriber

ExportFormat = Literal["csv", "json"]
_COLUMNS = (
    *("address", "state", "paused_until", "letter", "topics", "language"),
    *("consented_at", "how", "proof", "suppressed"),
)


def export_readers(store: MailStore, out: TextIO, form: ExportFormat = "csv") -> int:
    """Write everybody who has an address; return how many rows. Raises MailStoreError.

    Each row of CSV is what `import_readers` takes. JSON is a list of objects with the same names.
    Somebody who gets no letter is one row without one.
    """
    rows = (row for subscriber in store.subscribers.walk() for row in _rows_of(store, subscriber))
    return _write_csv(rows, out) if form == "csv" else _write_json(rows, out)


def _write_csv(rows: Iterator[dict[str, str]], out: TextIO) -> int:
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(_COLUMNS)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 # the last one is the answer
        writer.writerow([guard_formula(row[name]) for name in _COLUMNS])
    return count


def _write_json(rows: Iterator[dict[str, str]], out: TextIO) -> int:
    out.write("[")
    count = 0
    for count, row in enumerate(rows, 1):
        content = {**row, "topics": [topic for topic in row["topics"].split(";") if topic]}
        out.write(",\n" if count > 1 else "\n")
        out.write(json.dumps(content, ensure_ascii=False))
    out.write("\n]\n")
    return count


def _rows_of(store: MailStore, subscriber: Subscriber) -> Iterator[dict[str, str]]:
    if not subscriber.address:
        return
    suppression = store.suppressions.find(subscriber.address)
    until = subscriber.paused_until
    common = dict.fromkeys(_COLUMNS, "") | {
        "address": subscriber.address,
        "state": subscriber.state,
        "paused_until": dates.rfc3339(until) if until else "",
        "language": subscriber.language,
        "suppressed": suppression.reason if suppression else "",
    }
    consents = {consent.letter: consent for consent in store.consents.of(subscriber.id)}
    subscriptions = store.subscriptions.of(subscriber.id)
    for kept in subscriptions:
        consent = _tell_consent(consents.get(kept.letter))
        yield common | consent | {"letter": kept.letter, "topics": ";".join(kept.topics)}
    if not subscriptions:
        yield common


def _tell_consent(consent: Consent | None) -> dict[str, str]:
    if consent is None:
        return {}
    return {
        "consented_at": dates.rfc3339(consent.at),
        "how": consent.how,
        "proof": consent.proof,
    }
