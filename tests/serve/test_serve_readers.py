"""Readers are counted on the newsroom's own site: what counts, what does not, what is kept."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from copydesk.background import AudienceCounts, keep_issue_views, keep_reads
from copydesk.kit import tables
from copydesk.mail_store import open_mail
from copydesk.memory import Memory
from copydesk.serve import Address, Site, WebApp, client_of, count_views_in, listening, trust

NOW = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EVER = date.min


class Clock:
    """A clock that is set by hand; its minute never ends."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Give the time that it is set to."""
        return self.at

    async def sleep(self, seconds: float) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


CLIENTS_AT_MOST = 30
AN_ADDRESS = 30


class Desk:
    """A small site on a real socket, with its counter and its memory."""

    def __init__(self, root: Path) -> None:
        for page in (
            "index.html",
            "news/wall/index.html",
            "news/seals/index.html",
            "newsletter/daily/index.html",
        ):
            (root / "site" / page).parent.mkdir(parents=True, exist_ok=True)
            (root / "site" / page).write_text("<h1>A page</h1>")
        self.path = root / "memory.sqlite"
        self.clock = Clock(NOW)
        self.keys = iter(bytes([n]) * 32 for n in range(9))
        self.readers = AudienceCounts(
            keep_reads(lambda: Memory(self.path)),
            self.clock,
            lambda: next(self.keys),
            CLIENTS_AT_MOST,
        )
        self.issues = AudienceCounts(keep_issue_views(root), self.clock)
        self.previews: list[str] = []
        counts = count_views_in(
            {"news": self.readers, "newsletter": self.issues}, note_preview=self.previews.append
        )
        self.site = Site(root / "site", "/coast", count_view=counts)
        self.url = ""

    async def ask(self, path: str, agent: str = BROWSER, method: str = "GET", **more: str) -> int:
        """Ask the site for a path; `more` are headers, with _ for the hyphen."""
        headers = {"User-Agent": agent} | {n.replace("_", "-"): v for n, v in more.items()}
        async with (
            ClientSession() as session,
            session.request(
                method, self.url + path, headers=headers, allow_redirects=False
            ) as answer,
        ):
            await answer.read()
            return answer.status

    async def reads(self, since: date = EVER) -> dict[str, int]:
        """Write the counts and give what the memory has."""
        await self.readers.write()
        with closing(Memory(self.path)) as memory:
            return memory.reads.since(since)


Work = Callable[[Desk], Awaitable[None]]
Run = Callable[[Work], None]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Give what runs a piece of work while the site listens on the loopback."""

    async def inside(work: Work) -> None:
        desk = Desk(tmp_path)
        async with listening(Address(port=0), WebApp(desk.site, print)) as port:
            desk.url = f"http://127.0.0.1:{port}"
            await work(desk)

    return lambda work: asyncio.run(inside(work))


# ---- what counts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/coast/news/wall/", "/news/wall/", "/news/wall/index.html", "/news/wall/?a=1"]
)
def test_a_page_that_a_reader_opens_is_counted_under_its_storys_name(run: Run, path: str) -> None:
    async def work(desk: Desk) -> None:
        assert 200 == await desk.ask(path)
        assert {"wall": 1} == await desk.reads()

    run(work)


def test_a_letters_issue_that_a_reader_opens_is_counted_apart(run: Run, tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        for path in ("/coast/newsletter/daily/", "/newsletter/daily/index.html"):
            assert 200 == await desk.ask(path)
        assert 200 == await desk.ask("/newsletter/daily/", method="HEAD")
        await desk.issues.write()
        with closing(open_mail(tmp_path)) as store:
            assert 2 == store.views.of("daily")
        assert {} == await desk.reads()

    run(work)


def test_views_wait_while_what_is_kept_of_letters_cannot_be_written(
    run: Run, tmp_path: Path
) -> None:
    async def work(desk: Desk) -> None:
        (tmp_path / "mail.sqlite").write_bytes(b"no database")
        await desk.ask("/newsletter/daily/")
        await desk.issues.write()
        (tmp_path / "mail.sqlite").unlink()
        await desk.issues.write()
        with closing(open_mail(tmp_path)) as store:
            assert 1 == store.views.of("daily")

    run(work)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {}),
        ("/news/", {}),
        ("/news/wall", {}),
        ("/news/nowhere/", {}),
        ("/news/wall/../../index.html", {}),
        ("/news/wall/", {"method": "HEAD"}),
        ("/news/wall/", {"agent": ""}),
        ("/news/wall/", {"agent": "curl/8.14.1"}),
        ("/news/wall/", {"agent": "Mozilla/5.0 (compatible; Tidebot/2.1; +https://t.example/bot)"}),
        ("/news/wall/", {"agent": BROWSER.replace("Firefox", "HeadlessChrome")}),
        ("/news/wall/", {"Sec_Purpose": "prefetch;prerender"}),
        ("/news/wall/", {"Purpose": "prefetch"}),
        ("/news/wall/", {"X_Moz": "Prefetch"}),
        ("/news/wall/", {"Sec_Fetch_Dest": "empty"}),
        ("/news/wall/", {"Range": "bytes=0-3"}),
        ("/news/wall/", {"If_None_Match": "*"}),
        ("/news/wall/", {"If_Modified_Since": "Tue, 01 Jan 2999 00:00:00 GMT"}),
    ],
)
def test_what_nobody_reads_is_not_counted(run: Run, path: str, headers: Mapping[str, str]) -> None:
    async def work(desk: Desk) -> None:
        await desk.ask(path, **headers)
        assert {} == await desk.reads()

    run(work)


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (Linux; Android 14; CUBOT KINGKONG 9) AppleWebKit/537.36 Chrome/140.0 Mobile",
        "Opera/9.80 (J2ME/MIDP; Opera Mini/9.5/37.8069; U; en) Presto/2.12.423 Version/12.16",
    ],
)
def test_a_reader_with_an_odd_browser_is_one(run: Run, agent: str) -> None:
    async def work(desk: Desk) -> None:
        await desk.ask("/news/wall/", agent)
        assert {"wall": 1} == await desk.reads()

    run(work)


# as the programs' documentation or source says; without versions and addresses of real servers
FETCHERS = {
    "mastodon": "Mastodon/4.5.2 (http.rb/5.3.1; +https://social.example/) Bot",
    "pleroma": "Akkoma 3.13.2; https://social.example <desk@social.example>",
    "misskey": "SummalyBot/5.2.5 (+https://docs.example/summaly)",
    "fediverse": "gotosocial/0.20.2 (+https://social.example)",
    "bluesky": "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:desk@bluesky.example)",
    "telegram": "TelegramBot (like TwitterBot)",
    "discord": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discord.example)",
    "slack": "Slackbot-LinkExpanding 1.0 (+https://slack.example/robots)",
    "matrix": "Synapse (bot; +https://matrix.example/synapse)",
    "apple": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4"
    " (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot"
    " Twitterbot/1.0",
    "facebook": "facebookexternalhit/1.1 (+http://facebook.example/externalhit_uatext.php)",
    "whatsapp": "WhatsApp/2.23.20.0 A",
    "x": "Twitterbot/1.0",
    "linkedin": "LinkedInBot/1.0 (compatible; Mozilla/5.0; +http://linkedin.example)",
    "microsoft": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "reddit": "Mozilla/5.0 (compatible; redditbot/1.0; +http://reddit.example/feedback)",
    "pinterest": "Mozilla/5.0 (compatible; Pinterestbot/1.0; +http://pinterest.example/bot.html)",
    "zulip": "Mozilla/5.0 (compatible; ZulipURLPreview/11.4; +https://chat.example)",
    "mattermost": "Mattermost-Bot/1.1",
    "rocketchat": "Rocket.Chat/8.0 (+https://chat.example)",
    "viber": "Viber/25.1",
    "vk": "Mozilla/5.0 (compatible; vkShare; +http://vk.example/dev/Share)",
    "iframely": "Iframely/1.3.1 (+https://iframely.example/docs/about)",
    "embedly": "Mozilla/5.0 (compatible; Embedly/0.2; +http://embedly.example/)",
}


def test_fetches_for_link_previews_are_counted_by_network_and_are_no_reads(run: Run) -> None:
    networks = tables.read_rows("copydesk.serve", "preview_fetchers.toml", tuple[str, ...])
    assert list(networks) == list(FETCHERS)

    async def work(desk: Desk) -> None:
        for agent in FETCHERS.values():
            assert 200 == await desk.ask("/news/wall/", agent)
        assert list(FETCHERS) == desk.previews
        assert {} == await desk.reads()

    run(work)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {}),
        ("/news/nowhere/", {}),
        ("/news/wall/", {"method": "HEAD"}),
        ("/news/wall/", {"agent": BROWSER}),
        ("/news/wall/", {"agent": f"{BROWSER} WhatsApp/2.23"}),
        ("/news/wall/", {"agent": "curl/8.14.1"}),
    ],
)
def test_what_shows_no_preview_of_a_story_is_counted_as_none(
    run: Run, path: str, headers: Mapping[str, str]
) -> None:
    async def work(desk: Desk) -> None:
        await desk.ask(path, **{"agent": FETCHERS["mastodon"], **headers})
        assert [] == desk.previews

    run(work)


# ---- one client -----------------------------------------------------------------------------


def test_a_client_that_hammers_counts_no_more_than_three_times_for_a_story(run: Run) -> None:
    async def work(desk: Desk) -> None:
        for _ in range(8):
            await desk.ask("/news/wall/")
        await desk.ask("/news/seals/")
        assert {"seals": 1, "wall": 3} == await desk.reads()

    run(work)


def test_the_next_day_a_client_counts_again_and_is_known_to_nobody(run: Run) -> None:
    async def work(desk: Desk) -> None:
        for _ in range(5):
            await desk.ask("/news/wall/")
        desk.clock.at += timedelta(hours=2)
        await desk.ask("/news/wall/")
        assert {"wall": 4} == await desk.reads()
        assert {"wall": 1} == await desk.reads(since=date(2026, 11, 25))
        assert b"\2" * 32 == next(desk.keys)

    run(work)


def test_behind_a_web_server_its_clients_are_told_apart(run: Run) -> None:
    async def work(desk: Desk) -> None:
        for _ in range(5):
            for client in ("203.0.113.5", "198.51.100.7, 203.0.113.6"):
                await desk.ask("/news/wall/", X_Forwarded_For=client)
        assert {"wall": 6} == await desk.reads()

    run(work)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("8.8.8.8", "198.51.100.7", "8.8.8.8"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("::1", "10.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("172.17.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::9", "", "2001:db8:1:2::"),
        ("::ffff:203.0.113.5", "", "203.0.113.5"),
        ("127.0.0.1", "unknown", "unknown"),
        ("127.0.0.1", "x" * 5000, "x" * 100),
    ],
)
def test_a_client_is_its_address_or_its_network(peer: str, forwarded: str, client: str) -> None:
    assert client == client_of(peer, [forwarded] if forwarded else [])


@pytest.mark.parametrize(
    ("peer", "client"),
    [
        ("10.0.0.5", "198.51.100.7"),
        ("fd00::5", "198.51.100.7"),
        ("::ffff:10.0.0.5", "198.51.100.7"),
        ("127.0.0.1", "127.0.0.1"),
        ("10.0.1.5", "10.0.1.5"),
        ("nonsense", "nonsense"),
    ],
)
def test_where_web_servers_are_named_no_other_is_believed(peer: str, client: str) -> None:
    is_proxy = trust(["10.0.0.0/24", "fd00::5"])

    assert client == client_of(peer, ["203.0.113.9, 198.51.100.7"], is_proxy)


def test_an_address_with_many_browsers_counts_thirty_times_for_a_story(run: Run) -> None:
    async def work(desk: Desk) -> None:
        for number in range(AN_ADDRESS // 3 + 4):
            for _ in range(3):
                await desk.ask("/news/wall/", f"{BROWSER} {number}")
        await desk.ask("/news/seals/")
        await desk.ask("/news/wall/", X_Forwarded_For="203.0.113.9")
        assert {"seals": 1, "wall": AN_ADDRESS + 1} == await desk.reads()

    run(work)


def test_a_flood_of_clients_fills_no_memory(run: Run) -> None:
    async def work(desk: Desk) -> None:
        for number in range(CLIENTS_AT_MOST + 4):
            await desk.ask("/news/wall/", X_Forwarded_For=f"203.0.113.{number}")
        await desk.ask("/news/wall/", X_Forwarded_For="203.0.113.0")
        assert {"wall": CLIENTS_AT_MOST + 1} == await desk.reads()

    run(work)


# ---- what is kept ---------------------------------------------------------------------------


def test_no_cookie_is_set_and_nothing_of_a_reader_is_kept(run: Run, tmp_path: Path) -> None:
    async def work(desk: Desk) -> None:
        async with ClientSession() as session:
            headers = {"User-Agent": BROWSER, "X-Forwarded-For": "203.0.113.77"}
            async with session.get(f"{desk.url}/news/wall/", headers=headers) as answer:
                assert "Set-Cookie" not in answer.headers
        await desk.reads()

    run(work)
    with closing(sqlite3.connect(tmp_path / "memory.sqlite")) as connection:
        assert [("2026-11-24", "wall", 1)] == connection.execute("SELECT * FROM reads").fetchall()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("memory.sqlite*"))
    assert b"203.0.113" not in kept
    assert b"Firefox" not in kept


def test_counts_are_written_together_and_not_one_by_one(run: Run) -> None:
    async def work(desk: Desk) -> None:
        await desk.ask("/news/wall/")
        assert not desk.path.exists()
        assert {"wall": 1} == await desk.reads()
        assert {"wall": 1} == await desk.reads()

    run(work)


def test_counts_wait_while_the_memory_cannot_be_written(run: Run) -> None:
    async def work(desk: Desk) -> None:
        desk.path.mkdir()
        await desk.ask("/news/wall/")
        await desk.readers.write()
        desk.path.rmdir()
        await desk.ask("/news/wall/")
        assert {"wall": 2} == await desk.reads()

    run(work)


def test_the_end_of_the_server_loses_no_count(run: Run) -> None:
    async def work(desk: Desk) -> None:
        counting = asyncio.create_task(desk.readers.go_on())
        await asyncio.sleep(0)
        await desk.ask("/news/wall/")
        counting.cancel()
        await asyncio.gather(counting, return_exceptions=True)
        with closing(Memory(desk.path)) as memory:
            assert {"wall": 1} == memory.reads.since(EVER)

    run(work)


def test_days_of_a_quarter_ago_are_forgotten(run: Run) -> None:
    async def work(desk: Desk) -> None:
        with closing(Memory(desk.path)) as memory:
            memory.reads.add(NOW.date() - timedelta(days=91), {"wall": 9})
            memory.reads.add(NOW.date() - timedelta(days=90), {"wall": 1})
        await desk.ask("/news/wall/")
        assert {"wall": 2} == await desk.reads()

    run(work)
