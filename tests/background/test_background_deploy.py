"""A newsroom's site goes out: by its settings, after a build, a round; and who is told."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from copydesk import background, building
from copydesk.background import RoundStarter
from copydesk.errors import BusyError, ConfigError, CopydeskError, DeployError
from copydesk.newsroom import Newsroom, Silence, hold_lock, open_newsroom, reports
from copydesk.rounds import RoundOptions, run_round
from world.command import copydesk
from world.machine import PATIENCE_SECONDS
from world.newsroom import KEY, NOW, newsroom, record_web, run_git, small_web
from world.sites import held
from world.storage import ACCESS, BUCKET, SECRET, STUCK_SECONDS, Storage, storage

ENVIRON = {"COPYDESK_KEY": KEY}
TO_FOLDER = '[deploy]\nto = "folder"\n[deploy.folder]\npath = "../www"\n'


def deployed(
    root: Path,
    environ: dict[str, str] | None = None,
    *,
    dry_run: bool = False,
    after: timedelta = timedelta(0),
) -> reports.DeployReport:
    """Build and deploy once, so long after the first time."""
    with open_newsroom(root, NOW + after, {**ENVIRON, **(environ or {})}) as opened:
        building.build(opened, Silence())
        options = building.DeployOptions(dry_run=dry_run)
        return building.deploy(opened, Silence(), options)


def test_a_folder_is_seen_from_the_newsroom(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=TO_FOLDER)

    first, second = deployed(root), deployed(root)

    assert held(root / ".copydesk/site") == held(tmp_path / "www")
    assert ("folder", f"{tmp_path}/www") == (first.to, first.target)
    assert first.sent > 0
    assert first.bytes > 0
    assert (0, 0, first.sent) == (second.sent, second.deleted, second.unchanged)


def test_a_dry_run_names_files_and_sends_none(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=TO_FOLDER)

    report = deployed(root, dry_run=True)

    assert "index.html" == report.sending[-1]
    assert report.sent == len(report.sending)
    assert not (tmp_path / "www").exists()
    assert report.sent == deployed(root).sent


def test_a_branch_by_the_newsroom_s_own_remote(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more='[deploy]\nto = "git"\n')
    run_git(tmp_path, "init", "-q", "--bare", "pages.git")
    run_git(root, "remote", "add", "origin", str(tmp_path / "pages.git"))

    deployed(root)

    names = run_git(tmp_path / "pages.git", "ls-tree", "-r", "--name-only", "gh-pages").split()
    assert {*held(root / ".copydesk/site"), ".nojekyll", ".copydesk-site"} == set(names)


@pytest.fixture
def kept() -> Iterator[Storage]:
    with storage() as running:
        yield running


def to_bucket(kept: Storage) -> str:
    return f'[deploy]\nto = "s3"\n[deploy.s3]\nbucket = "{BUCKET}"\nendpoint = "{kept.endpoint}"\n'


KEYS = {"AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET}


def test_a_bucket_by_the_keys_of_the_environment(tmp_path: Path, kept: Storage) -> None:
    root = newsroom(tmp_path / "beat", more=to_bucket(kept))

    first = deployed(root, KEYS)
    asked = len(kept.asked)
    second = deployed(root, KEYS)

    assert {*held(root / ".copydesk/site"), ".copydesk-site"} == set(kept.objects)
    assert (first.sent, 0) == (len(kept.objects) - 1, second.sent)
    assert asked == len(kept.asked)


def test_with_memory_lost_a_bucket_is_not_filled_again(tmp_path: Path, kept: Storage) -> None:
    root = newsroom(tmp_path / "beat", more=to_bucket(kept))
    deployed(root, KEYS)
    for file in (root / ".copydesk").glob("memory.sqlite*"):
        file.unlink()
    kept.asked.clear()

    report = deployed(root, KEYS)

    assert [("GET", "")] == kept.asked
    assert 0 == report.sent


def test_what_was_sent_before_a_failure_is_remembered(tmp_path: Path, kept: Storage) -> None:
    root = newsroom(tmp_path / "beat", more=to_bucket(kept))
    kept.refused = {"index.html"}
    with pytest.raises(DeployError):
        deployed(root, KEYS)
    kept.refused.clear()
    kept.asked.clear()

    deployed(root, KEYS)

    assert ["index.html"] == kept.written()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_ended_in_the_middle_the_next_deploy_goes_on(
    tmp_path: Path, kept: Storage, number: signal.Signals
) -> None:
    root = newsroom(tmp_path / "beat", more=to_bucket(kept))
    kept.stuck = "sitemap.xml"
    command = (sys.executable, "-m", "copydesk", "-C", str(root), "build", "--deploy")
    with subprocess.Popen(
        command, env={**os.environ, **KEYS}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        assert kept.is_stuck.wait(PATIENCE_SECONDS)
        process.send_signal(number)
        process.wait(STUCK_SECONDS - 5)  # though the storage still says nothing
    assert "index.html" not in kept.objects
    kept.stuck = ""

    deployed(root, KEYS)

    assert {*held(root / ".copydesk/site"), ".copydesk-site"} == set(kept.objects)


def test_without_its_keys_a_bucket_is_not_asked(tmp_path: Path, kept: Storage) -> None:
    root = newsroom(tmp_path / "beat", more=to_bucket(kept))

    with pytest.raises(ConfigError) as caught:
        deployed(root, {"AWS_ACCESS_KEY_ID": ACCESS})

    assert "AWS_SECRET_ACCESS_KEY" == caught.value.subject
    assert [] == kept.asked


BAD = {
    "nowhere": ("", "no deploy target is set"),
    "in itself": (TO_FOLDER.replace("../www", ".copydesk/site/www"), "is inside the site"),
    "in the newsroom": (TO_FOLDER.replace("../www", "public"), "is inside the newsroom"),
    "rsync into itself": (
        '[deploy]\nto = "rsync"\n[deploy.rsync]\ntarget = "public/"\n',
        "is inside the newsroom",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_place_that_makes_no_sense_is_refused(tmp_path: Path, name: str) -> None:
    more, what = BAD[name]
    root = newsroom(tmp_path / "beat", more=more)

    with pytest.raises(CopydeskError, match=what) as caught:
        deployed(root)

    assert caught.value.hint


def test_two_deploys_at_once_are_one(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=TO_FOLDER)

    with hold_lock(root / ".copydesk/deploy.lock"), pytest.raises(BusyError):
        deployed(root)


# ---- the commands ----


def test_the_command_builds_and_sends(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=TO_FOLDER)

    plain = copydesk("-C", root, "build", "--deploy", "--dry-run")
    said = copydesk("-C", root, "build", "--deploy", "--json")

    assert "would send    index.html\n" in plain.out
    assert (0, "folder") == (said.code, said.json()["deploy"]["to"])
    assert held(root / ".copydesk/site") == held(tmp_path / "www")
    assert copydesk("-C", root, "build", "--json").json()["deploy"] is None


@pytest.mark.parametrize("words", [("--dry-run",), ("--deploy", "--out", "x")])
def test_the_command_refuses_nonsense(tmp_path: Path, words: tuple[str, ...]) -> None:
    root = newsroom(tmp_path / "beat", more=TO_FOLDER)

    assert 2 == copydesk("-C", root, "build", *words).code


def test_a_round_sends_what_it_published(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=TO_FOLDER)
    web = record_web(tmp_path / "web.warc.gz", small_web())

    with open_newsroom(root, NOW, ENVIRON) as opened:
        options = RoundOptions(web=web, deploy=True)
        report = run_round(opened, options, Silence())

    assert report.deploy is not None
    assert report.complete
    assert held(root / ".copydesk/site") == held(tmp_path / "www")


def test_a_failed_deploy_fails_no_round_and_comes_next_time(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=TO_FOLDER)
    web = record_web(tmp_path / "web.warc.gz", small_web())
    (tmp_path / "www").write_text("a file")
    options = RoundOptions(web=web, deploy=True)

    with open_newsroom(root, NOW, ENVIRON) as opened:
        first = run_round(opened, options, Silence())
        (tmp_path / "www").unlink()
        second = run_round(opened, options, Silence())

    assert first.filed
    assert not first.complete
    assert "folder" == first.failed[-1].url
    assert "not deployed: a file could not be written in the target folder" in first.failed[-1].what
    assert second.complete
    assert held(root / ".copydesk/site") == held(tmp_path / "www")


def test_serve_lets_its_rounds_deploy(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=TO_FOLDER)
    beat = (root / "beat.toml").read_text("utf-8")
    fetch = '[fetch]\ncontact = "mailto:desk@tidewatch.example"\n'
    (root / "beat.toml").write_text(beat.split("[[source]]")[0] + fetch, "utf-8")

    async def run() -> int:
        starter = RoundStarter(root)
        try:
            return await starter.run(deploy=True)
        finally:
            await starter.close()

    code = asyncio.run(run())

    assert 0 == code
    assert held(root / ".copydesk/site") == held(tmp_path / "www")


def test_a_round_that_somebody_asks_for_is_sent_as_any_other(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=TO_FOLDER)
    beat = (root / "beat.toml").read_text("utf-8")
    fetch = '[fetch]\ncontact = "mailto:desk@tidewatch.example"\n'
    (root / "beat.toml").write_text(beat.split("[[source]]")[0] + fetch, "utf-8")
    looks: list[str] = []

    async def ask(opened: Newsroom) -> background.DemandedCommand:
        async with background.open_service(opened, print) as service:
            rounds = service.on_demand
            assert rounds is not None
            rounds.after_round = lambda: looks.append("looked")
            rounds.begin("Anna")
            async with asyncio.timeout(120):
                while rounds.last is None or rounds.last.code is None:
                    await asyncio.sleep(0.05)
            return rounds.last

    with open_newsroom(root, NOW, {}) as opened:
        over = asyncio.run(ask(opened))

    assert (0, ["looked"]) == (over.code, looks)
    assert held(root / ".copydesk/site") == held(tmp_path / "www")
    assert any("sent" in line for line in over.log), over.log


# ---- who is told ----

TOLD = """
index_now_key = "0123abcd"
index_now_endpoint = "{url}/indexnow"
hub = "{url}/hub"
[fetch]
contact = "mailto:desk@tidewatch.example"
allow_hosts = [{allowed}]
"""


@contextmanager
def listener(*statuses: int) -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    """Take every POST; give the address, and the path, type and body of what came.

    The answers have these statuses, the last of them for ever, 200 where there is none.
    """
    answers = list(statuses) or [200]
    heard: list[tuple[str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, self.headers["Content-Type"], body))
            self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def telling(tmp_path: Path, url: str, *allowed: str) -> Path:
    """Make a newsroom that tells somebody at `url`."""
    names = ", ".join(f'"{name}"' for name in allowed)
    told = TOLD.format(url=url, allowed=names)
    more = '[deploy]\nto = "folder"' + told + '[deploy.folder]\npath = "../www"\n'
    return newsroom(tmp_path / "beat", more=more)


def test_after_a_change_engines_and_the_hub_are_told(tmp_path: Path) -> None:
    with listener() as (url, heard):
        root = telling(tmp_path, url, "127.0.0.1", "tidewatch.example")
        first, second = deployed(root), deployed(root)

    said = json.loads(heard[0][2])
    assert ("/indexnow", "application/json; charset=utf-8") == heard[0][:2]
    assert "https://tidewatch.example/coast/" == said["urlList"][0]
    assert "0123abcd" == (tmp_path / "www" / "0123abcd.txt").read_text()
    feeds = [body.decode() for path, _, body in heard if path == "/hub"]
    assert 9 == len(feeds)
    assert all("hub.mode=publish" in feed for feed in feeds)
    assert (10, 0) == (first.pinged, second.pinged)


def test_feeds_name_the_hub_only_where_there_is_one(tmp_path: Path) -> None:
    root = telling(tmp_path, "http://127.0.0.1:9")
    deployed(root)
    other = newsroom(tmp_path / "other", more=TO_FOLDER.replace("www", "www2"))
    deployed(other)

    www = tmp_path / "www"
    hub = "http://127.0.0.1:9/hub"
    assert f'<link rel="hub" href="{hub}"/>' in (www / "feed.xml").read_text()
    assert f'<atom:link rel="hub" href="{hub}"/>' in (www / "rss.xml").read_text()
    assert [{"type": "WebSub", "url": hub}] == json.loads((www / "feed.json").read_text())["hubs"]
    plain = [
        (tmp_path / "www2" / name).read_text() for name in ("feed.xml", "rss.xml", "feed.json")
    ]
    assert [] == [text for text in plain if "hub" in text]


@pytest.mark.parametrize(
    ("allowed", "note"),
    [
        (("127.0.0.1",), "site.url is not public"),
        (("tidewatch.example",), "was not notified"),
    ],
    ids=["the site is private", "the hub is private"],
)
def test_strangers_hear_of_public_sites_only(
    tmp_path: Path, allowed: tuple[str, ...], note: str
) -> None:
    with listener() as (url, heard):
        report = deployed(telling(tmp_path, url, *allowed))

    assert [] == heard
    assert 0 == report.pinged
    assert note in report.notes[0]


def test_an_engine_that_refuses_is_a_note(tmp_path: Path) -> None:
    with listener(403) as (url, heard):
        report = deployed(telling(tmp_path, url, "127.0.0.1", "tidewatch.example"))

    assert [
        (f"{url}/{name} was not notified: the response has status 403")
        for name in ("indexnow", "hub")
    ] == [*report.notes]
    assert 2 == len(heard)  # a hub that refuses one feed is not asked for the others


def told(heard: list[tuple[str, str, bytes]]) -> list[str]:
    """Give what was said, an address or a feed in a line."""
    found: list[str] = []
    for path, _, body in heard:
        if path == "/hub":
            found += parse_qs(body.decode())["hub.topic"]
        else:
            found += json.loads(body)["urlList"]
    return sorted(found)


def test_who_could_not_be_told_is_told_the_next_time(tmp_path: Path) -> None:
    with listener() as (url, all_heard):
        deployed(telling(tmp_path / "other", url, "127.0.0.1", "tidewatch.example"))
    with listener(503, 200, 200, 500, 200) as (url, heard):
        root = telling(tmp_path, url, "127.0.0.1", "tidewatch.example")
        first = deployed(root)  # the engine is down, and the hub after two feeds
        del heard[0], heard[2]
        soon = deployed(root, after=timedelta(minutes=1))
        later = deployed(root, after=timedelta(minutes=6))
        last = deployed(root, after=timedelta(hours=9))

    assert (2, 2) == (first.pinged, len(first.notes))
    assert (0, ()) == (soon.pinged, soon.notes)
    assert (8, ()) == (later.pinged, later.notes)
    assert (0, ()) == (last.pinged, last.notes)
    assert told(heard) == told(all_heard)


def test_after_a_week_nobody_is_told_of_what_was(tmp_path: Path) -> None:
    with listener(500) as (url, heard):
        root = telling(tmp_path, url, "127.0.0.1", "tidewatch.example")
        notes = [deployed(root, after=timedelta(days=days)).notes for days in (0, 1, 6, 8, 9, 30)]

    assert [2, 2, 2, 2, 0, 0] == [*map(len, notes)]
    assert "could not be notified for a week" in notes[3][0]
    assert 8 == len(heard)


def test_what_is_owed_to_a_hub_that_is_asked_no_longer_is_forgotten(tmp_path: Path) -> None:
    with listener(500) as (url, heard):
        root = telling(tmp_path, url, "127.0.0.1", "tidewatch.example")
        deployed(root)
        beat = (root / "beat.toml").read_text("utf-8")
        kept = [line for line in beat.splitlines() if not line.startswith(("hub", "index_now"))]
        (root / "beat.toml").write_text("\n".join(kept), "utf-8")
        del heard[:]
        deployed(root, after=timedelta(days=1))

        assert heard == []
        (root / "beat.toml").write_text(beat, "utf-8")
        assert deployed(root, after=timedelta(days=1)).pinged == 0


def test_what_cannot_be_read_of_what_is_owed_is_nothing(tmp_path: Path) -> None:
    with listener() as (url, heard):
        root = telling(tmp_path, url, "127.0.0.1", "tidewatch.example")
        deployed(root)
        del heard[:]
        with open_newsroom(root, NOW, ENVIRON) as opened:
            for kept in (b"", b"{}", b'{"paths": 1}', b"\xff"):
                opened.memory.pending_pings.put(f"{url}/hub", kept)
                building.deploy(opened, Silence())

    assert heard == []
