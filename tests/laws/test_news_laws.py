"""Laws of the tables of words: what was said is read back, and any text is given back whole."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from copydesk.news import Reason, ReasonKind
from copydesk.news.page import Fault, FaultKind
from copydesk.news.story import Event, EventKind

HOSTILE = st.sampled_from(
    [
        *("ruled by Ed", "pinned, ruled by x: y", ", ruled by ", ": ", '"', "joined", "press"),
        *(" leads its group", "quality 3 is below 70", "its source is trusted", " moved to a from"),
        *("set by Ed", "pinned by x: y", "blocked by x: y (z)", "the main story of its group is x"),
        *("quality 3 is below the threshold 70", "points", " (", ")", "merged by", "joined at"),
        *("{by}", "{0}", "%s", "\\1", "(", "[", "\n", "\u2028", "\u202e", "…", "é", "市議会", "\0"),
        *(" at its publisher, kept as edited", "status 410", "the page names its feed: x"),
    ]
)
WORDS = st.lists(HOSTILE | st.text(max_size=12), min_size=1, max_size=4).map("".join).filter(bool)
# who is named by one text before others: no colon and blank in it, with which these begin
NAMES = WORDS.map(lambda words: words.replace(": ", "; "))
POINTS = st.integers(-(10**9), 10**9)
NUMBERS = POINTS.map(str)
ADDRESSES = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1).filter(str.split)
VARIABLES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)

RULED = {"by": NAMES, "why": WORDS}
REASONS: dict[ReasonKind, dict[str, st.SearchStrategy[str]]] = {
    ReasonKind.TOPIC_RULED: RULED,
    ReasonKind.TOPIC: {"evidence": WORDS.map(lambda words: f'"{words}" in title')},
    ReasonKind.OFF_BEAT: {"lack": WORDS},
    ReasonKind.TITLE_RULED: RULED,
    ReasonKind.PRESS_RELEASE: {"evidence": WORDS},
    ReasonKind.NEVER_BELOW: {"bound": NUMBERS},
    ReasonKind.NEVER_ABOVE: {"bound": NUMBERS},
    ReasonKind.NOT_SCORED: {},
    ReasonKind.UNEXPLAINED: {},
    ReasonKind.KEYWORD_IN_TITLE: {"keyword": WORDS},
    ReasonKind.PICTURE: {},
    ReasonKind.AMP_PAGE: {},
    ReasonKind.THIN_TEXT: {"bound": NUMBERS},
    ReasonKind.MARKET_REPORT: {"evidence": WORDS},
    ReasonKind.JOB_ADVERT: {"evidence": WORDS},
    ReasonKind.SHOPPING_PAGE: {"evidence": WORDS},
    ReasonKind.OWN_REPORTING: {"evidence": WORDS},
    ReasonKind.INVESTIGATION: {"evidence": WORDS},
    ReasonKind.REPUTATION: {"value": NUMBERS, "evidence": WORDS},
    ReasonKind.CREDITS: {"publishers": WORDS},
    ReasonKind.PASTIME: {"evidence": WORDS},
    ReasonKind.SIGNAL: {"seen": WORDS.map(lambda words: f'keyword "{words}" in lede')},
    ReasonKind.NEWSROOMS: {"count": NUMBERS, "newsrooms": st.just("publishers"), "names": WORDS},
    ReasonKind.PUBLISHERS: {"count": NUMBERS, "names": WORDS},
    ReasonKind.QUALITY_IN_HEAT: {"quality": NUMBERS},
    ReasonKind.SPIKE: {"count": NUMBERS, "usual": NUMBERS},
    ReasonKind.SOURCE_TRUST: {"trust": NUMBERS},
    ReasonKind.NOT_LEADING: {},
    ReasonKind.RELATED: {"count": NUMBERS},
    ReasonKind.REACHES_GATE: {"quality": NUMBERS, "lift": NUMBERS, "gate": NUMBERS},
    ReasonKind.BELOW_GATE: {"quality": NUMBERS, "gate": NUMBERS},
    ReasonKind.TRUSTED_SOURCE: {},
    ReasonKind.PUBLISHED_BY_PIN: {},
    ReasonKind.KEPT_OFF_BEAT: {},
    ReasonKind.RULED_OUT: {"what": NAMES.map(str.strip).filter(bool), "by": NAMES, "why": WORDS},
    ReasonKind.BEHIND_LEADER: {"leader": NAMES},
    ReasonKind.ALL_HELD: {},
    ReasonKind.ARCHIVE_HELD: {"why": WORDS},
    ReasonKind.ARCHIVE_OFF: {"why": WORDS},
    ReasonKind.SOURCE_HELD: {},
    ReasonKind.NEAR_BEAT: {"name": NAMES, "topic": NAMES},
    ReasonKind.COPY: {"new": NUMBERS, "old": NUMBERS, "original": NAMES},
    ReasonKind.PINNED: RULED,
    ReasonKind.SPLIT_OFF: RULED,
    ReasonKind.MERGED: RULED,
    ReasonKind.LED: RULED,
    ReasonKind.EXCERPT_RULED: RULED,
    ReasonKind.PICTURE_RULED: RULED,
    ReasonKind.ADDRESS_RULED: RULED,
    ReasonKind.NOTE_RULED: RULED,
    ReasonKind.CHANGES_RULED: RULED,
    ReasonKind.ADDITIONS_RULED: RULED,
    ReasonKind.SUMMARY_RULED: RULED,
    ReasonKind.TRANSLATION_RULED: RULED,
    ReasonKind.JOINED: {"likeness": NUMBERS, "words": WORDS},
    ReasonKind.JOINED_BY_HEADLINE: {},
    ReasonKind.JOINED_LATER: {"other": NAMES, "day": NAMES, "words": WORDS},
    ReasonKind.FOUNDED: {},
    ReasonKind.LEADS: {"other": NAMES, "merits": WORDS},
    ReasonKind.KEPT_OUT: {"said": st.sampled_from(["reject", "remove"]), "group": NAMES},
    ReasonKind.RETURNED: {},
    ReasonKind.TEXT_SIZE: {"size": st.sampled_from(["brief", "report", "full report"])},
    ReasonKind.NOT_BESIDE: {"lack": WORDS},
    ReasonKind.WOULD_BE_PUBLISHED: {},
    ReasonKind.TRUST: {"known": WORDS},
}
WHOSE = {ReasonKind.TOPIC, ReasonKind.TOPIC_RULED, ReasonKind.TRUST}
EVENTS: dict[EventKind, dict[str, st.SearchStrategy[str]]] = {
    EventKind.HEADLINE_CHANGED: {"title": WORDS},
    EventKind.HEADLINE_KEPT: {"title": WORDS},
    EventKind.EXCERPT_CHANGED: {},
    EventKind.EXCERPT_RESPELLED: {},
    EventKind.EXCERPT_KEPT: {},
    EventKind.TEXT_CHANGED: {"share": NUMBERS},
    EventKind.NUMBER_CHANGED: {},
    EventKind.MOVED: {"new": ADDRESSES, "old": ADDRESSES},
    EventKind.GONE: {},
    EventKind.BACK: {},
    EventKind.DEPOSED: {"why": WORDS},
    EventKind.CORRECTED: {"why": WORDS},
}
FAULTS: dict[FaultKind, dict[str, st.SearchStrategy[str]]] = {
    FaultKind.PROXY_UNSET: {"variable": VARIABLES},
    FaultKind.CERTIFICATE_ENDED: {"host": ADDRESSES},
    FaultKind.CERTIFICATE: {"host": ADDRESSES, "why": WORDS.map(lambda words: f"is {words}")},
    FaultKind.STATUS: {"status": NUMBERS, "words": WORDS},
    FaultKind.NAMED_FEED: {"feed": ADDRESSES},
    FaultKind.HTML_PAGE: {},
    FaultKind.RULE_BROKEN: {"written": st.dates().map(str), "selector": NAMES},
    FaultKind.RULE_EMPTY: {"written": st.dates().map(str)},
}


@pytest.mark.parametrize("kind", [kind for kind in ReasonKind if kind is not ReasonKind.OTHER])
@given(st.data())
def test_a_reason_is_read_back_as_it_was_said(kind: ReasonKind, data: st.DataObject) -> None:
    values = data.draw(st.fixed_dictionaries(REASONS[kind]))
    whose = data.draw(NAMES.filter(str.strip)) if kind in WHOSE else ""
    points = data.draw(st.none() | POINTS)
    said = Reason.of(kind, whose=whose, points=points, **values)

    read = Reason.parse(str(said))

    assert kind is read.kind is said.kind
    assert str(said) == str(read) == str(said.renewed)
    if not whose:
        assert said == read


@pytest.mark.parametrize("kind", EVENTS)
@given(st.data())
def test_an_event_is_read_back_as_it_was_said(kind: EventKind, data: st.DataObject) -> None:
    values = data.draw(st.fixed_dictionaries(EVENTS[kind]))
    said = Event(at="2026-11-24T13:10:00Z", what=Event.of(kind, **values).what)

    read = Event.parse(str(said))

    assert (kind, said) == (read.kind, read)
    assert values == read.values


@pytest.mark.parametrize("kind", FAULTS)
@given(st.data())
def test_a_fault_is_read_back_as_it_was_said(kind: FaultKind, data: st.DataObject) -> None:
    said = Fault.of(kind, **data.draw(st.fixed_dictionaries(FAULTS[kind])))

    assert said == Fault.parse(str(said))


@given(st.text() | WORDS | st.builds("{} {}: {}".format, WORDS, st.integers(), WORDS))
@example("quality +05: x")
@example(": x")
@example("topic A +5: x")
def test_any_text_is_given_back_as_it_was(text: str) -> None:
    assert text == str(Reason.parse(text))
    assert text == str(Event.parse(text))
    assert text == str(Fault.parse(text))


@pytest.mark.parametrize(
    "words",
    [
        *(": ruled by ", ", ruled by ", " % of the text of ", " from ", "x"),
        *(
            "on the beat: ",
            "blocked by x: ",
            "set by x: ",
            "brief: ",
            "quality 1 to 1, ",
            "; 3 needed",
        ),
    ],
)
def test_a_long_hostile_text_is_read_in_time_that_grows_with_its_length(words: str) -> None:
    text = words * (200_000 // len(words))

    assert text == str(Event.parse(text)) == str(Fault.parse(text))
    for about in ("published", "copy", "group", "lead", "topic", "topic x", "quality", "heat"):
        assert Reason(about=about, why=text).kind in ReasonKind
        assert Reason(about=about, why=text) != Reason(about=about, why=text[1:])
