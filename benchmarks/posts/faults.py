"""Kill posting 200 times and let networks misbehave 400 times: is each story there once?

PYTHONPATH=tests .venv/bin/python benchmarks/posts/faults.py [--kills 200] [--faults 400] [--seed 1]

Every tenth story is corrected meanwhile, and every tenth is removed.
Six channels post the same stories to networks on loopback, which run in a process of their own. A
look at what is due is a forked process; half of them are killed at a random moment. Prints for each
channel what its network has beside what the log says, and exits with 1 if a story is there twice,
is lost, or if the log and the network differ. Time is simulated: it goes on between two looks.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

from aiohttp import web

from copydesk.building import posts
from copydesk.desk_store import open_desk
from copydesk.newsroom import open_newsroom
from world.chats import CHANNEL, ROOM, WEBHOOK, FakeChats
from world.mastodon import FakeMastodon
from world.networks import NOON, FakeNetwork, Handler
from world.pds import HANDLE, FakePds
from world.post_newsroom import SECRETS, PostDesk, channel

FAULTS = (
    *("500", "done:500", "html", "done:html", "closes", "done:closes", "429"),
    *("late", "done:late", "drip", "done:drip", "done:twice"),
)
SHARE = 0.4  # of requests that meet a fault
STORIES = 190
CORRECTED, REMOVED = range(0, STORIES, 10), range(1, STORIES, 10)
_KILLED_WITHIN = 0.25  # seconds
_CHANNELS = {
    "mastodon": (FakeMastodon, 'server = "{url}"', "TOKEN"),
    "bluesky": (
        FakePds,
        f'server = "{{url}}"\naccount = "{HANDLE}"\ncorrections = "replace"',
        "PASSWORD",
    ),
    "discord": (FakeChats, "", "HOOK"),
    "telegram": (FakeChats, 'server = "{url}"\naccount = "@coast"', "CHAT_TOKEN"),
    "matrix": (FakeChats, f'server = "{{url}}"\naccount = "{ROOM}"', "CHAT_TOKEN"),
    "slack": (FakeChats, f'server = "{{url}}"\naccount = "{CHANNEL}"', "CHAT_TOKEN"),
}


def serve(pipe: Connection, moment: Synchronized[float], limit: int, seed: int) -> None:
    """Run the networks until asked what they have."""

    async def run() -> None:
        chance, left = random.Random(seed), [limit]
        networks: dict[str, FakeNetwork] = {}
        counts: collections.Counter[str] = collections.Counter()

        def add_faults(network: FakeNetwork) -> None:
            real = network._answer  # noqa: SLF001 - a wrapper around every answer

            async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
                network.now = NOON + timedelta(seconds=moment.value)
                if left[0] > 0 and chance.random() < SHARE:
                    left[0] -= 1
                    fault = chance.choice(FAULTS)
                    counts[fault] += 1
                    network.plan = [fault]
                return await real(request, handler)

            network._answer = answer  # type: ignore[method-assign]  # noqa: SLF001

        async with contextlib.AsyncExitStack() as stack:
            for name, (kind, _, _) in _CHANNELS.items():
                network = networks[name] = kind()
                network.wait_seconds = 5
                if isinstance(network, FakeChats):
                    network.kind = name
                add_faults(network)
                await stack.enter_async_context(network)
            pipe.send({name: network.url for name, network in networks.items()})
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, pipe.recv)
            pipe.send(({name: what_it_has(network) for name, network in networks.items()}, counts))

    asyncio.run(run())


def what_it_has(network: FakeNetwork) -> list[str]:
    """Return the text of everything that a network shows."""
    if isinstance(network, FakeMastodon):
        return [status.text for status in network.statuses.values()]
    if isinstance(network, FakePds):
        return [str(record["text"]) for record in network.records.values()]
    assert isinstance(network, FakeChats)
    shown = dict(network.messages)
    for message in network.messages.values():  # an edit at Matrix is a message that replaces one
        if target := message.get("m.relates_to", {}).get("event_id", "").removeprefix("$"):
            shown[target] = message["m.new_content"]
    return [json.dumps(message) for message in shown.values() if "m.relates_to" not in message]


def prepare(root: Path, urls: dict[str, str]) -> PostDesk:
    """Make the newsroom and its channels."""
    blocks = ""
    for name, (_, more, variable) in _CHANNELS.items():
        block = channel(name, more.replace("{url}", urls[name]), variable)
        blocks += block.replace('id = "out"', f'id = "{name}"\npause_minutes = 0\nmost_a_day = 200')
    desk = PostDesk(root=root, network=FakeMastodon(), channel=blocks)
    desk.prepare()
    desk.environ = {**SECRETS, "HOOK": urls["discord"] + WEBHOOK}
    return desk


def change(desk: PostDesk, story: int) -> None:
    """Correct or remove a story."""
    name = f"2026-12-02-{story}"
    if story in CORRECTED:
        desk.file(name, f"Report {story} is corrected")
    else:
        desk.remove(name)


def look(desk: PostDesk, kill_after: float | None) -> bool:
    """Send the due posts in a process of its own; return whether it was killed."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            with open_newsroom(desk.root, desk.now, desk.environ) as newsroom:
                posts.send_posts(newsroom, lambda: desk.now)
            code = 0
        finally:
            os._exit(code)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def compare(desk: PostDesk, shown: dict[str, list[str]]) -> list[str]:
    """Print each channel's figures; return what is wrong."""
    wrong: list[str] = []
    with contextlib.closing(open_desk(desk.root / ".copydesk")) as store:
        every = store.posts.list_latest(10_000)
        named = {post.number for post in store.posts.list_uncertain(NOON)}
    for name, texts in shown.items():
        mine = [post for post in every if post.channel == name]
        states = collections.Counter(post.state for post in mine)
        there = collections.Counter(
            story
            for story in range(STORIES)
            for text in texts
            if f"/news/2026-12-02-{story}/" in text
        )
        kept = {int(post.story.rsplit("-", 1)[1]): post for post in mine}
        stays = [
            story for story in REMOVED if there[story] and kept[story].state not in {"uncertain"}
        ]
        old = [
            story
            for story in CORRECTED
            for text in texts
            if f"/news/2026-12-02-{story}/" in text
            and f"Report {story} " not in text
            and kept[story].state == "sent"
        ]
        twice = [story for story, count in there.items() if count > 1]
        lost = set(range(STORIES)) - {int(post.story.rsplit("-", 1)[1]) for post in mine}
        differ = [
            post.story
            for post in mine
            if (post.state == "sent" and not there[int(post.story.rsplit("-", 1)[1])])
            or (
                post.state not in {"sent", "uncertain"} and there[int(post.story.rsplit("-", 1)[1])]
            )
        ]
        unnamed = [
            post.story for post in mine if post.state == "uncertain" and post.number not in named
        ]
        figures = {
            "twice": twice, "lost": lost, "differ": differ, "unnamed": unnamed,
            "removed but there": stays, "not corrected": old,
        }  # fmt: skip
        told = ", ".join(f"{kind} {len(found)}" for kind, found in figures.items())
        print(f"{name:9} shows {sum(there.values()):3} of {STORIES}; log {dict(states)}; {told}")
        wrong += [f"{name}: {kind}: {story}" for kind, found in figures.items() for story in found]
    return wrong


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--faults", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    here, there = multiprocessing.Pipe()
    moment: Any = multiprocessing.Value("d", 0.0)
    server = multiprocessing.Process(target=serve, args=(there, moment, given.faults, given.seed))
    server.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            desk = prepare(Path(folder), here.recv())
            look(desk, None)
            for story in range(STORIES):
                heat = chance.randrange(90)
                desk.file(f"2026-12-02-{story}", f"Story {story} of the coast", heat=heat)
            changes = [*CORRECTED, *REMOVED]
            chance.shuffle(changes)
            kills = looks = calm = 0
            while calm < 40:
                kill = kills < given.kills and chance.random() < 0.7
                kills += look(desk, chance.random() * _KILLED_WITHIN if kill else None)
                looks += 1
                if changes and looks % 3 == 0:
                    change(desk, changes.pop())
                is_over = kills >= given.kills and not changes
                calm = calm + 1 if is_over else 0
                step = 600.0 if calm > 2 else chance.choice([1.0, 5.0, 30.0, 61.0])
                desk.now += timedelta(seconds=step)
                moment.value += step
                if looks % 20 == 0:
                    print(f"{looks} looks, {kills} kills", file=sys.stderr, flush=True)
            here.send("all")
            shown, counts = here.recv()
            print(f"{looks} looks, {kills} kills, {sum(counts.values())} faults: {dict(counts)}")
            wrong = compare(desk, shown)
    finally:
        server.terminate()
        server.join()
    print("\n".join(wrong) or "each story once, nothing lost, every uncertain post is named")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
