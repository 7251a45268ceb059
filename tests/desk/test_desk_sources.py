"""The desk's sources: how they stand, and what an owner changes of them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from copydesk.building.channels import OwedCalls
from copydesk.memory import Memory
from copydesk.watch.schedule import state
from world.desk import desk_newsroom
from world.newsroom import newsroom, run_git
from world.numbers import SOURCE, fill_numbers
from world.served_desk import Browser
from world.served_newsroom import (
    ServedNewsroom,
    serve_newsroom,
    serve_recorded,
    until,
    wait_for_page,
)

pytestmark = pytest.mark.slow

ONE = f"/desk/sources/one/?url={quote(SOURCE, safe='')}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = tmp_path_factory.mktemp("sources") / "beat"
    desk_newsroom(root, [])
    fill_numbers(root)
    since = datetime.now(UTC) - timedelta(days=2)
    dead = state.SourceState(failures=4, failure="gone", failing_since=since)
    with closing(Memory(root / ".copydesk/memory.sqlite")) as memory:
        memory.keep_source(SOURCE, msgspec.json.encode(dead))
    run_git(root, "commit", "-qam", "a list")
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return served.owner()


def form_of(body: str) -> dict[str, str]:
    """Return what the form of a source would send unchanged."""
    part = body[body.index('action="/desk/sources/one/"') :]
    fields = re.findall(r'<input [^>]*?name="(\w+)"[^>]*? value="([^"]*)"', part)
    return {"trust": "gate", **{name: html.unescape(value) for name, value in fields}}


def test_sources_stand_with_their_days_and_troubles(anna: Browser) -> None:
    body = anna.get("/desk/sources/").body

    assert "2 sources" in body
    assert '<svg class="spark"' in body
    assert "0 saved, 27 dropped" in body
    assert body.index("The Gull") < body.index("Heron Daily")  # it only brings drops
    assert "all pages dropped" in body
    assert "100% of the pages were dropped or failed" in body
    assert "until [fetch] contact is set" in body
    assert "style=" not in body


def test_the_page_says_what_a_restore_missed_and_how_long_it_takes(
    served: ServedNewsroom, anna: Browser
) -> None:
    status = served.root / ".copydesk/round.json"
    before = status.read_bytes() if status.exists() else b""
    assert "restore" not in anna.get("/desk/sources/").body
    count = {"texts": 20, "pictures": 4, "back": 31, "lost": 2, "rounds": 2, "seconds": 90.0}
    over = {"pid": 1, "began": "2026-11-20T08:00:00Z", "is_over": True, "missing": count}
    status.write_bytes(msgspec.json.encode(over))

    body = anna.get("/desk/sources/").body

    assert (
        "24 to fetch, 31 recovered, 2 lost. Needed at least: 2 of the next runs, and 2 min" in body
    )
    assert "Last run 20 Nov 2026, 08:00" in body  # with its day, since it is not today's
    status.write_bytes(before)


def test_the_menu_counts_who_needs_a_person_and_advice_names_the_desks_buttons(
    anna: Browser,
) -> None:
    body = anna.get("/desk/").body
    assert '<b title="Sources that need attention">1</b>' in body

    body = anna.get(ONE).body

    assert "Choose “Find a new URL” or “Remove this source”." in body
    assert "copydesk sources" not in body


@pytest.mark.parametrize("page", ["/desk/sources/?", f"{ONE}&"])
def test_a_change_that_no_commit_has_is_said_to_be_so(anna: Browser, page: str) -> None:
    assert "The change is not committed to git" in anna.get(f"{page}changed=").body
    assert "not committed to git" not in anna.get(f"{page}changed=1234abcd").body


def test_of_a_recorded_web_it_is_said_that_it_is_one(tmp_path: Path) -> None:
    with serve_recorded(newsroom(tmp_path / "beat")) as demo:
        guest = demo.owner()

        body = guest.get("/desk/sources/").body
        refused = guest.post("/desk/sources/round", {})

    assert "this newsroom reads a recording of the web" in body
    assert "contact" not in body
    assert (refused.status, "a recording of the web" in refused.body) == (400, True)


def test_run_now_says_what_it_fetches_and_why_not_the_rest(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    later = {"next_at": now + timedelta(hours=3), "last_ok_at": now}
    states: dict[str, dict[str, Any]] = {
        "Due": {},
        "Later": later,
        "Failing": {**later, "failures": 1, "failure": "server"},
        "Blocked": {**later, "failures": 2, "failure": "blocked"},
        "Paused": {**later, "failures": 1, "failure": "slow-down", "rest_until": later["next_at"]},
    }
    root = newsroom(tmp_path / "beat")
    settings, head = root / "beat.toml", "[[source]]"
    text = settings.read_text("utf-8").partition(head)[0]
    for name in states:  # an address of this machine that nobody allowed: nobody is asked
        text += f'{head}\nname = "The {name}"\nurl = "http://localhost:9/{name}"\n'
    settings.write_text(text + '[fetch]\ncontact = "mailto:desk@tides.example"\n', "utf-8")
    with serve_newsroom(root) as served:
        anna, status = served.owner(), root / ".copydesk/round.json"
        until(lambda: status.exists() and b'"is_over":true' in status.read_bytes())
        with closing(Memory(root / ".copydesk/memory.sqlite")) as memory:
            for name, values in states.items():
                state_of = msgspec.json.encode(state.SourceState(**values))
                memory.keep_source(f"http://localhost:9/{name}", state_of)

        body = anna.get("/desk/sources/").body

        plan = re.sub(r"<[^>]+>", " ", body.partition('class="plan"')[2].partition("</section>")[0])
        assert "1 source is due and is fetched:  The Due" in plan
        for name, words in {
            "Later": "1 source does not need to be fetched yet",
            "Failing": "1 source failed last time and is tried again later",
            "Blocked": "1 source denies access and is tried again later",
            "Paused": "1 source asked for a pause that is not over yet",
        }.items():
            assert f"The {name}" in plan.partition(words)[2][:40]
        assert "Fetch all 4 sources now" in plan

        anna.post("/desk/sources/round", {"all": "1"})

        wait_for_page(anna, "/desk/sources/", "New stories: 0.")
        body = anna.get("/desk/sources/").body
        assert "Run: all sources" in body
        assert "Failures: 4." in body


def test_a_dying_source_is_found_anew_in_its_place_and_taken_back(
    served: ServedNewsroom, anna: Browser
) -> None:
    before, to = (served.root / "beat.toml").read_text(), "https://gull.example/atom.xml"
    look = re.findall(r'href="(/desk/sources/add/[^"]*)"', anna.get(ONE).body)[0]
    form = anna.get(html.unescape(look)).body
    assert 'name="url" value="https://gull.example/"' in form
    assert f'name="instead" value="{SOURCE}"' in form
    again = anna.post("/desk/sources/add/", {"url": "javascript:x", "instead": SOURCE}).body
    assert f'name="instead" value="{SOURCE}"' in again

    answer = anna.post("/desk/sources/file", {"url": to, "kind": "feed", "instead": SOURCE})

    assert (answer.status, quote(to, safe="") in answer.headers["location"]) == (303, True)
    assert before.replace(SOURCE, to) == (served.root / "beat.toml").read_text()
    nowhere = {"url": "https://tern.example/f", "instead": SOURCE}
    assert anna.post("/desk/sources/file", nowhere).status == 400
    take_back(served, anna, "HEAD")
    assert before == (served.root / "beat.toml").read_text()


def test_an_address_is_changed_and_a_source_ended_in_forms(
    served: ServedNewsroom, anna: Browser
) -> None:
    before, to = (served.root / "beat.toml").read_text(), "https://gull.example/rss"
    form = {name: value for name, value in form_of(anna.get(ONE).body).items() if name != "topic"}
    assert anna.post("/desk/sources/one/", {**form, "to": "nonsense"}).status == 400
    assert anna.post("/desk/sources/one/", {**form, "to": to}).status == 303
    moved = (served.root / "beat.toml").read_text()
    assert before.replace(SOURCE, to) == moved
    page = anna.get(f"/desk/sources/one/?url={quote(to, safe='')}").body
    assert "Remove source" in page

    assert anna.post("/desk/sources/end", {"url": to, "seen": form["seen"]}).status == 400
    assert anna.post("/desk/sources/end", {**form_of(page), "url": to}).status == 303

    assert to not in (served.root / "beat.toml").read_text()
    take_back(served, anna, "HEAD")
    assert moved == (served.root / "beat.toml").read_text()
    take_back(served, anna, "HEAD~2")
    assert before == (served.root / "beat.toml").read_text()


def take_back(served: ServedNewsroom, anna: Browser, name: str) -> None:
    """Take a commit of settings back, which "What I did" has a button for."""
    commit = run_git(served.root, "rev-parse", name).strip()
    assert f'name="commit" value="{commit}"' in anna.get("/desk/today/").body
    assert anna.post("/desk/settings/undo", {"commit": commit}).status == 303


def test_what_webhooks_are_owed_stands_beside_the_sources(
    served: ServedNewsroom, anna: Browser
) -> None:
    with closing(Memory(served.root / ".copydesk/memory.sqlite")) as memory:
        calls = OwedCalls(memory, datetime.now(UTC))
        calls.add("https://ear.example/<hook>", "published", "2026-11-20-a-tide", {})

    body = anna.get("/desk/sources/").body

    assert "https://ear.example/&lt;hook&gt; has 1 pending call since" in body
    with closing(Memory(served.root / ".copydesk/memory.sqlite")) as memory:
        OwedCalls(memory, datetime.now(UTC)).forget_all()


def test_a_source_is_changed_in_a_form_and_taken_back_from_today(
    served: ServedNewsroom, anna: Browser
) -> None:
    before = (served.root / "beat.toml").read_text()
    form = form_of(anna.get(ONE).body)
    wanted = {**form, "trust": "hold", "every_minutes": "15", "exclude": "lotto\nlotto\n sport "}

    assert anna.post("/desk/sources/one/", wanted).status == 303

    after = (served.root / "beat.toml").read_text()
    assert 'trust = "hold"\nevery_minutes = 15\nexclude = ["lotto", "sport"]' in after
    assert "by Anna" in run_git(served.root, "log", "-1", "--format=%B")
    assert 'value="15"' in anna.get(ONE).body
    stale = anna.post("/desk/sources/one/", {**form, "trust": "publish"})
    assert (stale.status, "changed the file in the meantime" in stale.body) == (400, True)
    today = anna.get("/desk/today/").body
    commit = re.findall(r'name="commit" value="(\w+)"', today)[0]
    assert anna.post("/desk/settings/undo", {"commit": "\n--all"}).status == 400
    assert anna.post("/desk/settings/undo", {"commit": commit}).status == 303
    assert before == (served.root / "beat.toml").read_text()
    assert "undone" in anna.get("/desk/today/").body.lower()


@pytest.mark.parametrize(
    "wrong",
    [
        {"every_minutes": "often"},
        {"every_minutes": "٣"},
        {"trust": "x"},
        {"url": "https://no.example/"},
    ],
)
def test_a_form_of_nonsense_is_refused(
    served: ServedNewsroom, anna: Browser, wrong: dict[str, str]
) -> None:
    before = (served.root / "beat.toml").read_bytes()
    form = {**form_of(anna.get(ONE).body), **wrong}

    assert anna.post("/desk/sources/one/", form).status == 400
    assert before == (served.root / "beat.toml").read_bytes()


def test_a_list_is_rehearsed_before_it_is_taken(served: ServedNewsroom, anna: Browser) -> None:
    opml = f"https://whimbrel.example/feed.xml\n{SOURCE}\n"

    seen = anna.post("/desk/sources/import", {"opml": opml})

    assert "1 source would be added" in seen.body
    assert "already a source" in seen.body
    assert "whimbrel.example" not in (served.root / "beat.toml").read_text()
    assert anna.post("/desk/sources/import", {"opml": opml, "do": "file"}).status == 303
    assert "https://whimbrel.example/" in (served.root / "beat.toml").read_text()
    assert "https://whimbrel.example/" in anna.get("/desk/sources/sources.opml").body
    assert 'role="alert"' in anna.post("/desk/sources/import", {"opml": "<opml>"}).body
    assert anna.post("/desk/sources/file", {"url": SOURCE}).status == 400


def test_where_nobody_may_look_the_page_says_why(anna: Browser) -> None:
    seen = anna.post("/desk/sources/add/", {"url": "https://tern.example/", "do": "look"})

    assert (seen.status, 'role="alert"' in seen.body, "contact" in seen.body) == (200, True, True)
    assert 'role="alert"' in anna.post("/desk/sources/add/", {"url": "javascript:x"}).body
    refused = anna.post("/desk/sources/round", {})
    assert (refused.status, "contact" in refused.body) == (400, True)
