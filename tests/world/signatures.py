"""Signatures of letters as programs of others judge them: perl's Mail::DKIM, and OpenDKIM."""

from __future__ import annotations

import asyncio
import subprocess
import tempfile
from pathlib import Path

from world.dns import Answer, NameServer
from world.machine import PATIENCE_SECONDS

_PERL = r"""
use strict; use warnings;
use Mail::DKIM::Verifier; use Mail::DKIM::DNS; use Net::DNS::Resolver;
my ($host, $port) = split /:/, $ARGV[0];
Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(nameservers => [$host], port => $port));
my $verifier = Mail::DKIM::Verifier->new;
binmode STDIN; local $/;
$verifier->PRINT(scalar <STDIN>);
$verifier->CLOSE;
print $verifier->result_detail;
"""


def ask_perl(message: bytes, name: str, record: str) -> str:
    """Return what Mail::DKIM says of a signature: "pass", or why not.

    It asks a name server on loopback for the key, which stands there under `name`.
    """

    async def ask() -> str:
        async with NameServer() as names:
            names.at(name, Answer(texts=(record,)))
            process = await asyncio.create_subprocess_exec(
                *("perl", "-e", _PERL, names.address),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            out, _ = await asyncio.wait_for(process.communicate(message), PATIENCE_SECONDS)
        assert 0 == process.returncode
        assert name in names.names_asked() or not out.startswith(b"pass")
        return out.decode().strip()

    return asyncio.run(ask())


def ask_opendkim(message: bytes, name: str, record: str) -> str:
    """Return what OpenDKIM says of a signature: "pass", or why not; it has the key from a file."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "keys").write_text(f"{name} {record}\n")
        (folder / "settings").write_text(f"Mode v\nTestPublicKeys {folder}/keys\n")
        (folder / "letter").write_bytes(message)
        words = ["opendkim", "-x", str(folder / "settings"), "-t", str(folder / "letter")]
        done = subprocess.run(words, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    said = (done.stdout + done.stderr).decode(errors="replace").strip()
    return "pass" if 0 == done.returncode and "succeeded" in said else said or "no answer"
