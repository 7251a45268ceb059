"""Ask each endpoint of the desk's API once, and the command that renews the kept answers.

    PYTHONPATH=tests .venv/bin/python -m world.api_answers

writes the answers and the description anew; `git diff` then shows what programs would see change.
No test does this. The newsroom, the clock and the ids are fixed; what cannot be (a commit, a
secret, an id of a trial) is written as `<commit>`, `<secret>` and `<id>`.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import re
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from unittest import mock

from PIL import Image
from starlette.types import ASGIApp, Message

from copydesk import desk
from copydesk.background import CommandOnDemand
from copydesk.desk.api import write_description
from copydesk.desk.sign_in import Door
from copydesk.desk_store import open_desk
from copydesk.desk_store.sessions import TOKEN_SCOPES, Moment, TokenGrant
from copydesk.fetch import VirtualClock
from copydesk.kit import urls
from copydesk.memory import Fate, Memory
from copydesk.news.ruling import ActionOutcome
from copydesk.newsroom import open_newsroom
from world import machine
from world.command import copydesk
from world.mail_desk import fill_ledger
from world.mail_soak import mail_server
from world.newsroom import run_git
from world.served_newsroom import filed_newsroom

KEPT = Path(__file__).parents[1] / "golden" / "desk_api"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WALL = "2026-11-19-sea-wall-to-rise-by-two-metres"
SEALS = "2026-11-19-grey-seals-are-back-on-the-coast"

_LETTER = """
[[letter]]
id = "daily"
[serve]
public_url = "https://letters.example"
[mail]
deliver = "smtp"
from_address = "desk@example.org"
start = "person"
test_addresses = ["me@trial.example"]
[mail.smtp]
host = "localhost"
port = {port}
security = "none"
[mail.bounces]
address = "bounces@example.org"
[[post]]
id = "crew"
to = "discord"
secret_env = "DISCORD_WEBHOOK"
[fetch]
contact = "mailto:desk@example.org"
nameservers = ["127.0.0.1:9"]
"""
# What is not the same twice, and what is written in its place.
_CHANGING = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<digest>"),
    (re.compile(r"\b[0-9a-f]{40}\b"), "<commit>"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<id>"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"/desk/enter/[\w-]+"), "/desk/enter/<secret>"),
    (re.compile(r"(localhost|port) ?:?\d{4,5}\b"), r"\1:<port>"),
    (re.compile(r"(copydesk|git) -C \S+"), r"\1 -C <folder>"),
)
_OF_THE_MACHINE = frozenset({"disk", "folder", "mount", "clock"})  # what the doctor says of it


class Noon(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, _zone: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Return noon."""
        return NOON


@dataclass
class Asker:
    """Ask an app as a program does, and keep the answer to each operation."""

    app: ASGIApp
    token: str
    answers: dict[str, Any] = field(default_factory=dict)

    async def ask(
        self, operation: str, method: str, path: str, body: object = None, key: str = ""
    ) -> Any:
        """Keep what an endpoint answers, and return it as it was."""
        address, _, query = f"/desk/api/{path}".partition("?")
        data = body if isinstance(body, bytes) else b"" if body is None else _encode(body)
        headers = {"authorization": f"Bearer {self.token}", "host": "localhost"}
        headers |= {"idempotency-key": key} if key else {}
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": address,
            "raw_path": address.encode(),
            "root_path": "/desk",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("localhost", 80),
        }
        sent: list[Message] = []
        given = iter([{"type": "http.request", "body": data, "more_body": False}])

        async def receive() -> Message:
            return next(given, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        told = b"".join(message.get("body", b"") for message in sent[1:])
        answer = json.loads(told) if told else None
        assert operation not in self.answers, operation
        self.answers[operation] = {
            "asked": f"{method} {_steady(path)}",
            "status": sent[0]["status"],
            "answer": _steady(answer),
        }
        return answer


def _encode(body: object) -> bytes:
    return json.dumps(body).encode()


def _steady(value: Any) -> Any:
    """Return an answer with what is not the same twice written as what it is."""
    if isinstance(value, Mapping):
        return {name: _steady(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_steady(part) for part in value]
    if isinstance(value, str):
        for pattern, words in _CHANGING:
            value = pattern.sub(words, value)
    return value


def describe() -> Any:
    """Return the API's description as it is served."""
    return json.loads(write_description())


def ask_all(folder: Path) -> dict[str, Any]:
    """Return the answer of each endpoint, by the operation's id, in a newsroom made in `folder`."""
    with mail_server(folder, {"rules": []}) as (port, _log):
        root = _make_newsroom(folder, port)
        # A server's clock is its machine's: each of these modules asks it where a request begins.
        with contextlib.ExitStack() as stack:
            for module in (
                "copydesk.desk._desk",
                "copydesk.desk._newsroom_thread",
                "copydesk.desk.sign_in._visitor",
                "copydesk.editing.what_if._workbench",
            ):
                stack.enter_context(mock.patch(f"{module}.datetime", Noon))
            hook = {"DISCORD_WEBHOOK": "https://chat.example/hook"}
            stack.enter_context(mock.patch.dict(os.environ, hook))
            return asyncio.run(_ask_all(root))


def _make_newsroom(folder: Path, port: int) -> Path:
    """Return a newsroom with two stories, a dropped lead, a letter that was sent, and readers."""
    root = filed_newsroom(folder)
    beat = root / "beat.toml"
    site, _, sources = beat.read_text("utf-8").partition("[[source]]")
    beat.write_text(f"{site}{_LETTER.format(port=port)}\n[[source]]{sources}", "utf-8")
    publishers = root / "_data/organizations"
    publishers.mkdir(parents=True, exist_ok=True)
    (publishers / "gull.example.md").write_text("---\nname: Gull\n---\n", "utf-8")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "a letter and a publisher")
    at = ("--now", "2026-11-20T12:00:00Z")
    for words in (
        ("mail", "doctor", "--overrule", "all", "--why", "loopback", "--as", "Anna"),
        ("mail", "compose", "daily", "--file"),
        ("desk", "user", "add", "Anna", "--role", "owner"),
    ):
        done = copydesk("-C", root, *at, *words)
        assert 0 == done.code, done.err
    fill_ledger(root, 24)
    url = "https://gull.example/dropped"
    with closing(Memory(root / ".copydesk/memory.sqlite")) as memory:
        memory.keep_fate(
            Fate(
                identity=urls.identity(url),
                url=url,
                state="dropped",
                at=NOON - timedelta(hours=1),
                reason="off-beat",
                detail="no topic",
                source="https://gull.example/feed.xml",
            )
        )
    return root


@contextlib.asynccontextmanager
async def _open_desk(root: Path) -> AsyncIterator[Asker]:
    """Serve the desk of a newsroom for the block; nothing files in the background."""
    turn, clock = asyncio.Lock(), VirtualClock(NOON)
    door = Door(
        is_from_here=lambda _scope: True,
        is_proxy=lambda _address: False,
        client_of=lambda _scope: "127.0.0.1",
        read_clocks=lambda: Moment(now=NOON, uptime_seconds=100.0),
    )
    async with turn:  # as while a round is at work: what is asked for waits
        on_demand = desk.OnDemand(
            rounds=CommandOnDemand(root, turn, clock),
            rejudging=CommandOnDemand(root, turn, clock),
        )
        with (
            open_newsroom(root, NOON, os.environ) as newsroom,
            closing(open_desk(newsroom.private)) as store,
        ):
            account = store.accounts.find("Anna")
            assert account is not None
            grant = TokenGrant(label="golden", scopes=TOKEN_SCOPES, lifetime=timedelta(days=9))
            token = store.tokens.make(account, grant, NOON)
            async with desk.serve_desk(newsroom, door, print, on_demand) as served:
                yield Asker(served.app, token)
        for command in (on_demand.rounds, on_demand.rejudging):
            assert command is not None
            await command.close()


async def _ask_all(root: Path) -> dict[str, Any]:
    async with _open_desk(root) as asker:
        await _ask_to_read(asker)
        await _ask_to_act(asker, root)
        await _ask_about_posts(asker)
        await _ask_to_keep(asker)
        await _ask_to_set_up(asker)
        await _ask_about_letters(asker, root)
        await _ask_about_readers(asker)
        await _ask_about_people(asker)
        return asker.answers


async def _ask_to_read(asker: Asker) -> None:
    ask = asker.ask
    await ask("read_token", "GET", "token")
    await ask("read_queue", "GET", "queue?view=all&limit=1")
    await ask("read_choices", "GET", "choices?view=all")
    await ask("read_story", "GET", f"stories/{WALL}")
    await ask("read_trail", "GET", f"stories/{WALL}/trail")
    await ask("read_drops", "GET", "dropped")
    await ask("read_sources", "GET", "sources")
    await ask("read_topics", "GET", "topics")
    await ask("read_lists", "GET", "lists")
    await ask("read_numbers", "GET", "numbers?days=2")
    await ask("read_recall", "GET", "recall")
    await ask("read_doctor", "GET", "doctor")
    answer = asker.answers["read_doctor"]["answer"]
    answer["findings"] = [one for one in answer["findings"] if one["check"] not in _OF_THE_MACHINE]


async def _ask_to_act(asker: Asker, root: Path) -> None:
    ask = asker.ask
    held = {"kind": "verdict", "said": "hold", "stories": [SEALS], "why": "to be checked"}
    await ask("put_actions", "POST", "actions", [held], "hold-seals")
    outcome = ActionOutcome(
        id="hold-seals", state="done", what="held", paths=(f"_news/{SEALS}.md",), commit="0" * 40
    )
    with closing(open_desk(root / ".copydesk")) as store:
        store.actions.note([outcome])
    await ask("read_action", "GET", "actions/hold-seals")
    await ask("undo_action", "POST", "actions/hold-seals/undo", None, "undo-hold")
    await ask("list_actions", "GET", "actions")
    ground = {"story": WALL, "words": "raise the sea wall"}
    proposed = {
        "kind": "verdict",
        "said": "publish",
        "stories": [WALL],
        "grounds": [ground],
        "why": "two sources",
    }
    await ask("put_proposal", "POST", "proposals", proposed, "publish-wall")
    await ask("read_proposal", "GET", "proposals/publish-wall")
    await ask("list_proposals", "GET", "proposals")
    await ask("take", "POST", "proposals/publish-wall/take")
    with closing(open_desk(root / ".copydesk")) as store:
        proposal = store.proposals.find("publish-wall")
        assert proposal is not None
    again = {**proposed, "said": "reject"}
    other = Asker(asker.app, asker.token)
    await other.ask("put_proposal", "POST", "proposals", again, "reject-wall")
    await ask("refuse", "POST", "proposals/reject-wall/refuse")


async def _ask_about_posts(asker: Asker) -> None:
    ask = asker.ask
    wanted = {"channel": "crew", "story": WALL, "words": "Look at this"}
    number = (await ask("put_post", "POST", "posts", wanted))["number"]
    await ask("decide_on_post", "POST", f"posts/{number}", {"do": "approve"})
    await ask("list_posts", "GET", f"posts?story={WALL}")
    await ask("resume_channel", "POST", "posts/channels/crew/resume")


async def _ask_to_keep(asker: Asker) -> None:
    ask = asker.ask
    await ask("put_view", "PUT", "views/Tides", {"query": "view=all&topic=Coast"})
    await ask("read_views", "GET", "views")
    await ask("drop_view", "DELETE", "views/Tides")
    stash = await ask("make_stash", "POST", "stashes", {"name": "For Friday"})
    place = f"stashes/{stash['id']}"
    await ask("change_stash", "PATCH", place, {"add": [WALL, SEALS], "order": [SEALS]})
    await ask("list_stashes", "GET", "stashes")
    await ask("drop_stash", "DELETE", place)
    await ask("put_draft", "PUT", "drafts", {"story": WALL, "fields": {"note": "not yet"}})
    await ask("read_draft", "GET", f"drafts?story={WALL}")
    await ask("drop_draft", "DELETE", f"drafts?story={WALL}")
    picture = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(picture, "PNG")
    await ask("put_picture", "POST", "pictures", picture.getvalue())
    await ask("preview_page", "POST", "previews", {"url": "https://gull.example/wall"})


async def _ask_to_set_up(asker: Asker) -> None:
    ask = asker.ask
    url = "https://new.example/feed.xml"
    new = {"sources": [{"url": url, "name": "New"}]}
    known = await ask("read_settings", "GET", "settings")
    values = {"site.accent": "#17603c", "publish.languages": True}
    await ask("change_settings", "PATCH", "settings", {"seen": known["seen"], "values": values})
    added = await ask("add_sources", "POST", "sources", new)
    gull = "https://gull.example/feed.xml"
    block = await ask("read_source", "GET", f"sources/one?url={gull}")
    change = {"trust": "hold", "include": ["sea"], "seen": block["seen"]}
    await ask("change_source", "PATCH", f"sources/one?url={gull}", change)
    unkept = Asker(asker.app, asker.token)
    now = await unkept.ask("read_source", "GET", f"sources/one?url={url}")
    await ask("end_source", "DELETE", f"sources/one?url={url}&seen={now['seen']}")
    await ask("look_for_sources", "POST", "sources/looks", {"url": "https://new.example/"})
    await ask("begin_round", "POST", "round", {})
    await ask("read_round", "GET", "round")
    await ask("begin_rejudging", "POST", "rejudging", {})
    await ask("read_rejudging", "GET", "rejudging")
    await ask("add_topic", "POST", "topics", {"name": "Harbours"})
    known = await ask("read_topic", "GET", "topics/harbours")
    change = {"keywords": ["Harbours", "quay"], "seen": known["seen"]}
    changed = await ask("change_topic", "PATCH", "topics/harbours", change)
    await ask("undo_settings", "POST", f"settings/{changed['commit']}/undo")
    known = await unkept.ask("read_topic", "GET", "topics/harbours")
    await ask("end_topic", "DELETE", f"topics/harbours?seen={known['seen']}")
    (gull,) = (await ask("read_organizations", "GET", "organizations"))["organizations"]
    change = {"name": "The Gull", "owner": "heron.example", "seen": gull["seen"]}
    await ask("change_organization", "PATCH", "organizations/gull.example", change)
    assert added["commit"]
    await _ask_to_try_rules(asker)


async def _ask_to_try_rules(asker: Asker) -> None:
    ask = asker.ask
    begun = await ask("try_rules", "POST", "trials", {"publish_at": 100_000, "half_life_hours": 12})
    told = await _until_tried(asker, begun["id"])
    sent = {"stands": told["outcome"]["stands"], "sure": True}
    await ask("write_trial", "POST", f"trials/{begun['id']}/write", sent)
    await ask("give_up_trial", "DELETE", f"trials/{begun['id']}")


async def _until_tried(asker: Asker, trial: str) -> Any:
    while True:
        attempt = Asker(asker.app, asker.token)
        told = await attempt.ask("read_trial", "GET", f"trials/{trial}")
        if told["state"] != "waits":
            asker.answers |= attempt.answers
            return told
        await asyncio.sleep(0.02)


async def _ask_about_letters(asker: Asker, root: Path) -> None:
    ask = asker.ask
    await ask("read_letters", "GET", "letters")
    await ask("read_issue", "GET", "letters/daily")
    subject = {"field": "subject", "value": ["The wall"]}
    await ask("change_issue", "PUT", "letters/daily/edits", {"changes": [subject]})
    done, paused = "tidewatch-2026-11-10", "tidewatch-2026-11-13"
    (file,) = (root / "_newsletters").glob("*.html")
    await ask("list_sendings", "GET", "mailing?limit=3")
    await ask("list_unsent", "GET", "mailing/unsent")
    uncertain = (await ask("read_sending", "GET", f"mailing/issues/{done}"))["counts"]["uncertain"]
    await ask("list_deliveries", "GET", f"mailing/issues/{done}/who?state=refused")
    who = {"address": "reader20@d20.example"}
    await ask("find_delivery", "POST", f"mailing/issues/{done}/who", who)
    tried = {"address": "me@trial.example"}
    await ask("try_letter", "POST", f"mailing/issues/{file.stem}/test", tried)
    letter = await ask("read_letter_file", "GET", f"mailing/issues/{file.stem}/letter")
    asker.answers["read_letter_file"]["answer"] = dict.fromkeys(letter, "<a mail in base64>")
    await ask("send_again", "POST", f"mailing/issues/{done}/send-again", {"readers": uncertain})
    await ask("send_issue", "POST", f"mailing/issues/{paused}/send")
    await ask("pause_sending", "POST", f"mailing/issues/{paused}/pause")
    await ask("end_sending", "POST", f"mailing/issues/{paused}/end")
    await ask("read_checks", "GET", "mailing/checks")
    await ask("make_checks", "POST", "mailing/checks")


async def _ask_about_readers(asker: Asker) -> None:
    ask = asker.ask
    await ask("count_readers", "GET", "mailing/readers")
    new = {"address": "new@n.example", "letter": "daily", "consent": "a card"}
    number = (await ask("add_reader", "POST", "mailing/readers", new))["number"]
    place = f"mailing/readers/{number}"
    await ask("find_reader", "POST", "mailing/readers/find", {"address": "NEW@n.example"})
    await ask("read_reader", "GET", place)
    await ask("remove_reader", "POST", f"{place}/remove")
    await ask("erase_reader", "DELETE", place)
    data = b"email\r\none@i.example\r\nno\r\none@i.example\r\n"
    path = "mailing/readers/import?letter=daily&consent=a+fair"
    await ask("import_readers", "POST", path, data)
    await ask("export_readers", "POST", "mailing/readers/export")
    off = {"address": "off@n.example", "why": "asked for it"}
    await ask("put_suppression", "POST", "mailing/suppressions", off)
    listed = await ask("list_suppressions", "GET", "mailing/suppressions")
    kept = sorted(listed["suppressions"], key=_encode)  # the store's key is of chance
    asker.answers["list_suppressions"]["answer"]["suppressions"] = kept
    await ask("lift_suppression", "POST", "mailing/suppressions/lift", {"address": off["address"]})


async def _ask_about_people(asker: Asker) -> None:
    ask = asker.ask
    await ask("add_person", "POST", "people", {"name": "Cleo", "role": "viewer"})
    await ask("set_role", "PATCH", "people/Cleo", {"role": "editor"})
    await ask("list_people", "GET", "people")
    await ask("reset_person", "POST", "people/Cleo/reset")
    await ask("end_sessions", "POST", "people/Cleo/end")
    await ask("remove_person", "DELETE", "people/Cleo")


def list_operations(description: Any) -> Iterator[str]:
    """Walk the ids of the operations of a description."""
    for methods in description["paths"].values():
        for operation in methods.values():
            yield operation["operationId"]


def write_json(value: Any) -> str:
    """Return JSON as it is kept, a line for each value."""
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write what is kept anew."""
    machine.isolate()
    KEPT.mkdir(exist_ok=True)
    (KEPT / "openapi.json").write_text(write_json(describe()), "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        answers = ask_all(Path(folder))
    (KEPT / "answers.json").write_text(write_json(answers), "utf-8")


if __name__ == "__main__":
    main()
