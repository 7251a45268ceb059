"""A store of readers in a folder of the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.mail_store import MailStore, open_mail


@pytest.fixture
def store(tmp_path: Path) -> Iterator[MailStore]:
    with closing(open_mail(tmp_path)) as opened:
        yield opened
