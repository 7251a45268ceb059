"""A newsroom whose issue goes out by a mail server that misbehaves by plan."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from copydesk.mail_store import (
    MailStore,
)
from copydesk.newsletters.readers import addresses
from copydesk.newsletters.sending import SendReport, send_issues
from copydesk.newsletters.sending.begin import begin_sending
from copydesk.newsroom import Newsroom, Silence, open_newsroom
from world.command import copydesk
from world.desk import copy_newsroom
from world.mail_soak import add_readers, mail_newsroom, mail_server, name_issue
from world.newsroom import NOW

LATER = NOW + timedelta(minutes=1)
NOBODY = 9  # a port at which nobody listens
NO_RULES: dict[str, object] = {"rules": []}


@functools.cache
def made() -> Path:
    """Make a newsroom with a filed issue, once for all; whoever needs one takes a copy."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return mail_newsroom(Path(folder), NOBODY)


def newsroom_at(folder: Path, port: int = NOBODY, readers: int = 0) -> Path:
    """Return a newsroom with a filed issue, and readers, whose mail server listens at a port."""
    root = copy_newsroom(made(), folder / "newsroom")
    beat = root / "beat.toml"
    text = beat.read_text("utf-8").replace(f"port = {NOBODY}\n", f"port = {port}\n")
    beat.write_text(text, "utf-8")
    said = copydesk(
        *("-C", root, "--now", NOW.isoformat(), "mail", "doctor", "--overrule", "all"),
        *("--why", "loopback", "--as", "Anna"),
    )
    assert 0 == said.code, said.err
    add_readers(root, readers)
    return root


@contextlib.contextmanager
def post_office(
    folder: Path, plan: object = NO_RULES, readers: int = 5
) -> Iterator[tuple[Path, Path]]:
    """Run a newsroom with a filed issue, readers and a mail server; its root, the server's log."""
    with mail_server(folder, plan) as (port, log):
        yield newsroom_at(folder, port, readers), log


@contextlib.contextmanager
def opened(root: Path, now: object = LATER) -> Iterator[tuple[Newsroom, MailStore]]:
    with (
        open_newsroom(root, now, os.environ) as newsroom,  # type: ignore[arg-type]
        addresses.open_readers(newsroom) as store,
    ):
        yield newsroom, store


def taken(log: Path) -> Counter[str]:
    """Return how many letters the server took for each address."""
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    return Counter(line.split("\t")[0] for line in lines)


def send(root: Path, now: object = LATER, by: str = "Anna") -> SendReport:
    with opened(root, now) as (newsroom, store):
        sending = begin_sending(newsroom, store, name_issue(root), by)
        (report,) = send_issues(newsroom, store, [sending], Silence())
        return report


def keep_open(root: Path, words: str) -> None:
    """Write more settings below [mail]."""
    beat = root / "beat.toml"
    text = beat.read_text("utf-8").replace('deliver = "smtp"\n', f'deliver = "smtp"\n{words}\n')
    beat.write_text(text, "utf-8")
