"""How fast letters go out, beside aiosmtplib alone with the same letters and connections.

    PYTHONPATH=tests python benchmarks/mail/sending.py [LETTERS] [--connections N] [--dkim]

A loopback server in a process of its own takes all letters. aiosmtplib alone sends each letter to
each reader from memory: no ledger, no places to fill in, nothing written down. Ours is the whole
command's work in one process: claim, fill in, send, and each outcome on the disk before the next
letter of its connection. The two take turns. Prints letters a second of each, their ratio (ours by
aiosmtplib's, the median of the runs), the peak of memory, and how many bytes the ledger has for
each letter. `--dkim` signs ours (RSA, 2,048 bits) and tells that apart.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from copydesk.kit import dates
from copydesk.mail_store import open_mail
from copydesk.newsletters.sending import send_issues, write_eml
from copydesk.newsletters.sending.begin import begin_sending
from copydesk.newsroom import Silence, open_newsroom
from world.command import copydesk
from world.mail_soak import add_readers, mail_newsroom, mail_server, name_issue
from world.newsroom import NOW

_LATER = timedelta(minutes=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("letters", type=int, nargs="?", default=5_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--dkim", action="store_true")
    parser.add_argument("--alone", action="store_true", help="ours alone, for its memory")
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        _run_one(options)
        return
    ours, bare = [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        mail_server(Path(folder), {"rules": []}) as (
            port,
            _,
        ),
    ):
        for run in range(options.runs):
            root = mail_newsroom(Path(folder) / str(run), port, options.connections)
            if options.dkim:
                _add_key(root)
            add_readers(root, options.letters)
            before = (root / ".copydesk" / "mail.sqlite").stat().st_size
            if not options.alone:
                bare.append(_measure("bare", root, port, options))
            ours.append(_measure("ours", root, port, options))
            after = (root / ".copydesk" / "mail.sqlite").stat().st_size
    rates = [[options.letters / seconds for seconds, _ in runs] for runs in (ours, bare)]
    signed = " signed" if options.dkim else ""
    print(f"ours{signed}: {statistics.median(rates[0]):.0f} letters a second")
    if bare:
        ratio = statistics.median(one / other for one, other in zip(*rates, strict=True))
        print(f"aiosmtplib alone: {statistics.median(rates[1]):.0f} letters a second")
        print(f"ratio: {ratio:.2f} ({options.connections} connections, {options.runs} runs)")
    print(f"memory: {max(memory for _, memory in ours):.0f} MB at its peak")
    print(f"ledger: {(after - before) / options.letters:.0f} bytes a letter")


def _measure(which: str, root: Path, port: int, options: argparse.Namespace) -> tuple[float, float]:
    """Return the seconds of sending, without a process's start, and the peak of memory in MB."""
    words = (str(options.letters), "--connections", str(options.connections))
    command = [sys.executable, __file__, *words, "--one", f"{which} {port} {root}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


def _run_one(options: argparse.Namespace) -> None:
    which, port, root = options.one.split(" ", 2)
    send = _send_bare if which == "bare" else _send_ours
    seconds = send(Path(root), int(port), options)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(seconds, memory)


def _send_ours(root: Path, _port: int, options: argparse.Namespace) -> float:
    with (
        open_newsroom(root, NOW + _LATER, os.environ) as newsroom,
        contextlib.closing(open_mail(newsroom.private)) as store,
    ):
        sending = begin_sending(newsroom, store, name_issue(root), "Anna")
        began = time.perf_counter()
        (report,) = send_issues(newsroom, store, [sending], Silence())
        seconds = time.perf_counter() - began
    assert report.counts == {"accepted": options.letters}, report
    return seconds


def _send_bare(root: Path, port: int, options: argparse.Namespace) -> float:
    import aiosmtplib
    import uvloop

    folder = root.parent / "eml"
    with (
        open_newsroom(root, NOW + _LATER, os.environ) as newsroom,
        contextlib.closing(open_mail(newsroom.private)) as store,
    ):
        (file,) = write_eml(newsroom, store, name_issue(root), ["a@example.org"], folder)
    message = file.read_bytes()
    addresses = [f"reader{number}@d{number % 97}.example" for number in range(options.letters)]

    async def send(line: int) -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        await client.connect()
        for address in addresses[line :: options.connections]:
            await client.sendmail("bounces@example.org", [address], message)
        await client.quit()

    async def send_all() -> None:
        await asyncio.gather(*map(send, range(options.connections)))

    began = time.perf_counter()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(send_all())
    return time.perf_counter() - began


def _add_key(root: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (root / ".copydesk" / "dkim.pem").write_bytes(pem)
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8") + '\n[mail.dkim]\nselector = "s1"\n', "utf-8")
    overrule = ("mail", "doctor", "--overrule", "all", "--why", "loopback", "--as", "Anna")
    copydesk("-C", root, "--now", dates.rfc3339(NOW), *overrule)  # those settings are other ones


if __name__ == "__main__":
    main()
