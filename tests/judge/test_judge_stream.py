"""The stream: a beat's own words, and headlines that come again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from copydesk import judge
from copydesk.news import Beat, Reason, Shelved, Story, Topic

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROBOTS = Topic(id="robots", name="Robots", keywords=("robot",))
VELMORA = Topic(id="velmora", name="Velmora", parent="Robots", keywords=("velmora", "velmoran"))
RULES = "The Velmoran Government Establishes Robot Rules – Will Other Countries Follow?"
SALE = "Harrow's Bazaar Sells Last of Its Stake in Velmoran Robot Startup Orrery"


def story(name: str, title: str, excerpt: str, days: float = 0) -> Story:
    why = Reason(about="topic Robots", why="in title")
    return Story(
        path=f"_news/{name}.md",
        title=title,
        excerpt=excerpt,
        published_at=NOON + timedelta(days=days),
        web_url=f"https://{name}.example/",
        quality=80,
        heat=80,
        published=True,
        language="en",
        reasons=(why,),
    )


def regroup(*stories: Story, topics: tuple[Topic, ...] = ()) -> dict[str, Story]:
    """Group stories that are all new; those that change, by name."""
    beat = Beat(title="Robots", topic="Robots", topics=topics)
    fresh = frozenset(one.path for one in stories)
    changed = judge.regroup([Shelved(story=one) for one in stories], beat, fresh)
    return {one.path.removeprefix("_news/").removesuffix(".md"): one for one in changed}


@pytest.mark.parametrize(("topics", "is_one"), [((ROBOTS,), True), ((ROBOTS, VELMORA), False)])
def test_a_word_of_any_topic_makes_no_group(topics: tuple[Topic, ...], *, is_one: bool) -> None:
    rules = story("rules", RULES, "Velmora draws bounds for machines at work. What of the rest?")
    sale = story("sale", SALE, "A unit of the giant let go of all shares, the firm said.", 0.03)
    assert ("sale" in regroup(rules, sale, topics=topics)) is is_one


WORDS = "Harbour crane walks off the quay by itself"


@pytest.mark.parametrize(
    ("title", "days", "is_one"),
    [
        (WORDS, 4, True),
        (WORDS.upper(), 4, True),
        (WORDS, 7, False),  # a weekly column
        ("Letters to the editor", 4, False),
        (WORDS + " again", 5, False),
    ],
)
def test_a_headline_that_comes_again_joins(title: str, days: float, *, is_one: bool) -> None:
    first = WORDS if title != "Letters to the editor" else title
    one = story("one", first, "Dockers saw the machine leave at dawn and followed it uphill.")
    late = story("late", title, "An hour of film shows what nobody had believed in the town.", days)
    changed = regroup(one, late)
    assert ("late" in changed and changed["late"].group == "one") is is_one


def test_a_story_that_joins_by_its_headline_says_so() -> None:
    one = story("one", WORDS, "Dockers saw the machine leave at dawn and followed it uphill.")
    late = story("late", WORDS, "An hour of film shows what nobody had believed in the town.", 4)
    reasons = regroup(one, late)["late"].reasons
    assert Reason(about="group", why="joined this group because of the same headline") in reasons
