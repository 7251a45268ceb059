"""What a site repeats is learned over its pages and kept from round to round."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import archive
from copydesk.news import Story
from copydesk.newsroom import open_newsroom
from copydesk.rounds import SiteHabits
from world.later import at, forget_memory, run, story
from world.newsroom import NOW, Answer, feed, newsroom, page, record_web

pytestmark = pytest.mark.slow

BOX = (
    "Quiet water, loud news: five readers of ours walk the coast each Sunday and write down for "
    "all the others what they met there, from jellyfish to old anchors."
)
KINDS = ("gull", "heron", "tern", "plover", "curlew", "avocet", "egret", "dunlin")


def address(kind: str) -> str:
    return f"https://gull.example/{kind}"


def article(kind: str, box: str = BOX) -> Answer:
    """Give a page on a bird of the coast; each tells the same of another, in its own words."""
    lines = [
        f"The {kind} has come back to the coast of Port Sable, and {len(kind)} nests were counted.",
        f"A {kind} lays late; who meets one, the warden of the {kind} says, should turn round.",
        f"Until June the path below the sea wall stays closed, {kind} or no {kind}, he added.",
        box,
    ]
    return page(f"The {kind} is back on the coast", "\n".join(filter(None, lines)))


def web(tmp_path: Path, later: str = "") -> Path:
    """Record a publisher whose feed lists three birds, and after two hours the others too."""
    date = "Thu, 19 Nov 2026 10:00:00 GMT"
    items = [(f"The {kind} is back on the coast", address(kind), date) for kind in KINDS]
    answers: dict[str, Answer | list[Answer]] = {
        "https://gull.example/feed.xml": [feed(*items[:6]), at(2, feed(*items))],
        "https://heron.example/feed.xml": feed(),
        **{address(kind): article(kind) for kind in KINDS},
    }
    if later:
        answers[address("gull")] = [article("gull"), at(1, article("gull", later))]
    return record_web(tmp_path / "web.warc.gz", answers)


def texts(root: Path) -> dict[str, str]:
    """Give the text of each filed story, without what its site repeats, by its bird."""
    with open_newsroom(root, NOW, {}) as opened:
        kept = ((kind, opened.articles.find(address(kind))) for kind in KINDS)
        sites = SiteHabits(opened.articles, opened.memory, opened.beat.excerpt)
        return {kind: sites.settle(article).text for kind, article in kept if article is not None}


def test_a_passage_on_each_of_a_sites_pages_is_in_none_of_their_texts(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    assert 6 == len(run(root, web(tmp_path)).filed)

    assert set(KINDS[:6]) == set(texts(root))
    assert not [kind for kind, text in texts(root).items() if "jellyfish" in text]
    assert all("path below the sea wall" in text for text in texts(root).values())


def test_a_later_round_knows_what_an_earlier_one_has_learned(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web(tmp_path))
    assert 2 == len(run(root, web(tmp_path), 3, all_due=True).filed)

    assert "jellyfish" not in texts(root)["egret"]


def test_a_second_look_does_not_take_for_a_correction_what_was_learned(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web(tmp_path))
    report = run(root, web(tmp_path), 2)

    assert (6, ()) == (report.looked_again, report.updated)
    assert [] == [one.history for one in stories(root) if one.history]


def test_a_site_that_drops_its_box_has_corrected_nothing(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web(tmp_path, later=" "))
    report = run(root, web(tmp_path, later=" "), 2)

    assert () == report.updated
    assert () == story(root, "_news/2026-11-19-the-gull-is-back-on-the-coast.md").history


def test_a_lost_memory_learns_again_from_what_was_kept_and_corrects_nothing(
    tmp_path: Path,
) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web(tmp_path))
    forget_memory(root)
    run(root, web(tmp_path), 3)
    report = run(root, web(tmp_path), 30)

    assert () == report.updated
    assert [] == [one.history for one in stories(root) if one.history]
    assert "jellyfish" not in texts(root)["gull"]


def stories(root: Path) -> list[Story]:
    return list(archive.Archive(root).stories(lambda error: pytest.fail(str(error))))
