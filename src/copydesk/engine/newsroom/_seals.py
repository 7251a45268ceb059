"""The private part of a record, opened for who has the key."""

from __future__ import annotations

import json

from copydesk.archive import sealing
from copydesk.engine.newsroom._locate import find_record
from copydesk.engine.newsroom._newsroom import Newsroom
from copydesk.errors import SealError


def open_seal(newsroom: Newsroom, path: str) -> str:
    """Return the plaintext of a record's sealed part, JSON where it is some.

    `path` names the record as for `record_path`. Raises RecordError where there is no such record,
    SealError without a key, with a wrong one, or where the record has no sealed part.
    """
    path = find_record(newsroom.root, newsroom.settings, path)
    story = newsroom.archive.read(path)
    if not story.secured:
        raise SealError("the record has no sealed part", subject=path)
    key = newsroom.settings.key
    if key is None:
        raise SealError(
            "there is no key",
            subject=path,
            hint="set COPYDESK_KEY or put the key into .copydesk/key (base64 of 32 bytes)",
        )
    plaintext = sealing.unseal(story.secured, key, path.rsplit("/", 1)[-1])
    try:
        return json.dumps(json.loads(plaintext), indent=2, ensure_ascii=False)
    except ValueError:
        return plaintext.decode("utf-8", "backslashreplace")
