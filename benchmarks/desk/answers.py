"""How long an editor waits at the desk of a large newsroom.

    python benchmarks/desk/answers.py COUNT FOLDER
    PYTHONPATH=tests python benchmarks/desk/answers.py COUNT FOLDER --round

makes FOLDER a newsroom of COUNT invented stories that all wait for an editor (`paper/archive.py`
writes them), serves it, comes in by the setup link and asks: a page of the queue, filters,
searches, stories, numbers, the other pages, verdicts until they are answered and until they are in
git; with 20 streams open. Prints the median and the slowest twentieth in milliseconds, what each
question cost the server (on a machine that others use, the figure to go by), the machine's load,
and the memory of the server and of what it started (of what they share each has its part).
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

BEAT = """[site]
title = "Desk"
url = "https://desk.example"
"""
HELD = 'reasons:\n  - "held: every story waits for an editor"\n'
EDITORS, TIMES = 20, 40


def main() -> None:
    count, root = int(sys.argv[1]), Path(sys.argv[2]).absolute()
    if not (root / "beat.toml").exists():
        make_newsroom(count, root)
    log = root.parent / "desk.log"
    command = [sys.executable, "-m", "copydesk", "-C", str(root), "serve", "--port", "0"]
    with log.open("wb") as file, subprocess.Popen(command, stderr=file) as server:
        try:
            browser = Browser(log, server.pid)
            with run_rounds(root) if "--round" in sys.argv else contextlib.nullcontext():
                measure(browser)
        finally:
            server.terminate()


def run_rounds(root: Path) -> contextlib.AbstractContextManager[object]:
    """Run rounds of a newsroom until the block ends."""
    from rounds import RunningRounds

    return RunningRounds(root)


def make_newsroom(count: int, root: Path) -> None:
    """Write the records of an invented archive as ones that wait, and commit them."""
    paper = Path(__file__).parents[1] / "paper" / "archive.py"
    made = root.parent / f"{root.name}-made"
    subprocess.run([sys.executable, str(paper), str(count), str(made)], check=True)
    (made / "newsroom").rename(root)
    for record in (root / "_news").iterdir():
        words = record.read_text("utf-8").replace("published: true", "published: false", 1)
        record.write_text(re.sub(r"^reasons:\n", HELD, words, count=1, flags=re.MULTILINE), "utf-8")
    (root / "beat.toml").write_text(BEAT, "utf-8")
    (root / ".gitignore").write_text(".copydesk/\n", "utf-8")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "an archive")):
        name = ("-c", "user.name=Ed", "-c", "user.email=ed@desk.example")
        subprocess.run(["git", *name, *words], cwd=root, check=True)
    subprocess.run([sys.executable, "-m", "copydesk", "-C", str(root), "catalogue"], check=True)


class Browser:
    """A browser that came in by the link that the server printed."""

    def __init__(self, log: Path, pid: int) -> None:
        self.pid, self.jar = pid, ""
        while "/desk/enter/" not in log.read_text("utf-8"):
            time.sleep(0.1)
        found = re.search(r"localhost:(\d+)(/desk/enter/\S+)", log.read_text("utf-8"))
        assert found
        self.port = int(found[1])
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.ask("POST", found[2], urlencode({"name": "Anna"}), form)

    def ask(
        self, method: str, path: str, body: str | None = None, more: dict[str, str] | None = None
    ) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        host = f"localhost:{self.port}"
        own = {"Host": host, "Cookie": self.jar, "Sec-Fetch-Site": "same-origin"}
        connection.request(method, path, body, {**own, "Origin": f"http://{host}", **(more or {})})
        answer = connection.getresponse()
        cookie = answer.headers.get("Set-Cookie")
        self.jar = cookie.partition(";")[0] if cookie else self.jar
        return answer.read()

    def listen(self) -> http.client.HTTPResponse:
        """Open the stream of what happens, as each editor's browser does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        host = f"localhost:{self.port}"
        connection.request("GET", "/desk/events", None, {"Host": host, "Cookie": self.jar})
        return connection.getresponse()

    def say(self, story: str, said: str) -> str:
        """Say a verdict; give the action's id."""
        action = {"id": str(uuid.uuid4()), "kind": "verdict", "said": said, "stories": [story]}
        body = json.dumps([{**action, "why": "benchmark"}])
        self.ask("POST", "/desk/actions", body, {"Content-Type": "application/json"})
        return str(action["id"])

    def wait(self, action: str) -> None:
        """Wait until something has become of an action."""
        while True:
            told = json.loads(self.ask("GET", "/desk/actions"))
            if any(one["id"] == action and one["state"] != "waits" for one in told):
                return
            time.sleep(0.01)


def measure(browser: Browser) -> None:
    page = browser.ask("GET", "/desk/").decode()
    names = re.findall(r'<article class="row"[^>]*data-name="([^"]+)"', page)
    topics = re.findall(r'class="topic" href="([^"]+)"', page)
    words = re.findall(r"data-open>(\w+)", page)
    streams = [browser.listen() for _ in range(EDITORS)]
    show(
        browser.pid,
        "queue",
        lambda path: browser.ask("GET", path),
        ["/desk/", "/desk/?order=time"] * TIMES,
    )
    show(browser.pid, "filter", lambda path: browser.ask("GET", path), (topics * TIMES)[:TIMES])
    searches = [f"/desk/?q={quote(word)}" for word in words]
    show(browser.pid, "search", lambda path: browser.ask("GET", path), (searches * TIMES)[:TIMES])
    pages = [f"/desk/story/{quote(name)}/" for name in names]
    show(browser.pid, "story", lambda path: browser.ask("GET", path), (pages * TIMES)[:TIMES])
    show(browser.pid, "numbers", lambda path: browser.ask("GET", path), ["/desk/numbers/"] * TIMES)
    show(browser.pid, "missed", lambda path: browser.ask("GET", path), ["/desk/recall/"] * TIMES)
    for page in ("front", "sources", "topics", "organizations", "what-if"):
        show(browser.pid, page, lambda path: browser.ask("GET", path), [f"/desk/{page}/"] * TIMES)
    said: list[str] = []
    show(
        browser.pid,
        "verdict to answer",
        lambda name: said.append(browser.say(name, "hold")),
        names[:20],
    )
    for action in said:
        browser.wait(action)
    show(
        browser.pid,
        "verdict to git",
        lambda name: browser.wait(browser.say(name, "publish")),
        names[:20],
    )
    print(f"{'load of the machine':20} {os.getloadavg()[0]:.1f}")
    own, *others = (read_memory(pid) / 1000 for pid in family_of(browser.pid))
    print(f"{'memory':20} {own:.0f} MB, what it started {sum(others):.0f} MB")
    for stream in streams:
        stream.close()


def show(pid: int, what: str, ask: Callable[[str], object], questions: Sequence[str]) -> None:
    """Ask, and print how long an editor waited, and what that cost the server."""
    spent, used = [], read_cpu(pid)
    for question in questions:
        began = time.perf_counter()
        ask(question)
        spent.append((time.perf_counter() - began) * 1000)
    slowest = statistics.quantiles(spent, n=20)[-1]
    each = (read_cpu(pid) - used) * 1000 / len(questions)
    waited = f"median {statistics.median(spent):6.0f}  p95 {slowest:6.0f} ms"
    print(f"{what:20} {waited}, the server's CPU {each:4.0f} ms", flush=True)


def family_of(pid: int) -> list[int]:
    """Give a process and those that it started, and so on."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family_of(int(child)))]


def read_cpu(pid: int) -> float:
    """Give the seconds of CPU that a process has had."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def read_memory(pid: int) -> float:
    """Give a process's memory in kB, of what it shares its part; 0 for one that ended."""
    rollup = ""
    with contextlib.suppress(OSError):  # it is over
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
    return float(found[1]) if found else 0.0


if __name__ == "__main__":
    main()
