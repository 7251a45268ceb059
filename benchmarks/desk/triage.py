"""An editor works off a hundred waiting stories by keyboard, in a real Chromium.

    PYTHONPATH=tests python benchmarks/desk/triage.py FOLDER [--read] [--two] [--run]

makes a newsroom in FOLDER, serves it, and decides on each story by a key: publish, hold, reject
with a reason, in turn. With `--read` the editor sees the text of each story first: at the side,
or on its own page where the desk has no view at the side. `--two`: two editors take turns on the
same list. `--run`: runs file new stories meanwhile. Prints the seconds of
the machine, decisions and their outcomes, stories that were decided twice, key presses, loads of
pages, and the minutes of a person who needs four seconds for each decision.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from rounds import RunningRounds
from world.browsing import Window, come_in, come_in_by_link, new_context, origin_of, start_chromium
from world.served_newsroom import ServedNewsroom, serve_newsroom
from world.waiting import waiting_newsroom

COUNT, PERSON_SECONDS = 100, 4.0
PAUSE_SECONDS = 0.7  # between the decisions of two editors, who take turns
SENT = "!Object.keys(localStorage).some((key) => key.startsWith('copydesk-outbox'))"
HAND = "(document.querySelector('.row.here')?.dataset.name ?? '')"
OPEN = "(document.querySelector('.row.here:not(.done)')?.dataset.name ?? '')"
LEFT = "document.querySelector('[data-more], .row:not(.done)') !== null"
OTHERS = ".row.here ~ .row:not(.gone, .done)"
# whose text the side shows
SIDE = "(document.querySelector('#side[data-story]')?.dataset.story ?? '')"
TOLD = "fetch('/desk/actions').then((answer) => answer.json())"


class Triage:
    """An editor at the list of waiting stories: the window, its loads of pages, the decisions."""

    def __init__(self, window: Window, *, reads: bool, pause_seconds: float) -> None:
        self.window, self.reads, self.loads, self.decided = window, reads, 0, 0
        self.pause_seconds = pause_seconds
        window.go("/desk/")
        window.wait_for("document.querySelector('.row.here')")
        self.has_side = bool(window.page.query_selector("[data-do=side]"))
        if reads and self.has_side:
            window.press("q")
        window.page.on("load", self._count)
        window.presses = 0

    def _count(self, _page: object) -> None:
        self.loads += 1

    def decide(self) -> bool:
        """Decide on the story under the hand; return whether there was one."""
        window, page = self.window, self.window.page
        page.wait_for_timeout(self.pause_seconds * 1000)
        while page.query_selector("dialog[open] .conflict"):
            window.press("Escape")
            page.wait_for_timeout(20)
        while page.query_selector(".row.here.gone") and page.query_selector(OTHERS):
            window.press("j")  # somebody else has decided on it
        for _ in range(100):  # more rows may be on their way
            name = page.evaluate(OPEN)
            if name or not page.evaluate(LEFT):
                break
            page.wait_for_timeout(20)
        if not name:
            return False
        if self.reads and self.has_side:
            window.wait_for(f"{SIDE} === '{name}'")
        elif self.reads:
            window.press("o")
            page.wait_for_url("**/story/**")
            window.press("Escape")
            window.wait_for(f"document.querySelector('#rows') && {HAND} !== ''")
        key = "phr"[self.decided % 3]
        window.press(key)
        if key == "r":
            window.wait_for("document.querySelector('dialog[open] .choices')")
            window.press("2")
        self.decided += 1
        return True


@contextlib.contextmanager
def editors(served: ServedNewsroom, *names: str) -> Iterator[list[Window]]:
    """Sign each editor in with a browser of their own."""
    with (
        sync_playwright() as playwright,
        start_chromium(playwright) as chromium,
        contextlib.ExitStack() as stack,
    ):
        windows = []
        for name in names:
            context = stack.enter_context(new_context(chromium, (1280, 900)))
            windows.append(Window.open(context, origin_of(served)))
            if name == names[0]:
                come_in(windows[0], served, name)
            else:
                come_in_by_link(windows[-1], served, name)
        yield windows


def main() -> None:
    folder = Path(sys.argv[1])
    names = ("Anna", "Ben") if "--two" in sys.argv else ("Anna",)
    root = waiting_newsroom(folder / "beat", COUNT)
    with contextlib.ExitStack() as stack:
        served = stack.enter_context(serve_newsroom(root))
        windows = stack.enter_context(editors(served, *names))
        if "--run" in sys.argv:
            stack.enter_context(RunningRounds(root))
        reads, pause = "--read" in sys.argv, PAUSE_SECONDS if len(windows) > 1 else 0
        desks = [Triage(window, reads=reads, pause_seconds=pause) for window in windows]
        began = time.monotonic()
        while sum(desk.decide() for desk in desks):
            pass
        for desk in desks:
            desk.window.wait_for(SENT)
        spent = time.monotonic() - began
        told = [one for desk in desks for one in desk.window.page.evaluate(TOLD)]
    states = Counter(one["state"] for one in told)
    twice = Counter(name for one in told if one["state"] == "done" for name in one["stories"])
    decisions = sum(desk.decided for desk in desks)
    person = decisions * PERSON_SECONDS / len(desks) + spent - pause * decisions
    print(f"{'seconds of the machine':28} {spent:.1f}")
    print(f"{'decisions':28} {decisions} {dict(states)}")
    print(f"{'stories decided twice':28} {sum(count > 1 for count in twice.values())}")
    print(f"{'key presses':28} {sum(desk.window.presses for desk in desks)}")
    print(f"{'loads of pages':28} {sum(desk.loads for desk in desks)}")
    print(f"{'a person, minutes':28} {person / 60:.1f}")


if __name__ == "__main__":
    with contextlib.suppress(IndexError):
        Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    main()
