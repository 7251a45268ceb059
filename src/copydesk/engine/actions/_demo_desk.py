"""The demo's desk: some stories wait for an editor, and an editor has a link in."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from copydesk.catalogue import Catalogue, StoryFilter
from copydesk.engine.actions._show_pictures import make_pictures
from copydesk.engine.cataloguing import ask_catalogue
from copydesk.engine.editing import apply_actions
from copydesk.engine.newsroom import Newsroom
from copydesk.news import EditorAction, Standing

_BY = "copydesk demo"
_WHY = "the example lets what the gate keeps back wait for you"
_BELOW = frozenset({Standing.BELOW_GATE})


def let_stories_wait(newsroom: Newsroom) -> int:
    """Hold what the gate keeps back, once in a newsroom; return how many stories that are.

    None of them is on the site, before or after it.
    """

    def find(catalogue: Catalogue) -> list[str]:
        if catalogue.find_verdicts():
            return []
        return catalogue.find(StoryFilter(standings=_BELOW))

    paths = ask_catalogue(newsroom, find)
    actions = [
        EditorAction(
            id=str(uuid5(NAMESPACE_URL, path)),
            kind="verdict",
            said="hold",
            by=_BY,
            at=newsroom.now,
            stories=(path.rsplit("/", 1)[-1].removesuffix(".md"),),
            why=_WHY,
        )
        for path in paths
    ]
    make_pictures(newsroom, paths)
    return sum(outcome.state == "done" for outcome in apply_actions(newsroom, actions))
