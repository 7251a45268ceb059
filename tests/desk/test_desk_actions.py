"""What a browser's form or script says becomes actions, or a word on what is wrong with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from copydesk.desk import read_edit, read_form, read_json
from copydesk.errors import UsageError
from copydesk.news import EditorAction

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
WAS: dict[str, str | list[str]] = {
    "title": "Sea wall",
    "excerpt": "It rises.",
    "topics": ["Coast"],
    "note": "",
    "picture": "https://gull.example/a.png",
    "url": "https://gull.example/wall",
}


def form(**fields: str) -> list[EditorAction]:
    return read_form([("story", "wall"), *fields.items()], "Anna", NOW)


def sent(*actions: dict[str, Any]) -> list[EditorAction]:
    return read_json(json.dumps(actions).encode(), "Anna", NOW)


def test_a_button_says_a_verdict_on_the_story_of_its_row() -> None:
    (action,) = form(do="verdict reject", why="old news", id="a-1", seen='{"verdict": "d1"}')

    assert action == EditorAction(
        id="a-1",
        kind="verdict",
        said="reject",
        by="Anna",
        at=NOW,
        stories=("wall",),
        why="old news",
        seen={"wall verdict": "d1"},
    )


def test_selected_stories_have_a_verdict_each_and_are_merged_together() -> None:
    picked = [("story", "wall"), ("story", "seals"), ("id", "a")]

    verdicts = read_form([*picked, ("do", "verdict hold")], "Anna", NOW)
    (merge,) = read_form([*picked, ("do", "rule merge")], "Anna", NOW)

    assert [("a", ("wall",)), ("a-1", ("seals",))] == [(one.id, one.stories) for one in verdicts]
    assert ("merge", ("wall", "seals")) == (merge.said, merge.stories)


def test_selected_stories_are_snoozed_until_a_time_and_a_button_of_a_row_ends_that() -> None:
    picked = [("story", "wall"), ("story", "seals"), ("do", "snooze")]
    until = ("until", "2026-11-28T07:00:00Z")

    assert [("snooze", datetime(2026, 11, 28, 7, tzinfo=UTC))] * 2 == [
        (one.kind, one.until) for one in read_form([*picked, until], "Anna", NOW)
    ]
    assert form(do="snooze")[0].until is None
    assert form(do="verdict hold", until=until[1])[0].until is None
    with pytest.raises(UsageError, match="at most a year"):
        form(do="snooze", until="2028-01-01T00:00:00Z")
    with pytest.raises(UsageError, match="at least one story"):
        read_form([("do", "snooze")], "Anna", NOW)


def test_one_of_a_rows_others_is_split_off_from_it_or_put_in_front() -> None:
    assert ("seals", "wall") == form(do="rule split seals")[0].stories
    assert ("seals",) == form(do="rule lead seals")[0].stories


def test_an_action_of_today_is_taken_back_by_its_id() -> None:
    (action,) = read_form([("do", "undo"), ("value", "a-1")], "Anna", NOW)

    assert ("undo", ("a-1",), ()) == (action.kind, action.values, action.stories)


def test_actions_of_one_form_are_taken_back_together() -> None:
    undone = read_form([("do", "undo"), ("value", "one"), ("value", "two")], "Anna", NOW)

    assert [("undo", ("one",)), ("undo", ("two",))] == [(one.kind, one.values) for one in undone]
    assert [()] == [one.values for one in read_form([("do", "undo")], "Anna", NOW)]


def test_a_script_sends_actions_and_says_neither_who_nor_when() -> None:
    (action,) = sent({"id": "a", "kind": "verdict", "said": "publish", "stories": ["wall"]})

    assert ("Anna", NOW) == (action.by, action.at)
    with pytest.raises(UsageError, match="could not read the actions"):
        sent({"id": "a", "kind": "verdict", "said": "hold", "stories": ["wall"], "by": "Eve"})


@pytest.mark.parametrize(
    "action",
    [
        pytest.param({"kind": "verdict", "said": "burn", "stories": ["wall"]}, id="no such word"),
        pytest.param({"kind": "verdict", "said": "hold", "stories": []}, id="on nothing"),
        pytest.param({"kind": "verdict", "said": "hold", "stories": ["a", "b"]}, id="on two"),
        pytest.param({"kind": "rule", "said": "curse", "stories": ["wall"]}, id="no such rule"),
        pytest.param({"kind": "rule", "said": "merge", "stories": ["wall"]}, id="merge of one"),
        pytest.param({"kind": "conquer", "said": ""}, id="no such kind"),
        pytest.param({"kind": "verdict", "said": 7}, id="no word"),
        pytest.param(
            {"kind": "verdict", "said": "hold", "stories": ["wall"], "why": "x" * 10_001},
            id="too long a why",
        ),
        pytest.param(
            {"kind": "rule", "said": "merge", "stories": [str(n) for n in range(201)]},
            id="too many",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(action: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        sent({"id": "a", **action})


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[1]", b"\xff", b"[" * 100_000])
def test_what_is_no_list_of_actions_is_refused(body: bytes) -> None:
    with pytest.raises(UsageError):
        read_json(body, "Anna", NOW)


@pytest.mark.parametrize("do", ["", "burn", "verdict", "verdict burn", "rule", "rule \x00"])
def test_a_form_that_says_nothing_known_is_refused(do: str) -> None:
    with pytest.raises(UsageError):
        form(do=do)


@pytest.mark.parametrize("seen", ["", "[]", "null", "{", '"x"'])
def test_digests_that_are_none_are_as_if_nothing_was_seen(seen: str) -> None:
    assert {} == form(do="verdict hold", seen=seen)[0].seen


def edit(was: dict[str, Any] = WAS, **fields: str) -> list[tuple[str, tuple[str, ...]]]:
    shown = {name: value for name, value in WAS.items() if isinstance(value, str)}
    values = {**shown, **fields}
    topics = values.pop("topics", "Coast")
    sent = [*values.items(), *(("topic", name) for name in filter(None, topics.split(",")))]
    told = read_edit("wall", [*sent, ("was", json.dumps(was))], "Anna", NOW)
    assert all(action.stories == ("wall",) for action in told)
    return [(action.said, action.values) for action in told]


def test_a_form_changes_what_differs_from_what_it_showed_and_nothing_else() -> None:
    assert [] == edit()
    assert [("rename", ("Herons",))] == edit(title="Herons")
    assert [("retopic", ("Coast", "Birds"))] == edit(topics="Coast,Birds")
    assert [("set", ("note", "Ours."))] == edit(note="Ours.")
    assert [("set", ("picture", "none"))] == edit(picture="none")
    assert [("set", ("picture", "https://x.example/b.png"))] == edit(
        other_picture=" https://x.example/b.png "
    )


def test_an_emptied_field_and_no_topic_ask_for_nothing() -> None:
    assert [] == edit(title=" ", excerpt="", url="", topics="")


def test_line_ends_of_a_browser_are_no_change() -> None:
    was = {**WAS, "note": "One\nTwo"}

    assert [] == edit(was, note="One\r\nTwo")


def test_a_form_that_is_cut_short_is_refused() -> None:
    with pytest.raises(UsageError, match="incomplete"):
        read_edit("wall", [("title", "x")], "Anna", NOW)
