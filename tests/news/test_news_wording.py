"""Words of a table are read back to what was said, and to nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from copydesk.news import Reason, ReasonKind, Ruling, Story
from copydesk.news.page import Fault, FaultKind
from copydesk.news.story import Event, EventKind


@pytest.mark.parametrize(
    ("text", "is_not"),
    [
        ("group: merged by Ed: they joined at similarity 1", ReasonKind.JOINED),
        ("group: merged by pinned by Ed", ReasonKind.PINNED),
        ("group: merged, ruled by pinned, ruled by Ed", ReasonKind.PINNED),
        ('quality +35: keyword "press release" in title', ReasonKind.PRESS_RELEASE),
        ('topic AI: "set by" in title', ReasonKind.TOPIC_RULED),
        ("held: its source is trusted", ReasonKind.TRUSTED_SOURCE),
    ],
)
def test_words_inside_a_value_make_no_other_kind(text: str, is_not: ReasonKind) -> None:
    assert Reason.parse(text).kind is not is_not


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: set by Ed <ed@desk.example>", "title: set by an editor"),
        ("title: ruled by Ed <ed@desk.example>", "title: set by an editor"),
        ("group: pinned, ruled by Ed: the best", "group: pinned by an editor: the best"),
        ("topic AI: set by ed@desk.example: so", "topic AI: set by an editor: so"),
        (
            "published: gull.example: ruled by Ed: no more",
            "published: blocked by an editor: gull.example (no more)",
        ),
        ("quality +15: ruled by Ed", "quality +15: ruled by Ed"),
        (
            "quality +48: on the beat: given by source Ed <ed@desk.example>",
            "quality +48: fits the site's subject: set for the source Ed",
        ),
        ("url: set by Ed: ask <bo@desk.example> why", "url: set by an editor: ask why"),
        ('topic AI: "ai act" in title', 'topic AI: "ai act" in title'),
        ("just so", "just so"),
    ],
)
def test_readers_are_told_what_was_ruled_and_not_by_whom(text: str, told: str) -> None:
    assert told == str(Reason.parse(text).for_readers)


def test_the_values_in_the_words_of_a_reason_are_read_back() -> None:
    lifted = Reason.parse("published: quality 60 and 10 for corroboration reach 70")

    assert lifted.values == {"quality": "60", "lift": "10", "gate": "70"}
    assert Reason.parse("nobody: knows this").values == {}


@pytest.mark.parametrize("points", ["+05", "-0", "5", "+٣", "+" + "9" * 5_000, "+ 5"])
def test_points_that_no_reason_writes_are_words(points: str) -> None:
    text = f"quality {points}: by hand"

    assert text == str(Reason.parse(text))


def test_a_rule_is_told_on_one_line_and_its_why_is_cut() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    rule = Ruling(said="merge", by="Ed\nKay", at=at, why="word " * 100)

    reason = Reason.of_rule(ReasonKind.MERGED, rule)

    assert reason.why.startswith("merged by Ed Kay: word word")
    assert reason.why.endswith("…")
    assert "merged by Ed Kay: " + ("word " * 40) + "…" == reason.why


EVENTS = [
    ("filed by Ann: half the town ate it", EventKind.FILED, {"by": "Ann"}),
    ("filed by Ann", EventKind.FILED, {"by": "Ann"}),
    ('title was "Old words"', EventKind.HEADLINE_CHANGED, {"title": "Old words"}),
    (
        'title is "New words" at its publisher, kept as edited',
        EventKind.HEADLINE_KEPT,
        {"title": "New words"},
    ),
    ("excerpt changed", EventKind.EXCERPT_CHANGED, {}),
    ("excerpt changed at its publisher, kept as edited", EventKind.EXCERPT_KEPT, {}),
    ("excerpt respelled", EventKind.EXCERPT_RESPELLED, {}),
    (
        "text changed (12 became 1,900: people)",
        EventKind.NUMBER_CHANGED,
        {"old": "12", "new": "1,900", "unit": "people"},
    ),
    ("text changed (12 became 19)", EventKind.NUMBER_CHANGED, {"old": "12", "new": "19"}),
    ("text changed (12 % of its words)", EventKind.TEXT_CHANGED, {"share": "12"}),
    ("text changed (a number in it)", EventKind.NUMBER_CHANGED, {}),
    ("moved to https://a/2 from https://a/1", EventKind.MOVED, {"new": "https://a/2"}),
    ("gone from its publisher", EventKind.GONE, {}),
    ("back at its publisher", EventKind.BACK, {}),
    ("leads its group no longer", EventKind.DEPOSED, {}),
    ("leads its group no longer: the rulings", EventKind.DEPOSED, {"why": "the rulings"}),
    ("corrected here: it is two metres", EventKind.CORRECTED, {"why": "it is two metres"}),
    ('title was " moved to x from y', EventKind.OTHER, {}),
    ('title was "He leads its group no longer: x"', EventKind.HEADLINE_CHANGED, {}),
    ("an editor's own words", EventKind.OTHER, {"text": "an editor's own words"}),
]


@pytest.mark.parametrize(("what", "kind", "values"), EVENTS)
def test_a_line_of_a_history_is_an_event(
    what: str, kind: EventKind, values: dict[str, str]
) -> None:
    event = Event.parse(f"2026-11-24T13:10:00Z {what}")

    assert (kind, "2026-11-24T13:10:00Z") == (event.kind, event.at)
    assert values.items() <= event.values.items()
    assert kind is Event.parse(what).kind


@pytest.mark.parametrize("line", ["", " ", "by hand", "2026-11-24T13:10:00Z", "2026-11-24 ", " x"])
def test_a_line_without_a_time_or_words_comes_back_as_it_is(line: str) -> None:
    assert line == str(Event.parse(line))


def test_a_headline_that_tells_of_a_move_is_no_move() -> None:
    story = Story(
        path="_news/x.md",
        title="X",
        published_at=None,
        web_url="https://a.example/1",
        history=('2026-11-24T13:10:00Z title was "Bank moved to Riga from Oslo"',),
    )

    assert ("https://a.example/1",) == story.addresses


FAULTS = [
    (
        "the proxy is not set: MY_PROXY is not in the environment",
        FaultKind.PROXY_UNSET,
        {"variable": "MY_PROXY"},
    ),
    ("the certificate of a.example has ended", FaultKind.CERTIFICATE_ENDED, {"host": "a.example"}),
    ("the certificate of a.example is self-signed", FaultKind.CERTIFICATE, {"host": "a.example"}),
    ("status 410: gone for good", FaultKind.STATUS, {"status": "410"}),
    ("an html page instead of a feed", FaultKind.HTML_PAGE, {}),
    ("the page names its feed: https://a/f", FaultKind.NAMED_FEED, {"feed": "https://a/f"}),
    ("the listing rule of 2026-01-02 finds nothing", FaultKind.RULE_EMPTY, {}),
    (
        "the listing rule of 2026-01-02 has a broken selector (item = 'a[': no)",
        FaultKind.RULE_BROKEN,
        {},
    ),
    ("no such host: status 410: x", FaultKind.OTHER, {}),
]


@pytest.mark.parametrize(("text", "kind", "values"), FAULTS)
def test_a_fault_is_read_from_its_words(text: str, kind: FaultKind, values: dict[str, str]) -> None:
    fault = Fault.parse(text)

    assert kind is fault.kind
    assert values.items() <= fault.values.items()
    assert text == str(fault)


@pytest.mark.parametrize("table", [EventKind, FaultKind])
def test_every_kind_has_words(table: type[EventKind | FaultKind]) -> None:
    assert set(table) <= {kind for _, kind, _ in EVENTS + FAULTS}
