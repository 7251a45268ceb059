"""The server: how soon a round starts, what slow clients can do, and answers beside rounds.

    PYTHONPATH=tests python benchmarks/serve.py [starts] [slow] [load] [--seconds 60]
    PYTHONPATH=tests python benchmarks/serve.py wave
    PYTHONPATH=tests python benchmarks/serve.py memory [--requests 3000] [--kinds /mail/]
    PYTHONPATH=tests python benchmarks/serve.py flood aged [--requests 100000]

Without a name: the first three. `load` asks copydesk and nginx (Debian's nginx-light, left out
where it is missing) for the same files, 200 requests a second for a minute each, while rounds run
over the demo's web; the client has the last core to itself, all else the others. A request's time
counts from the moment it was due, so that one that waits for another is no faster. For a quiet
machine.

`wave` is what a post on a network makes: 1,000 servers each ask for a page and its card, over
connections and from loopback addresses of their own, begun within 9 seconds and within one, while
rounds run; then nginx the same.

`memory` tells what the server's process holds more after so many requests for each kind of page,
`flood` what it holds after 200 connections asked for a form for 10 seconds, and `aged` is `load`
for copydesk alone, on a server that has answered so many requests for pages of the site and of
letters' readers before.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from copydesk.background import RoundStarter
from copydesk.newsroom import reports, starts
from world.newsroom import newsroom
from world.page_kinds import ALL_KINDS, measure_memory, pages_world
from world.slow_clients import probe

A_SECOND = 200
CONNECTIONS = 20
CONTACT = '[fetch]\ncontact = "mailto:desk@tidewatch.example"\n'
DEMO_DAY = "2026-11-20T08:00:00Z"  # the clock of the committed web
CORES = sorted(os.sched_getaffinity(0))
CLIENT_CORE, OTHER_CORES = {CORES[-1]}, set(CORES[:-1]) or set(CORES)
COPYDESK = [sys.executable, "-m", "copydesk"]
NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types; access_log off; sendfile on; tcp_nopush on; etag on;
    gzip on; gzip_comp_level 6; gzip_types text/css application/json application/xml text/xml;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{ listen 127.0.0.1:{port} backlog=4096; root {site}; }}
}}
"""


def tell(name: str, values: Sequence[float], unit: float = 1_000.0) -> None:
    """Print the median and the ends of some times, in milliseconds."""
    ordered = sorted(values)
    at = {share: ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.5, 0.99)}
    print(
        f"  {name}: p50 {at[0.5] * unit:.1f} ms, p99 {at[0.99] * unit:.1f}, "
        f"most {ordered[-1] * unit:.1f}, of {len(ordered)}",
        flush=True,
    )


# ---- how soon a round starts -----------------------------------------------------------------


async def time_start(root: Path, run: Callable[[], Awaitable[object]]) -> float:
    """Start a round, and return the seconds until it is at work, which it writes down itself."""
    before = reports.read_round_status(root / ".copydesk")
    began = time.perf_counter()
    running = asyncio.ensure_future(run())
    while True:
        status = reports.read_round_status(root / ".copydesk")
        if status is not None and (before is None or status.pid != before.pid):
            took = time.perf_counter() - began
            break
        await asyncio.sleep(0.0005)
    await running
    return took


async def run_fresh(root: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *COPYDESK, "-C", str(root), "run", stdout=subprocess.DEVNULL
    )
    await process.wait()


async def measure_starts(root: Path, count: int = 20) -> None:
    starter = RoundStarter(root)
    print("from the request for a round to its first step:")
    tell(
        "a new Python each", [await time_start(root, lambda: run_fresh(root)) for _ in range(count)]
    )
    first = await time_start(root, starter.run)
    tell("forked", [await time_start(root, starter.run) for _ in range(count)])
    print(f"  the first one, with the fork server: {first * 1_000:.0f} ms")
    status = Path(f"/proc/{starter.server_pid}/status").read_text()
    resident = re.search(r"VmRSS:\s+(\d+)", status)
    print(f"  the fork server holds {int(resident[1]) / 1024:.0f} MB")
    await starter.close()


# ---- slow clients ----------------------------------------------------------------------------


@contextlib.contextmanager
def served(root: Path, descriptors: int | None = None) -> Iterator[tuple[int, int]]:
    """Serve a newsroom in a process of its own; give its port and its process."""
    limit = f"ulimit -n {descriptors}; " if descriptors else ""
    command = ["bash", "-c", f'{limit}exec "$@"', "bash", *COPYDESK]
    command += ["-C", str(root), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        lines = iter(process.stderr.readline, "")
        found = (re.search(r"http://127\.0\.0\.1:(\d+)", line) for line in lines)
        port = next(int(one[1]) for one in found if one)
        os.sched_setaffinity(process.pid, OTHER_CORES)
        yield port, process.pid
        process.terminate()
        process.communicate()


def measure_slow(root: Path, clients: int, seconds: float) -> None:
    print(f"{clients:,} slow clients, 1,024 descriptors, probes from another address:")
    with served(root, 1_024) as (port, pid):
        command = [sys.executable, "-m", "world.slow_clients", "--port", str(port)]
        command += ["--clients", str(clients), "--seconds", str(seconds + 10)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as flood:
            time.sleep(8)
            answers, end = [], time.monotonic() + seconds
            while time.monotonic() < end:
                answers.append(probe(port, "127.250.0.1"))
                time.sleep(0.1)
            cpu = sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15])) / 100
            connects = int(flood.communicate()[0])
    answered = [answer for answer in answers if answer is not None]
    share = len(answered) / len(answers)
    print(f"  answered within 2 s: {share:.1%}; {connects:,} connections, {cpu:.1f} s of CPU")
    tell("those", answered or [2.0])


# ---- answers beside rounds -------------------------------------------------------------------


@contextlib.contextmanager
def rounds_over(root: Path, demo: starts.Demo) -> Iterator[Counter[str]]:
    """Let one round after the other run over the demo's web for the block, and count them."""
    stop, counts = False, Counter[str]()

    async def go_on() -> None:
        number = 0
        while not stop:
            number += 1
            now = (demo.now + timedelta(hours=number)).isoformat()
            words = ("-C", root, "run", "--web", demo.web, "--all-due", "--now", now)
            process = await asyncio.create_subprocess_exec(
                *COPYDESK, *map(str, words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            os.sched_setaffinity(process.pid, OTHER_CORES)
            counts[f"exit {await process.wait()}"] += 1

    import threading

    thread = threading.Thread(target=lambda: asyncio.run(go_on()))
    thread.start()
    try:
        yield counts
    finally:
        stop = True
        thread.join()


@contextlib.contextmanager
def nginx_serves(site: Path, folder: Path) -> Iterator[int]:
    """Serve the same files with nginx."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = line.getsockname()[1]
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, site=site))
    with subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf")]) as process:
        os.sched_setaffinity(process.pid, OTHER_CORES)
        try:
            while probe(port, "127.0.0.1") is None:
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()


async def ask_steadily(
    port: int, paths: list[str], seconds: float
) -> tuple[list[float], Counter[str]]:
    """Ask 200 times a second over kept connections; give each answer's seconds, and what failed."""
    took: list[float] = []
    failed: Counter[str] = Counter()
    chance = random.Random(7)
    due: asyncio.Queue[tuple[float, str]] = asyncio.Queue()

    async def ask() -> None:
        reader = writer = None
        while True:
            at, path = await due.get()
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(
                    f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n".encode()
                )
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: (\d+)", head)
                if length:
                    await reader.readexactly(int(length[1]))
                else:  # nginx packs as it goes
                    await reader.readuntil(b"\r\n0\r\n\r\n")
                if b" 200 " not in head[:15]:
                    failed[head[9:12].decode()] += 1
                took.append(time.perf_counter() - at)
            except (OSError, asyncio.IncompleteReadError) as error:
                failed[type(error).__name__] += 1
                writer = None

    workers = [asyncio.create_task(ask()) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for number in range(int(seconds * A_SECOND)):
        at = began + number / A_SECOND
        await asyncio.sleep(max(at - time.perf_counter(), 0))
        due.put_nowait((at, chance.choice(paths)))
    await asyncio.sleep(2)
    for worker in workers:
        worker.cancel()
    return took, failed


def measure_load(folder: Path, seconds: float) -> None:
    import uvloop

    print(f"{A_SECOND} requests a second for {seconds:g} s, beside rounds:", flush=True)
    root = folder / "demo"
    subprocess.run(
        [*COPYDESK, "demo", "--no-serve", "--dir", root, "--now", DEMO_DAY],
        check=True,
        capture_output=True,
    )
    site = root / ".copydesk" / "site"
    pages = [f"/{path.parent.relative_to(site)}/" for path in site.glob("news/*/index.html")]
    paths = ["/", "/feed.xml", "/style.css", *pages]
    paths = [path for path in paths if (site / path[1:]).exists()]

    def ask(name: str, port: int) -> None:
        os.sched_setaffinity(0, CLIENT_CORE)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            took, failed = runner.run(ask_steadily(port, paths, seconds))
        os.sched_setaffinity(0, set(CORES))
        tell(f"{name} ({sum(failed.values())} errors {dict(failed) or ''})", took)

    with starts.demo() as demo:
        with served(root) as (port, _):
            ask("copydesk alone", port)
            with rounds_over(root, demo) as counts:
                ask("copydesk", port)
            print(f"    rounds meanwhile: {dict(counts)}")
        if shutil.which("nginx") is None:
            print("  nginx: not installed (apt-get install nginx-light)")
            return
        with nginx_serves(site, folder) as port:
            ask("nginx alone", port)
            with rounds_over(root, demo) as counts:
                ask("nginx", port)
            print(f"    rounds meanwhile: {dict(counts)}")


# ---- the wave after a post -------------------------------------------------------------------

WAVE_CLIENTS = 1_000  # servers of followers; each asks for the page, then for its card
WAVE_AGENT = "Mastodon/4.5.2 (http.rb/5.3.1; +https://social.example/) Bot"
WAVE_PAUSE = 5.0  # seconds from the start of a server, which has work of its own then
CARD = re.compile(r'<meta property="og:image" content="[^"]*/(cards/[^"]+)">')


async def fetch_alone(port: int, path: str, number: int) -> str:
    """Ask for a path over a connection of its own, from an address of its own."""
    here = (f"127.{100 + number // 250}.0.{1 + number % 250}", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=here)
    try:
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nUser-Agent: {WAVE_AGENT}\r\n"
        writer.write(f"{head}Accept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read(-1)
    finally:
        writer.close()
    fields, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", fields)
    is_whole = int(length[1]) == len(body) if length else body.endswith(b"0\r\n\r\n")
    return fields[9:12].decode() if is_whole else "cut"


async def send_wave(
    port: int, paths: Sequence[str], seconds: float
) -> tuple[dict[str, list[float]], Counter[str]]:
    """Let all clients ask for the paths, at moments within some seconds; give times, and faults."""
    took: dict[str, list[float]] = {path: [] for path in paths}
    failed: Counter[str] = Counter()
    chance = random.Random(7)

    async def ask(number: int, at: float) -> None:
        await asyncio.sleep(at)
        for path in paths:
            began = time.perf_counter()
            try:
                status = await asyncio.wait_for(fetch_alone(port, path, number), 10)
            except (OSError, TimeoutError) as error:
                status = type(error).__name__
            took[path].append(time.perf_counter() - began)
            if status != "200":
                failed[status] += 1

    moments = [chance.uniform(0, seconds) for _ in range(WAVE_CLIENTS)]
    await asyncio.gather(*(ask(number, at) for number, at in enumerate(moments)))
    return took, failed


def measure_wave(folder: Path) -> None:
    import uvloop

    root = folder / "wave"
    subprocess.run(
        [*COPYDESK, "demo", "--no-serve", "--dir", root, "--now", DEMO_DAY],
        check=True,
        capture_output=True,
    )
    site = root / ".copydesk" / "site"
    pages = sorted(site.glob("news/*/index.html"))
    cards = ((page, CARD.search(page.read_text("utf-8"))) for page in pages)
    page, card = next((page, card[1]) for page, card in cards if card)
    paths = [f"/{page.parent.relative_to(site)}/", f"/{card}"]
    sizes = f"{page.stat().st_size:,} and {(site / card).stat().st_size:,} bytes"
    print(f"{WAVE_CLIENTS} servers ask for a page and its card ({sizes}), beside rounds:")

    def send(name: str, port: int) -> None:
        for seconds in (9.0, 1.0):
            os.sched_setaffinity(0, CLIENT_CORE)
            began = time.perf_counter()
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                took, failed = runner.run(send_wave(port, paths, seconds))
            all_in = time.perf_counter() - began
            os.sched_setaffinity(0, set(CORES))
            told = f"{sum(failed.values())} errors {dict(failed) or ''}"
            print(f"  {name}, begun within {seconds:g} s: all in {all_in:.1f} s, {told}")
            for path, times in took.items():
                tell(f"  {'card' if path in paths[1:] else 'page'}", times)
            time.sleep(1)

    with starts.demo() as demo:
        with served(root) as (port, _), rounds_over(root, demo) as counts:
            time.sleep(WAVE_PAUSE)
            send("copydesk", port)
        print(f"    rounds meanwhile: {dict(counts)}")
        if shutil.which("nginx") is None:
            print("  nginx: not installed (apt-get install nginx-light)")
            return
        with nginx_serves(site, folder) as port, rounds_over(root, demo) as counts:
            time.sleep(WAVE_PAUSE)
            send("nginx", port)
        print(f"    rounds meanwhile: {dict(counts)}")


# ---- memory ----------------------------------------------------------------------------------


def measure_kinds(folder: Path, requests: int, part: str) -> None:
    print(f"what the server holds more after {requests:,} requests for a kind of page:")
    kinds = [kind for kind in ALL_KINDS if part in kind.name]
    with pages_world(folder) as world:
        for kind in ALL_KINDS:
            world.ask(kind, 2)
        for kind in kinds:
            world.ask(kind, 200)
            before, began = world.measure_memory(), time.perf_counter()
            world.ask(kind, requests)
            took, after = time.perf_counter() - began, world.measure_memory()
            each = f"{took / requests * 1_000:6.1f} ms each"
            print(f"  {after - before:7.2f} MB of {after:4.0f}  {each}  {kind.name}", flush=True)


async def ask_at_once(
    port: int, paths: list[str], clients: int, until: Callable[[int], bool]
) -> Counter[str]:
    """Request the paths in turn over a number of connections, without a pause on any."""
    statuses: Counter[str] = Counter()

    async def ask() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while not until(statuses.total()):
            path = paths[statuses.total() % len(paths)]
            writer.write(f"GET {path} HTTP/1.1\r\nHost: letters.tidewatch.example\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            await reader.readexactly(int(length[1]))
            statuses[head[9:12].decode()] += 1
        writer.close()

    await asyncio.gather(*(ask() for _ in range(clients)))
    return statuses


def measure_flood(folder: Path, seconds: float = 10.0) -> None:
    print(f"200 connections ask for a form for {seconds:g} s:", flush=True)
    with pages_world(folder) as world:
        for kind in ALL_KINDS:
            world.ask(kind, 2)
        port, before = world.served.port, world.measure_memory()
        end = time.monotonic() + seconds
        asking = ask_at_once(port, ["/mail/subscribe"], 200, lambda _: time.monotonic() > end)
        statuses = asyncio.run(asking)
        after = world.measure_memory()
    print(f"  {before:.0f} MB before, {after:.0f} after; answers by status: {dict(statuses)}")


def measure_aged(folder: Path, requests: int, seconds: float) -> None:
    import uvloop

    root = folder / "aged"
    subprocess.run(
        [*COPYDESK, "demo", "--no-serve", "--dir", root, "--now", DEMO_DAY],
        check=True,
        capture_output=True,
    )
    with (root / "beat.toml").open("a", encoding="utf-8") as beat:
        beat.write('\n[serve]\npublic_url = "http://localhost:8000"\n')
    site = root / ".copydesk" / "site"
    pages = [f"/{path.parent.relative_to(site)}/" for path in site.glob("news/*/index.html")]
    pages += ["/", "/feed.xml", "/style.css"]
    readers = ["/mail/subscribe", "/mail/style.css", "/mail/nothing", "/mail/choices/forged"]
    mixed = [path for page in pages for path in (page, readers[len(page) % len(readers)])]
    with served(root) as (port, pid), starts.demo() as demo:
        print(f"  fresh: {measure_memory(pid):.0f} MB", flush=True)
        asking = ask_at_once(port, mixed, CONNECTIONS, lambda count: count >= requests)
        statuses = asyncio.run(asking)
        print(f"  after {statuses.total():,} requests: {measure_memory(pid):.0f} MB", flush=True)
        with rounds_over(root, demo) as counts:
            os.sched_setaffinity(0, CLIENT_CORE)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                took, failed = runner.run(ask_steadily(port, pages, seconds))
            os.sched_setaffinity(0, set(CORES))
        tell(f"beside rounds ({sum(failed.values())} errors {dict(failed) or ''})", took)
        print(f"    rounds meanwhile: {dict(counts)}; {measure_memory(pid):.0f} MB then")


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["starts", "slow", "load"])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--clients", type=int, default=10_000)
    parser.add_argument("--requests", type=int, help="3000 of each kind, 100000 for aged")
    parser.add_argument("--kinds", default="", help="a part of the names of kinds of pages")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="serve-") as name:
        folder = Path(name)
        root = newsroom(folder / "beat")
        beat = (root / "beat.toml").read_text("utf-8").split("[[source]]")[0]
        if "starts" in chosen.parts:
            (root / "beat.toml").write_text(beat + CONTACT, "utf-8")
            asyncio.run(measure_starts(root))
        if "slow" in chosen.parts:
            (root / "beat.toml").write_text(beat, "utf-8")
            subprocess.run([*COPYDESK, "-C", root, "build"], check=True, capture_output=True)
            measure_slow(root, chosen.clients, chosen.seconds)
        if "load" in chosen.parts:
            measure_load(folder, chosen.seconds)
        if "wave" in chosen.parts:
            measure_wave(folder)
        if "memory" in chosen.parts:
            measure_kinds(folder / "memory", chosen.requests or 3_000, chosen.kinds)
        if "flood" in chosen.parts:
            measure_flood(folder / "flood")
        if "aged" in chosen.parts:
            measure_aged(folder, chosen.requests or 100_000, chosen.seconds)


if __name__ == "__main__":
    main()
