"""A first round that is killed, and finished by the next, gives what an undisturbed one gives.

Killed before six of its changes of articles, records and memory, spread over all of them; before so
many more, and in the demo's world, with COPYDESK_KILLS=60.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from copydesk import newsroom as newsroom_room
from copydesk.newsroom import starts
from world.killed import Commands, commands, spread
from world.newsroom import KEY, NOW, Answer, feed, newsroom, page, record_web, run_git

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("COPYDESK_KILLS", "6"))
AMONG = ("/.copydesk/articles/", "/_news/")
CONTACT = "Media contact: the press office of the harbour, which answers on each working day."
TOLD = {
    "ferry": "The night ferry is sold to an owner who wants to sail it up a river with pilgrims.",
    "kelp": "Farmers plant kelp on ropes, and cut it in spring for bread, soap and fodder.",
    "lamp": "An electric lamp takes the place of oil in the tower that was built by monks.",
    "mussels": "Mussels are closed to pickers, because algae of a red kind have bloomed.",
    "dunes": "Marram grass is set by school classes where horses have trodden the dunes.",
    "wreck": "Divers raise a bell from a wreck whose name is not in any register.",
    "tram": "The tram along the promenade runs on batteries, charged at either end.",
    "storm": "Insurers count the roofs that went in January, four hundred in one street.",
    "museum": "A museum shows nets, floats and the letters of three widows of whalers.",
}


def article(kind: str, number: int) -> Answer:
    """Give a page on one thing of the coast; four of nine end with the same box."""
    told = f"{TOLD[kind]} So the council of the coast heard on its {number}. day of sitting."
    lines = [told, f"Who asks for {kind} at Port Sable is sent to door {number}."]
    if number < 4:
        lines.append(CONTACT)
    return page(f"{kind.title()} on the coast, in new hands", "\n".join(lines))


@pytest.fixture(scope="module")
def run() -> Iterator[Commands]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COPYDESK_KEY", KEY)
        with commands() as run:
            yield run


def coast(folder: Path) -> tuple[Path, Path]:
    """Make a newsroom and the web of a publisher whose pages repeat a line, just not often."""
    date = "Thu, 19 Nov 2026 10:00:00 GMT"
    addresses = {kind: f"https://gull.example/{kind}" for kind in TOLD}
    answers = {addresses[kind]: article(kind, number) for number, kind in enumerate(TOLD)}
    answers["https://gull.example/feed.xml"] = feed(
        *((kind, address, date) for kind, address in addresses.items())
    )
    answers["https://heron.example/feed.xml"] = feed()
    return newsroom(folder / "coast"), record_web(folder / "web.warc.gz", answers)


def demo(folder: Path) -> tuple[Path, Path]:
    """Make the demo's; its stories are grouped, which a half-filed round does otherwise.

    So it holds before the first record and after the last (docs/design/rounds.md says why).
    """
    if "COPYDESK_KILLS" not in os.environ:
        pytest.skip("takes a quarter of an hour: set COPYDESK_KILLS")
    with starts.demo() as world:
        starts.demo_newsroom(folder / "demo", world.now)
        return folder / "demo", Path(shutil.copy(world.web, folder))


def outcome(root: Path) -> tuple[dict[str, bytes], str, dict[str, bytes], list[str]]:
    """Give the records, git's tree, and what is known of the sites and by whom."""
    records = {path.name: path.read_bytes() for path in (root / "_news").glob("*.md")}
    with newsroom_room.open_newsroom(root, NOW, {"COPYDESK_KEY": KEY}) as desk:
        sites, taught = dict(desk.memory.sites.items()), desk.memory.taught.keys()
    return records, run_git(root, "rev-parse", "HEAD^{tree}"), sites, taught


@pytest.mark.parametrize("world", [coast, demo])
def test_a_killed_first_round_is_finished_as_if_nothing_had_happened(
    tmp_path: Path, run: Commands, world: Callable[[Path], tuple[Path, Path]]
) -> None:
    begun, web = world(tmp_path)

    def round_of(root: Path, killed_at: int = 0) -> int:
        words = ("-C", root, "--now", NOW.isoformat(), "run", "--web", web, "--all-due")
        return run(*words, killed_at=killed_at, among=AMONG)

    whole = shutil.copytree(begun, tmp_path / "whole")
    assert 0 == round_of(whole)
    expected, changes = outcome(whole), run.changes

    for moment in spread(changes, KILLS):
        root = shutil.copytree(begun, tmp_path / f"killed-{moment}")
        assert -9 == round_of(root, moment)
        assert 0 == round_of(root)
        assert expected == outcome(root), f"killed at {moment} of {changes}"
