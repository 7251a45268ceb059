"""`rules` in `_data/rulings.yaml`: an editor's lasting rules, in the order they were made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copydesk.archive import Rulings, read_rulings, rulings_change
from copydesk.errors import RecordError
from copydesk.news import Ruling
from copydesk.news.ruling import RULING_KINDS, RulingForm, RulingKind
from copydesk.review import rules
from world import records

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
A, B = "2026-11-19-a", "2026-11-19-b"


def rule(said: RulingKind, *stories: str, values: tuple[str, ...] = (), why: str = "w") -> Ruling:
    return Ruling(said=said, by="Ed", at=NOON, why=why, stories=stories, values=values)


SPLIT = rule("split", A, B)
PIN = replace(rule("pin", A), until=NOON)
BLOCK = rule("block", values=("tabloid.example", "horoscope"))
EVERY = (
    SPLIT,
    rule("merge", A, B),
    PIN,
    BLOCK,
    rule("retopic", A, values=("Coast", "null")),
    rule("rename", A, values=('- "Wall": rises',)),
)
WRITTEN = """\
rules:
  - said: split
    by: "Ed"
    at: 2026-11-20T12:00:00Z
    why: "w"
    stories:
      - "2026-11-19-a"
      - "2026-11-19-b"
  - said: pin
    by: "Ed"
    at: 2026-11-20T12:00:00Z
    why: "w"
    stories:
      - "2026-11-19-a"
    until: 2026-11-20T12:00:00Z
"""
BY_HAND = """\
# ours
pin: {a: 1}
rules:
# the lead
- {said: pin, by: Ada, at: 2026-11-20, stories: [_news/2026-11-19-a.md]}  # for a day
- said: block
  by:   Ada
  at: 2026-11-20T12:00:00Z
  why: |
    two
    lines
  values: [tabloid.example]
  note: keep me

removed:
- https://dock.example/x
"""


def put(root: Path, text: str) -> Path:
    """Put rulings into a newsroom."""
    file = root / "_data" / "rulings.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8", newline="")
    return file


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.said)
def test_every_kind_of_rule_comes_back(one: Ruling, tmp_path: Path) -> None:
    assert records.write_rulings(tmp_path, Rulings(rules=(one,)))

    assert read_rulings(tmp_path).rules == (one,)
    assert not records.write_rulings(tmp_path, Rulings(rules=(one,)))


def test_rules_stand_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    records.write_rulings(tmp_path, Rulings(rules=(SPLIT, PIN)))

    assert (tmp_path / "_data/rulings.yaml").read_text("utf-8") == WRITTEN
    records.write_rulings(tmp_path, Rulings(rules=EVERY))
    assert read_rulings(tmp_path).rules == EVERY


def test_the_bytes_are_known_before_they_are_written(tmp_path: Path) -> None:
    rulings = Rulings(rules=(SPLIT, PIN))

    assert rulings_change(tmp_path, rulings).after == WRITTEN.encode()
    assert list(tmp_path.iterdir()) == []


def test_a_rule_may_be_written_by_hand(tmp_path: Path) -> None:
    put(tmp_path, BY_HAND)

    pin, block = read_rulings(tmp_path).rules

    assert (pin.said, pin.stories, pin.why, pin.until) == ("pin", ("2026-11-19-a",), "", None)
    assert (block.values, block.why) == (("tabloid.example",), "two\nlines\n")
    assert not records.write_rulings(tmp_path, read_rulings(tmp_path))


def test_a_rule_more_leaves_those_before_it_as_they_stand(tmp_path: Path) -> None:
    file = put(tmp_path, BY_HAND)
    old = read_rulings(tmp_path)

    records.write_rulings(tmp_path, replace(old, rules=(*old.rules, BLOCK)))

    before, after = BY_HAND.split("\nremoved")
    assert file.read_text("utf-8").startswith(f'{before}- said: block\n  by: "Ed"\n')
    assert file.read_text("utf-8").endswith(f"\nremoved{after}")


def test_a_rule_less_takes_its_own_lines_only(tmp_path: Path) -> None:
    file = put(tmp_path, BY_HAND)
    old = read_rulings(tmp_path)

    records.write_rulings(tmp_path, replace(old, rules=old.rules[1:]))

    gone = "# the lead\n- {said: pin, by: Ada, at: 2026-11-20, stories: [_news/2026-11-19-a.md]}"
    assert file.read_text("utf-8") == BY_HAND.replace(f"{gone}  # for a day\n", "")


def test_two_equal_rules_are_two(tmp_path: Path) -> None:
    put(tmp_path, WRITTEN + WRITTEN.split("\n", 1)[1])
    old = read_rulings(tmp_path)

    records.write_rulings(tmp_path, replace(old, rules=old.rules[:2]))

    assert (tmp_path / "_data/rulings.yaml").read_text("utf-8") == WRITTEN


HEAD = "rules:\n  - said: {said}\n    at: 2026-11-20\n"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("rules: far away\n", "rules in line 1 is not a list ('far away')"),
        ("rules:\n  - pin\n", "rules in line 2 is a list whose items do not all have keys"),
        ("rules:\n  - said: pinn\n", "rules.0.said in line 2 is not one of split, merge, pin"),
        ("rules:\n  - by: Ed\n", "the key rules.0.said is missing"),
        ("rules:\n  - said: pin\n    stories: [a]\n", "the key rules.0.at is missing"),
        ("rules:\n  - said: pin\n    at: soon\n", "rules.0.at in line 3 is not a date ('soon')"),
        (HEAD.format(said="pin"), "the key rules.0.stories is missing"),
        (HEAD.format(said="pin") + "    stories: a\n", "rules.0.stories in line 4 is not a list"),
        (
            HEAD.format(said="pin") + "    stories: [a, b]\n",
            "rules.0.stories in line 4 is too long: pin allows at most 1",
        ),
        (
            HEAD.format(said="merge") + "    stories: [a]\n",
            "rules.0.stories in line 4 is too short: merge needs at least 2",
        ),
        (
            HEAD.format(said="split") + "    stories: [a]\n    values: [x]\n",
            "rules.0.values in line 5 is too long: split allows at most 0",
        ),
        (
            HEAD.format(said="block") + "    values: ['']\n",
            "rules.0.values in line 4 is a list with an empty item",
        ),
        (
            HEAD.format(said="rename")
            + "    stories: [a]\n    values: [x]\n    until: 2026-11-20\n",
            "rules.0.until in line 6 is not allowed for rename, only for pin",
        ),
        (
            HEAD.format(said="pin") + "    stories: [a]\n    until: never\n",
            "rules.0.until in line 5 is not a date ('never')",
        ),
    ],
)
def test_a_wrong_rule_is_named_and_left_alone(text: str, what: str, tmp_path: Path) -> None:
    file = put(tmp_path, text)

    with pytest.raises(RecordError) as caught:
        records.write_rulings(tmp_path, Rulings(rules=(BLOCK,)))

    assert what in caught.value.what
    assert caught.value.subject == "_data/rulings.yaml"
    assert caught.value.hint
    assert file.read_text("utf-8") == text


@pytest.mark.parametrize("why", ["a\nb: c\n- d", "# x", "'\"\\", "x" * 10_000, "\x00\x1b[31m", ""])
def test_a_hostile_why_is_one_text(why: str, tmp_path: Path) -> None:
    one = rule("block", values=(why or "x",), why=why)

    records.write_rulings(tmp_path, Rulings(rules=(one, PIN)))

    assert read_rulings(tmp_path).rules == (one, PIN)


def test_rules_that_could_not_be_read_again_are_not_written(tmp_path: Path) -> None:
    file = put(tmp_path, WRITTEN)

    with pytest.raises(RecordError, match="too large"):
        records.write_rulings(tmp_path, Rulings(rules=(rule("block", values=("x" * 5_000_000,)),)))

    assert file.read_text("utf-8") == WRITTEN


@pytest.mark.parametrize(("said", "form"), RULING_KINDS.items())
def test_a_rule_of_each_kind_is_read_as_its_form_says(
    said: RulingKind, form: RulingForm, tmp_path: Path
) -> None:
    stories, values = [("excerpt", "b", "c")[:least] for least in (form.stories[0], form.values[0])]
    least = rule(said, *stories, values=values)

    records.write_rulings(tmp_path, Rulings(rules=(least,)))

    assert read_rulings(tmp_path).rules == (least,)


def test_a_new_kind_needs_its_form_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: Any = "praise"  # a kind that is not there yet: there is none to take in its place
    form = RulingForm(stories=(1, 1), values=(0, 1), applies_to="record", may_end=True)
    monkeypatch.setitem(RULING_KINDS, said, form)
    praise = replace(rule(said, A, values=("well",)), until=NOON)

    records.write_rulings(tmp_path, Rulings(rules=(praise,)))

    assert read_rulings(tmp_path).rules == (praise,)
    again = replace(praise, why="else")
    assert rules.with_rule([praise, PIN], again) == (PIN, again)
