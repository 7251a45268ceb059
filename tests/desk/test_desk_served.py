"""The desk beside a served site: what an editor does is in the records, in git and on the site."""

from __future__ import annotations

import contextlib
import html
import json
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk.news import Reason, ReasonKind
from copydesk.placement.addresses import record_name
from world.command import copydesk
from world.desk import desk_newsroom, stories
from world.machine import PATIENCE_SECONDS
from world.newsroom import newsroom, run_git
from world.served_desk import Answer, Browser
from world.served_newsroom import (
    ServedNewsroom,
    drop_lead,
    filed_newsroom,
    serve_newsroom,
    until,
    wait_for_page,
)

WALL = "2026-11-19-sea-wall-to-rise-by-two-metres"
SEALS = "2026-11-19-grey-seals-are-back-on-the-coast"
HEADER_FROM_HERE = """
[serve]
trusted_proxies = ["127.0.0.1"]

[desk]
host = "desk.tidewatch.example"
user_header = "X-User"
"""
DROPPED = "https://gull.example/p?a=1&b=<i>"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    """Serve a newsroom with two stories; without a contact its server does no rounds."""
    root = filed_newsroom(tmp_path_factory.mktemp("served"))
    drop_lead(root, DROPPED, "off-beat", "nearest: Coast <b>")
    drop_lead(root, "https://gull.example/old", "too-old")
    drop_lead(root, "javascript:alert(1)", "address")
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return served.owner()


def send(browser: Browser, *actions: dict[str, Any]) -> Answer:
    body = json.dumps([{"seen": {}, **action} for action in actions]).encode()
    return browser.post("/desk/actions", body, {"Content-Type": "application/json"})


def own_page(browser: Browser) -> dict[str, str]:
    return {"Sec-Fetch-Site": "same-origin", "Origin": browser.origin}


def verdict(said: str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": f"{said}-{name}", "kind": "verdict", "said": said, "stories": [name], **more}


def wait_for(browser: Browser, action_id: str) -> dict[str, Any]:
    """Wait until something has become of an action, and return what."""
    found: list[dict[str, Any]] = []

    def is_over() -> bool:
        told = browser.get("/desk/actions").json()
        found[:] = [one for one in told if one["id"] == action_id and one["state"] != "waits"]
        return bool(found)

    until(is_over)
    return found[0]


def record(served: ServedNewsroom, name: str) -> str:
    return (served.root / f"_news/{name}.md").read_text("utf-8")


def test_a_verdict_is_in_the_record_in_git_and_on_the_site(
    served: ServedNewsroom, anna: Browser
) -> None:
    answer = send(anna, verdict("reject", WALL, why="a press release"))
    told = wait_for(anna, f"reject-{WALL}")

    assert (202, [f"reject-{WALL}"]) == (answer.status, answer.json()["kept"])
    assert "done" == told["state"]
    assert "a press release" in record(served, WALL)
    assert "by Anna" in run_git(served.root, "log", "-1", "--format=%B", told["commit"])
    assert 'class="row"' not in anna.get("/desk/?view=published&q=metres").body
    assert WALL in anna.get("/desk/?view=rejected").body
    until(lambda: "Sea wall" not in anna.get("/").body)


def test_an_empty_view_speaks_of_filters_only_where_there_are_some(anna: Browser) -> None:
    empty = anna.get("/desk/?view=snoozed").body
    assert ("No story is snoozed." in empty, "Remove filters" in empty) == (True, False)
    filtered = anna.get("/desk/?view=snoozed&q=walrus").body
    assert "Remove filters" in filtered
    assert '<a href="/desk/?view=snoozed">Remove all filters' in filtered


def test_an_empty_view_leads_to_stories_worth_a_look(tmp_path: Path) -> None:
    near, far = (
        replace(
            story,
            quality=quality,
            published=False,
            reasons=(Reason.of(ReasonKind.BELOW_GATE, quality=quality, gate=45),),
        )
        for story, quality in zip(stories(2), (60, 12), strict=True)
    )
    with serve_newsroom(desk_newsroom(tmp_path / "beat", [near, far])) as served:
        anna = served.owner()
        waiting, snoozed = (anna.get(f"/desk/?view={view}").body for view in ("waiting", "snoozed"))
    with serve_newsroom(newsroom(tmp_path / "bare")) as served:
        bare = served.owner().get("/desk/").body

    link = '<a href="/desk/?view=missed">1 story is just below the threshold <kbd>g m</kbd></a>'
    assert f'<p class="none">No story waits for review. {link}' in waiting
    assert link in snoozed
    assert '<a href="/desk/sources/">Check the sources <kbd>g z</kbd></a>' in bare


def test_an_action_that_is_sent_again_counts_once(served: ServedNewsroom, anna: Browser) -> None:
    action = verdict("hold", SEALS, why="quite rightly")
    for _ in range(3):
        assert 202 == send(anna, action).status
    wait_for(anna, f"hold-{SEALS}")
    commits = run_git(served.root, "log", "--format=%s")

    assert 1 == commits.count("hold Grey seals")
    send(anna, {"id": "back", "kind": "undo", "values": [f"hold-{SEALS}"]})
    assert "done" == wait_for(anna, "back")["state"]
    assert "quite rightly" not in record(served, SEALS)


def test_a_form_without_a_script_does_the_same(served: ServedNewsroom, anna: Browser) -> None:
    page = anna.get("/desk/?view=all&q=seals").body
    row = re.search(rf'<form class="acts".*?value="{SEALS}".*?</form>', page, re.DOTALL)
    assert row
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', row[0])
        if name != "do"
    }
    answer = anna.post("/desk/act", {**fields, "do": "verdict hold"})
    told = wait_for(anna, fields["id"])

    assert (303, "done") == (answer.status, told["state"])
    assert answer.headers["location"].startswith("/desk/?view=all&q=seals")
    assert "hold" in record(served, SEALS)


def test_without_a_script_selected_stories_are_snoozed_above_the_list_and_listed_with_their_end(
    served: ServedNewsroom, anna: Browser
) -> None:
    send(anna, verdict("hold", SEALS, id="hold-to-snooze"))
    wait_for(anna, "hold-to-snooze")
    page = anna.get("/desk/").body
    assert SEALS in page
    ends = re.findall(r'<option value="(20[^"]+Z)">', page)
    form = {"do": "snooze", "story": SEALS, "until": ends[-1], "return": "/desk/?view=snoozed"}
    assert 303 == anna.post("/desk/act", form).status

    assert (15, False) == (len(ends), SEALS in anna.get("/desk/").body)
    listed = anna.get("/desk/?view=snoozed").body
    assert f'<time datetime="{ends[-1]}">' in listed
    assert "Snoozed" in anna.get("/desk/today/").body
    assert 'name="do" value="snooze" data-act="wake"' in listed
    assert 303 == anna.post("/desk/act", {"do": "snooze", "story": SEALS}).status
    assert SEALS in anna.get("/desk/").body
    send(anna, {"kind": "undo", "values": ["hold-to-snooze"], "id": "un-hold"})
    wait_for(anna, "un-hold")


def test_the_form_of_a_story_changes_what_it_says(served: ServedNewsroom, anna: Browser) -> None:
    page = anna.get(f"/desk/story/{SEALS}/edit/").body
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(id|seen|was|title)" value="([^"]*)"', page)
    }
    fields |= {"title": "Seals, again", "note": "We *saw* them.", "why": "ours"}
    was = json.loads(fields["was"])
    topics = was["topics"]
    sent = {**fields, "excerpt": was["excerpt"], "picture": was["picture"], "url": was["url"]}
    answer = anna.post(f"/desk/story/{SEALS}/edit/", {**sent, "topic": topics[0]})

    assert 303 == answer.status
    wait_for(anna, f"{fields['id']}-1")
    assert "Seals, again" in record(served, SEALS)
    assert "<em>saw</em>" in wait_for_page(anna, f"/desk/story/{SEALS}/", "Seals, again").body


def test_what_somebody_changed_since_is_not_overwritten(
    served: ServedNewsroom, anna: Browser
) -> None:
    page = anna.get(f"/desk/story/{WALL}/edit/").body
    seen = json.loads(html.unescape(re.findall(r'name="seen" value="([^"]*)"', page)[0]))
    done = copydesk(
        "-C", served.root, "rule", "rename", f"_news/{WALL}.md", "Theirs", "--as", "Ben"
    )
    assert done.code == 0, done.err

    rename = {"id": "mine", "kind": "rule", "said": "rename", "stories": [WALL], "values": ["Mine"]}
    send(anna, {**rename, "seen": {f"{WALL} title": seen["title"]}})
    told = wait_for(anna, "mine")

    assert "conflict" == told["state"]
    assert [("title", "Mine", "Theirs")] == [
        (one["field"], one["left"], one["now"]) for one in told["conflicts"]
    ]
    send(anna, {**rename, "id": "mine-again"})
    assert "done" == wait_for(anna, "mine-again")["state"]
    assert "Mine" in record(served, WALL)


def test_what_is_removed_is_gone_from_the_site_at_once_and_can_be_taken_back(
    served: ServedNewsroom, anna: Browser
) -> None:
    page = f"/coast/news/{SEALS}/"
    send(anna, verdict("publish", SEALS))
    until(lambda: anna.get(page).status == 200)

    send(anna, verdict("remove", SEALS, why="wrong town"))
    wait_for(anna, f"remove-{SEALS}")
    assert wait_for_status(anna, page, 410)
    send(anna, {"id": "back-again", "kind": "undo", "values": [f"remove-{SEALS}"]})
    assert "done" == wait_for(anna, "back-again")["state"]
    assert wait_for_status(anna, page, 200)


def test_a_pin_is_told_with_its_end_and_taken_out_and_the_row_leads_to_the_page(
    served: ServedNewsroom, anna: Browser
) -> None:
    send(anna, verdict("publish", SEALS, id="shown"))
    until = (datetime.now(UTC) + timedelta(hours=2)).isoformat()  # by the server's clock
    pin = {"id": "pin", "kind": "rule", "said": "pin", "stories": [SEALS], "until": until}
    send(anna, pin)
    assert "done" == wait_for(anna, "pin")["state"]
    wait_for_page(anna, f"/desk/story/{SEALS}/", "on-site")
    page = wait_for_page(anna, "/desk/?view=all&q=seals", "pinned until").body

    assert f'href="/coast/news/{SEALS}/"' in page
    assert "Stories that will soon be unpinned:" in page
    send(anna, {**pin, "id": "unpin", "said": "undo", "values": ["pin"], "until": None})
    assert "done" == wait_for(anna, "unpin")["state"]
    assert "pinned until" not in anna.get("/desk/?view=all&q=seals").body


def test_changed_rules_are_looked_at_beside_the_server(
    served: ServedNewsroom, anna: Browser
) -> None:
    settings = served.root / "beat.toml"
    before = settings.read_text("utf-8")
    hidden = "data-former-rules hidden"
    assert hidden in wait_for_page(anna, "/desk/", hidden).body

    def is_seen_by_former_rules(threshold: int) -> bool:
        """Change the threshold, and look for the note, which may come and go between two looks."""
        settings.write_text(f"{before}\n[scoring]\npublish_at = {threshold}\n", "utf-8")
        return any(hidden not in anna.get("/desk/").body for _ in range(30))

    try:
        assert any(map(is_seen_by_former_rules, range(60, 99)))
        assert hidden in wait_for_page(anna, "/desk/", hidden).body
    finally:
        settings.write_text(before, "utf-8")


def wait_for_status(browser: Browser, path: str, status: int) -> bool:
    until(lambda: browser.get(path).status == status)
    return True


def test_what_an_editor_edited_is_listed_old_beside_new_and_taken_back_there(
    served: ServedNewsroom, anna: Browser
) -> None:
    rename = {
        "id": "r",
        "kind": "rule",
        "said": "rename",
        "stories": [SEALS],
        "values": ["Seals <i>"],
    }
    send(anna, rename, {**rename, "id": "n", "said": "set", "values": ["note", "We were there."]})
    assert "done" == wait_for(anna, "n")["state"]
    page = anna.get("/desk/today/").body

    assert "→ <ins>Seals &lt;i&gt;</ins>" in page
    assert "Note: <ins>We were there.</ins>" in page or "</del> → <ins>We were there.</ins>" in page
    form = {"do": "undo", "value": "r", "return": "/desk/today/", "id": "un-r"}
    assert f'value="{form["value"]}"' in page
    anna.post("/desk/act", form)
    assert "done" == wait_for(anna, "un-r")["state"]
    assert "Seals <i>" not in record(served, SEALS)


def test_what_an_editor_did_is_listed_with_what_became_of_it(anna: Browser) -> None:
    send(anna, verdict("publish", "2026-11-19-nobody"))
    assert "refused" == wait_for(anna, "publish-2026-11-19-nobody")["state"]

    assert "change not accepted" in anna.get("/desk/today/").body


def test_a_question_is_saved_with_its_count_and_forgotten(anna: Browser) -> None:
    form = {"name": "Our coast", "query": "view=all&topic=Coast&after=1+x"}
    saved = anna.post("/desk/views", form)
    page = anna.get("/desk/?view=all&topic=Coast").body

    assert 303 == saved.status
    assert 'href="/desk/?view=all&amp;topic=Coast" aria-current="page"><span>Our coast' in page
    for elsewhere in ("/desk/today/", "/desk/write/", f"/desk/story/{SEALS}/"):
        assert (
            '<a href="/desk/?view=all&amp;topic=Coast"><span>Our coast' in anna.get(elsewhere).body
        )
    anna.post("/desk/views", {**form, "forget": "1"})
    assert "Our coast" not in anna.get("/desk/").body


def test_what_rounds_dropped_is_listed_by_reason_and_taken_in_by_the_next_round(
    anna: Browser,
) -> None:
    page = anna.get("/desk/dropped/?reason=off-beat").body
    (form,) = re.findall(r'<form class="acts".*?</form>', page, re.DOTALL)
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)
    }

    assert "nearest: Coast &lt;b&gt;" in page
    assert "gull.example/old" not in page
    assert "off topic (1)" in page
    assert "The details of dropped pages are kept for this many days: 180" in page
    assert 'href="javascript' not in anna.get("/desk/dropped/").body
    assert (DROPPED, "/desk/dropped/?reason=off-beat") == (fields["value"], fields["return"])
    assert 303 == anna.post("/desk/act", fields).status
    assert "done" == wait_for(anna, fields["id"])["state"]
    assert "the next run reads this page" in anna.get("/desk/dropped/").body


@pytest.mark.parametrize("query", ["?days=x", "?days=9", "?reason=none", "?most=99999", "?most=-1"])
def test_no_address_breaks_the_list_of_drops(anna: Browser, query: str) -> None:
    answer = anna.get(f"/desk/dropped/{query}")

    assert (200, 3) == (answer.status, answer.body.count("<article"))


@pytest.mark.parametrize(
    "path",
    [
        "/desk/",
        "/desk/dropped/",
        "/desk/today/",
        f"/desk/story/{SEALS}/",
        "/desk/actions",
        "/desk/events",
    ],
)
def test_who_is_not_signed_in_sees_nothing(served: ServedNewsroom, path: str) -> None:
    answer = served.browser().get(path)

    assert 303 == answer.status
    assert answer.headers["location"].startswith("/desk/sign-in?next=")


def test_who_only_looks_decides_nothing(served: ServedNewsroom, anna: Browser) -> None:
    link = copydesk("-C", served.root, "desk", "user", "add", "Vic", "--role", "viewer").out.strip()
    vic = served.browser()
    vic.post(link[link.index("/desk/") :])

    page = vic.get("/desk/?view=all")
    assert 200 == page.status
    assert 'class="acts"' not in page.body
    assert 400 <= send(vic, verdict("publish", WALL)).status < 500
    assert 400 <= vic.get(f"/desk/story/{WALL}/edit/").status < 500


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/desk/story/nobody/", 404),
        ("/desk/story/..%2f..%2fbeat.toml/", 404),
        ("/desk/picture/..%2f..%2fdesk.sqlite", 404),
        ("/desk/assets/desk.css", 404),
        ("/desk/nothing", 404),
        ("/desk", 307),
    ],
)
def test_what_is_not_there_is_said(anna: Browser, path: str, status: int) -> None:
    assert status == anna.get(path).status


def test_a_browser_is_told_of_an_error_on_a_page_and_a_script_as_data(anna: Browser) -> None:
    page = anna.get("/desk/story/nobody/", {"Accept": "text/html"})
    data = anna.get("/desk/story/nobody/")

    assert (404, 404) == (page.status, data.status)
    assert "the story does not exist: nobody" in page.body
    assert "<!doctype html>" in page.body
    assert "the story does not exist: nobody" == data.json()["title"]


def test_assets_and_pages_carry_their_policy(anna: Browser) -> None:
    page = anna.get("/desk/")
    icon, style, script, *_ = re.findall(r'(?:href|src)="(/desk/assets/[^"]+)"', page.body)

    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "immutable" in anna.get(style).headers["cache-control"]
    assert "image/svg+xml" in anna.get(icon).headers["content-type"]
    assert "text/javascript" in anna.get(script).headers["content-type"]


def test_what_is_nested_without_measure_is_refused(anna: Browser) -> None:
    """Readers of JSON go down as deep as it goes, and give up with an error of their own."""
    deep = '{"a":' * 5_000
    script = {"Content-Type": "application/json"}
    form = {"do": "verdict hold", "story": WALL, "was": deep, "seen": deep}

    for path in ("/desk/actions", "/desk/presence"):
        assert 400 == anna.post(path, deep.encode(), script).status, path
    assert 400 == anna.ask("PUT", "/desk/drafts", deep.encode(), own_page(anna)).status
    assert 400 == anna.post(f"/desk/story/{WALL}/edit/", form).status
    assert 303 == anna.post("/desk/act", form).status


def test_a_server_that_is_killed_files_what_waited_when_it_is_back(tmp_path: Path) -> None:
    root = filed_newsroom(tmp_path)
    with serve_newsroom(root) as first:
        anna = first.owner()
        actions = [verdict("hold", WALL, id=f"a{n}", why=f"word {n}") for n in range(30)]
        assert 202 == send(anna, *actions).status
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait(PATIENCE_SECONDS)
    with serve_newsroom(root) as second:
        (secret, _) = anna.jar.values()
        back = Browser(second.port, jar={f"copydesk-{second.port}": secret})
        until(lambda: {one["state"] for one in back.get("/desk/actions").json()} == {"done"})

    assert 30 == len(re.findall("Copydesk-Action: .*", run_git(root, "log", "--format=%B")))
    assert "word 29" in (root / f"_news/{WALL}.md").read_text("utf-8")


def test_a_server_says_when_any_program_of_its_machine_may_be_anybody(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=HEADER_FROM_HERE)
    with serve_newsroom(root) as served:
        assert "any program on this machine can sign in to the desk" in served.said


def count_open_memories(process: int) -> int:
    names = []
    for file in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed since
            names.append(str(file.readlink()))
    return sum("memory.sqlite" in name for name in names)


def test_a_newsroom_that_cannot_be_opened_leaves_no_file_open(tmp_path: Path) -> None:
    root = filed_newsroom(tmp_path)
    news = root / "_news"
    with serve_newsroom(root) as own:
        anna = own.owner()
        news.rename(root / "elsewhere")
        news.symlink_to(news)
        (root / ".copydesk" / "catalogue.sqlite").unlink()
        counts = [
            (anna.get("/desk/").status, count_open_memories(own.process.pid)) for _ in range(3)
        ]

    assert [counts[0]] * 3 == counts
    assert 404 == counts[0][0]


def test_a_copy_has_no_button_of_a_group_it_does_not_belong_to(tmp_path: Path) -> None:
    first, other, again = stories(3, group="2026-11-20-tide")
    copy = replace(again, copy_of=record_name(first.path), group="")
    root = desk_newsroom(tmp_path / "beat", [first, other, copy])
    with serve_newsroom(root) as served:
        body = served.owner().get("/desk/?view=all").body

    kinds = dict(re.findall(r'<li class="(\w+)" data-name="([^"]+)".*?</li>', body, re.DOTALL))
    assert {"coverage": record_name(other.path), "copy": record_name(copy.path)} == kinds
    assert [record_name(other.path)] == re.findall(r'data-split="([^"]+)"', body)
    assert [record_name(other.path)] == re.findall(r'data-lead="([^"]+)"', body)
