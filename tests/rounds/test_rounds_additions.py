"""What another newsroom adds is in the record, on the page, and gone when it may not be shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from world.command import copydesk
from world.later import TITLE, WALL_PAGE, at, run
from world.newsroom import NOW, WALL, Answer, feed, newsroom, page, record_web, run_git

pytestmark = pytest.mark.slow

NAME = "2026-11-19-council-votes-to-raise-the-sea-wall-of-port-sable-by-two-metres"
LEAD = "2026-11-19-sea-wall-to-rise-by-two-metres"
HERON_TITLE = "Council votes to raise the sea wall of Port Sable by two metres"
HERON_PAGE = "https://heron.example/wall"
HEAD = '<meta name="description" content="Port Sable gets a higher sea wall along the coast.">'
ADDED = "Engineer Marek Olsen told the council that the sea wall of Port Sable needs 12,500 stones."
HERON = (
    "Port Sable gets a higher sea wall along the coast after the council voted on Thursday for "
    "two more metres of stone.\n"
    "Crossings of the tide last winter had worried the residents of Lower Street, and the school "
    "was closed on two days. The province will pay half of the costs of 41 million crowns, and "
    "work on the wall begins in March. Boats will find their places behind the new harbour gate, "
    "which is to stay open in the summer months. Shops at the quay want to be told early, since "
    "the road along the coast will be narrow while stone is brought there by lorry each morning.\n"
    f"{ADDED}"
)


def web(tmp_path: Path, *later: Answer) -> Path:
    date = "Thu, 19 Nov 2026 10:00:00 GMT"
    heron = page(HERON_TITLE, HERON, head=HEAD)
    return record_web(
        tmp_path / "web.warc.gz",
        {
            "https://gull.example/feed.xml": feed((TITLE, WALL_PAGE, date)),
            WALL_PAGE: page(TITLE, f"{WALL}\n{WALL.splitlines()[0].replace('Thursday', 'a day')}"),
            "https://heron.example/feed.xml": feed((HERON_TITLE, HERON_PAGE, date)),
            HERON_PAGE: [heron, *later],
        },
    )


def has_it(root: Path) -> tuple[bool, bool]:
    """Return whether the main story's record and its page have the sentence."""
    record = (root / "_news" / f"{LEAD}.md").read_text("utf-8")
    shown = root / ".copydesk/site/news" / LEAD / "index.html"
    return ADDED in record, ADDED in shown.read_text("utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    said = "said: lead\n    by: Ed\n    at: 2026-11-18T10:00:00Z\n    why: so"
    rule = f"rules:\n  - {said}\n    stories:\n      - {LEAD}\n"
    root = newsroom(tmp_path / "beat", more="[excerpt]\nmax_share = 0.4\n")
    (root / "_data/rulings.yaml").write_text(rule)
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "a rule")
    return root


def say(root: Path, *words: str) -> None:
    said = copydesk("-C", root, "--now", NOW.isoformat(), *words, "--why", "court", "--as", "Ed")
    assert said.code == 0, said.err


def test_a_sentence_is_shown_until_its_report_is_removed(root: Path, tmp_path: Path) -> None:
    recorded = web(tmp_path)
    run(root, recorded)
    assert (True, True) == has_it(root)

    say(root, "verdict", f"_news/{NAME}.md", "remove")
    assert not has_it(root)[1]  # the page at once, the record with the next round
    run(root, recorded, 1)
    assert (False, False) == has_it(root)


def test_a_sentence_that_its_publisher_takes_back_is_gone(root: Path, tmp_path: Path) -> None:
    recorded = web(tmp_path, at(1, page(HERON_TITLE, HERON.replace(ADDED, ""), head=HEAD)))
    run(root, recorded)
    assert (True, True) == has_it(root)

    run(root, recorded, 2)
    assert (False, False) == has_it(root)


def test_a_rule_holds_through_later_rounds_until_it_is_undone(root: Path, tmp_path: Path) -> None:
    recorded = web(tmp_path)
    run(root, recorded)
    say(root, "rule", "set", f"_news/{LEAD}.md", "additions", "none")
    assert copydesk("-C", root, "--now", NOW.isoformat(), "build").code == 0
    assert (False, False) == has_it(root)
    run(root, recorded, 1)
    assert (False, False) == has_it(root)
