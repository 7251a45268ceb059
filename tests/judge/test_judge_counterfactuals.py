"""What would have changed where a story stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from copydesk import judge
from copydesk.news import Article, Beat, Image, Reason, Ruling, Story, Topic, Verdict
from copydesk.news.beat import Scoring
from judge.covered import BEAT, NOON, QUAKES, Desk, ruled, story

TOPICS = (
    Topic(id="news", name="News", keywords=("harbour",)),
    Topic(id="quakes", name="Quakes", keywords=("earthquake", "shocks")),
)


def told(one: Story, group: Sequence[Story] = (), beat: Beat = BEAT) -> tuple[str, ...]:
    return judge.counterfactuals(one, group, beat, None)


def scored(quality: int, *parts: tuple[int, str], **fields: object) -> Story:
    reasons = tuple(Reason(about="quality", why=why, points=points) for points, why in parts)
    return story("a", QUAKES[0], quality, reasons=reasons, **fields)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            scored(62),
            "the story's quality 62 is 8 points below the threshold 70: 8 more points would",
        ),
        (
            scored(69),
            "the story's quality 69 is 1 point below the threshold 70: 1 more point would",
        ),
        (scored(62), "1 more independent publisher with a report on the event would also"),
        (scored(55), "2 more independent publishers with a report on the event would also"),
        (scored(20), "reports by other publishers are not enough: they add at most 20 points"),
        (scored(62), "to publish the story anyway, run copydesk verdict a publish"),
        (
            scored(60, (80, "a keyword"), (-20, "short")),
            'without the -20 points for "short" the story would be published',
        ),
        (
            scored(
                0,
                (80, "a keyword"),
                (-120, "press release"),
                (40, "raised to the minimum quality 0"),
            ),
            "the story's quality 0 is 70 points below the threshold 70 (quality -40 without",
        ),
        (scored(85), "the story's quality 85 is 15 points above the threshold 70: 16 fewer points"),
        (
            scored(85, (35, "a keyword"), (50, "long")),
            'without the +50 points for "long" the story would not be published',
        ),
        (scored(85), "to take the story off the site, run copydesk verdict a hold"),
        (
            scored(20, published=True),
            "the story is published although its 20 points are below the threshold 70",
        ),
        (
            scored(0, topics=()),
            "the story is outside the site's subject: add a word of its title to the keywords",
        ),
        (
            scored(80, copy_of="b", published=False, heat=-1),
            "another story has the same text: b; to publish",
        ),
        (
            story("a", published=False, reasons=(Reason(about="held", why="all wait"),)),
            "to publish the story anyway, run copydesk verdict a publish",
        ),
        (
            scored(80, verdict=Verdict(by="Ada", at=NOON, said="reject", why="")),
            "an editor decided the status; to publish the story, run copydesk verdict a publish",
        ),
    ],
)
def test_it_is_told_what_was_missing_and_what_was_too_much(one: Story, said: str) -> None:
    assert any(line.startswith(said) for line in told(one)), told(one)


PICTURE, AMP_PAGE = "has a picture", "has an AMP page"
OVER, UNDER = "quality 85 reaches the threshold 70", "quality 60 is below the threshold 70"


@pytest.mark.parametrize(
    ("quality", "parts", "gate", "said"),
    [
        (
            85,
            ((45, "long"), (20, PICTURE), (20, AMP_PAGE)),
            OVER,
            "without the +40 points for wrapping the story would not be published",
        ),
        (
            60,
            ((120, "long"), (-30, PICTURE), (-30, AMP_PAGE)),
            UNDER,
            "without the -60 points for wrapping the story would be published",
        ),
        (85, ((75, "long"), (5, PICTURE), (5, AMP_PAGE)), OVER, ""),  # it decided nothing
        (85, ((45, "long"), (40, PICTURE)), OVER, ""),  # the reason itself is told
        (85, ((45, "long"), (40, "old words"), (0, "more")), OVER, ""),  # of no part
        (85, ((45, "long"), (20, PICTURE), (20, AMP_PAGE)), "an editor pinned this story", ""),
    ],
)
def test_a_part_of_several_reasons_that_decided_is_told(
    quality: int, parts: tuple[tuple[int, str], ...], gate: str, said: str
) -> None:
    one = scored(quality, *parts, published=gate != UNDER, amp_web_url="https://a.example/amp")
    one = replace(one, reasons=(*one.reasons, Reason(about="published", why=gate)))

    lines = [line for line in told(one) if line.startswith("without the ") and '"' not in line]

    assert lines == ([said] if said else [])


def test_what_would_not_have_changed_it_is_not_told() -> None:
    lines = told(scored(60, (65, "a keyword"), (-5, "short")))
    assert not any("short" in line for line in lines)


def group(*qualities: int, beat: Beat = BEAT) -> dict[str, Story]:
    desk = Desk(beat)
    desk.round(*(story("abc"[at], QUAKES[at], one, hours=at) for at, one in enumerate(qualities)))
    return desk.filed


def of(filed: dict[str, Story], name: str, beat: Beat = BEAT) -> str:
    others = [one for key, one in filed.items() if key != name]
    return "\n".join(told(filed[name], others, beat))


def test_a_member_says_who_leads_and_how_it_would_or_would_leave() -> None:
    lines = of(group(90, 80), "b")
    assert (
        "main story of its group is a: its quality is 90, the quality of this story is 80" in lines
    )
    assert "to become the main story, this story needs 26 more points: " in lines
    assert "to make this story the main story, run copydesk rule pin b" in lines
    assert "to take the story out of its group, run copydesk rule split b --why REASON" in lines
    assert "; outside the group, its quality 80 reaches the threshold 70" in lines


def test_what_a_leader_has_beside_quality_is_told_and_counted() -> None:
    desk = Desk()
    picture = (Image(url="https://a.example/quake.jpg"),)
    desk.round(story("a", QUAKES[0], 90, images=picture), story("b", QUAKES[1], 80))
    lines = of(desk.filed, "b")
    assert "the quality of this story is 80; it is also better by: a picture" in lines
    assert "this story needs 36 more points: with length, picture, origin and date" in lines
    assert "is 20 points behind, and must be more than 15 points ahead of a published main" in lines


def test_so_many_points_more_would_indeed_lead() -> None:
    for more, leader in ((25, "a"), (26, "b")):
        desk = Desk()
        desk.filed = group(90, 80)
        better = replace(desk.filed["b"], quality=80 + more)
        desk.round(better)
        assert desk.leaders() == {leader}


def test_a_leader_says_what_would_take_the_lead() -> None:
    lines = of(group(90, 80, 75), "a")
    assert "this is the main story of a group with 2 other stories; the best other story" in lines
    assert "has quality 80 and needs more than 105 to become the main story" in lines


def test_a_pin_is_named_where_it_decides() -> None:
    beat = replace(BEAT, rulings=(ruled("pin", "b"),))
    filed = group(90, 80, beat=beat)
    assert "an editor pinned this main story" in of(filed, "b", beat)
    assert "the main story of its group is b: an editor pinned that story" in of(filed, "a", beat)


def test_corroboration_that_lifted_a_story_is_named() -> None:
    lines = of(group(62, 50, 40), "a")
    assert (
        "62 and 20 for other publishers are 12 points above the threshold 70: 13 fewer points"
        in lines
    )
    assert "without reports by other publishers the story would not be published" in lines


def test_a_block_is_named_with_what_lifts_it() -> None:
    block = Ruling(said="block", by="Ada", at=NOON, why="spam", values=("a.example",))
    lines = told(scored(80, published=False), beat=replace(BEAT, rulings=(block,)))
    assert lines[0].startswith(
        "blocked by Ada: a.example (spam); to end the rule, run copydesk rule undo"
    )


def test_a_topic_that_is_nearly_given_says_what_is_missing() -> None:
    beat = replace(BEAT, topics=TOPICS)
    article = Article(
        url="https://a.example/",
        web_url="https://a.example/",
        title="Harbour opens again",
        published_at=NOON,
        source="",
        found=NOON,
        excerpt="The harbour is open, a month after the earthquake and its shocks.",
    )
    lines = judge.counterfactuals(scored(80), (), beat, article)
    [near] = [line for line in lines if line.startswith("close to the topic Quakes: ")]
    assert '"earthquake" in lede' in near
    assert near.endswith(
        "; a topic needs confidence 50; to set the topic, run copydesk rule retopic a TOPIC…"
    )


def test_the_everyday_profile_counts_related_stories() -> None:
    beat = replace(BEAT, scoring=Scoring(profile="everyday", grouping=True))
    lines = told(replace(scored(55), reasons=()), beat=beat)
    assert "2 more related stories would also publish the story" in lines


def test_a_lead_is_named_where_it_decides() -> None:
    beat = replace(BEAT, rulings=(ruled("lead", "b"),))
    filed = group(90, 80, beat=beat)
    assert "an editor chose this main story of its group" in of(filed, "b", beat)
    assert "the main story of its group is b: an editor chose that story" in of(filed, "a", beat)


def test_a_lead_that_cannot_lead_says_what_would_let_it() -> None:
    beat = replace(BEAT, rulings=(ruled("lead", "b"),))
    lines = of(group(90, 20, beat=beat), "b", beat)
    assert "an editor chose this story as main story, but it would not be" in lines
