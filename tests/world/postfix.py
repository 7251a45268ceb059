"""A postfix of our own on loopback: Debian's, with its settings, queue and log in a folder.

    with postfix(folder, next_port=server.port, command="/a/script") as port: ...

It takes letters from this machine for anybody and hands them on to `next_port`; what goes to
`example.org`, the sender's own domain, is delivered here: mail to `bounces` is piped into
`command`, by an alias, as docs/guides/send-newsletters.md has it. Postfix is root's to start.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

_PROGRAMS = "/usr/lib/postfix/sbin"
_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file_prefixes = {folder}
maillog_file = {folder}/log
myhostname = relay.example.org
myorigin = example.org
mydestination = example.org
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relayhost = [127.0.0.1]:{next_port}
smtp_dns_support_level = disabled
smtp_tls_security_level = none
local_recipient_maps =
alias_maps = texthash:{folder}/aliases
alias_database =
recipient_delimiter = +
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
"""
# name type private unpriv chroot wakeup maxproc command
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 1 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
local     unix - n n - - local
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
tlsmgr    unix - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
"""


@contextlib.contextmanager
def postfix(folder: Path, *, next_port: int, command: str) -> Iterator[int]:
    """Run a postfix for the block; the port on which it takes letters."""
    port = _find_port()
    _write_settings(folder, port, next_port, command)
    words = ["postfix", "-c", str(folder / "settings")]
    # in the foreground: it ends with us, and no other postfix of this machine is meant
    with subprocess.Popen(
        [*words, "start-fg"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(port, process, folder / "log")
            yield port
        finally:
            subprocess.run([*words, "stop"], capture_output=True, timeout=60, check=False)
            process.terminate()
            process.wait(60)


def _write_settings(folder: Path, port: int, next_port: int, command: str) -> None:
    folder.chmod(0o755)  # postfix's own users walk through it
    settings = folder / "settings"
    for name in ("settings", "queue", "data"):
        (folder / name).mkdir(parents=True)
    shutil.chown(folder / "data", "postfix")
    main = _MAIN.format(folder=folder, next_port=next_port)
    (settings / "main.cf").write_text(main)
    (settings / "master.cf").write_text(_MASTER.format(port=port))
    for name in ("postfix-files", "dynamicmaps.cf"):
        there = Path("/etc/postfix") / name
        if there.exists():
            shutil.copy(there, settings / name)
    # a command runs as the owner of the file that names it (local(8), delivery rights)
    aliases = folder / "aliases"
    aliases.write_text(f'bounces "|{command}"\n')
    shutil.chown(aliases, "nobody")


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    said = log.read_text(errors="replace")[-2000:] if log.exists() else "it wrote no log"
    raise AssertionError(f"postfix does not start: {said}")


def _find_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port
