"""A short life for a newsroom of an earlier commit; runs on that commit's own code and tests.

PYTHONPATH=OLD/src:OLD/tests python -P tests/world/former_steps.py FOLDER
"""

from __future__ import annotations

import importlib.util
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from world.command import copydesk
from world.newsroom import NOW, newsroom, record_web, small_web

ROUND = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
WALL = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"
SEALS = "_news/2026-11-19-grey-seals-are-back-on-the-coast.md"


def live(root: Path) -> None:
    """Make a newsroom with two stories, decisions, a rule and a site; then a desk, and readers."""
    newsroom(root)
    web = record_web(root.parent / "web.warc.gz", small_web())
    for words in (
        ("run", "--web", web),
        ("verdict", SEALS, "hold", "--why", "we ask the university first", "--as", "Ada"),
        ("rule", "pin", WALL, "--why", "the vote is on Thursday", "--as", "Ada"),
        ("build",),
    ):
        _do(root, *words)
    if importlib.util.find_spec("copydesk.desk_store"):
        _keep_a_desk(root)
    if importlib.util.find_spec("copydesk.mail_store"):
        from world.mail_desk import fill_ledger

        fill_ledger(root, readers=24)  # each fate of a letter is among as many


def _keep_a_desk(root: Path) -> None:
    import copydesk.desk_store as of_then  # what it exports has changed since

    names = vars(of_then)

    _do(root, "desk", "user", "add", "ada", "--role", "owner")
    _do(root, "desk", "user", "add", "ben", "--role", "viewer")
    with closing(of_then.open_desk(root / ".copydesk")) as store:
        at = NOW + timedelta(minutes=3)
        draft = names["Draft"](story=WALL, field="title", text="Sea wall to rise", at=at)
        store.drafts.keep("ada", draft)


def _do(root: Path, *words: object) -> None:
    said = copydesk("-C", root, "--now", ROUND, *words)
    if said.code:
        sys.exit(f"{words}: {said.err}")


if __name__ == "__main__":
    live(Path(sys.argv[1]))
