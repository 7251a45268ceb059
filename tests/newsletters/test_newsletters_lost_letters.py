"""A letter whose id changed: its readers are told of, and move with what proves their consent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.errors import UsageError
from copydesk.mail_store.deliveries import NewSending
from copydesk.mail_store.subscriptions import Consent, Subscription
from copydesk.newsletters.readers import by_hand, choices, consent, outcomes
from world.readers import ANNA, ReadersDesk, readers_desk

BEN = "ben@mailbox.example"
MOVE = "copydesk mail readers rename-letter daily "


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ReadersDesk]:
    with readers_desk(tmp_path) as opened:
        yield opened


def set_letters(desk: ReadersDesk, **new_ids: str) -> None:
    """Give letters other ids in the settings."""
    settings = desk.newsroom.settings
    letters = [replace(each, id=new_ids.get(each.id, each.id)) for each in settings.letters]
    desk.newsroom = replace(desk.newsroom, settings=replace(settings, letters=tuple(letters)))


def find_lost(desk: ReadersDesk) -> list[tuple[str, int, str]]:
    lost = by_hand.find_lost_letters(desk.newsroom, desk.store)
    return [(each.letter, each.readers, each.command) for each in lost]


def rename(desk: ReadersDesk, old: str = "daily", new: str = "day") -> int:
    return by_hand.rename_letter(desk.newsroom, desk.store, old, new, "Anna")


def begin(desk: ReadersDesk, issue: str, letter: str) -> int:
    new = NewSending(issue=issue, letter=letter, via="smtp")
    return desk.store.ledger.begin(new, desk.now).number


def test_readers_of_a_renamed_letter_are_told_of(desk: ReadersDesk) -> None:
    desk.subscribe(BEN, "weekly")
    desk.subscribe(ANNA)
    assert [] == find_lost(desk)

    set_letters(desk, daily="day")

    assert [("daily", 1, f"{MOVE}day")] == find_lost(desk)


def test_who_pauses_is_counted_as_well(desk: ReadersDesk) -> None:
    number = desk.subscribe()
    desk.store.subscribers.set_state(number, "paused")
    set_letters(desk, daily="day")

    assert [("daily", 1, f"{MOVE}NEW")] == find_lost(desk)


def test_where_several_letters_may_be_it_none_is_guessed(desk: ReadersDesk) -> None:
    desk.subscribe()
    set_letters(desk, daily="day", weekly="week")

    assert [("daily", 1, f"{MOVE}NEW")] == find_lost(desk)


def test_a_rename_keeps_who_reads_what_and_what_proves_it(desk: ReadersDesk) -> None:
    number = desk.subscribe()
    (proof,) = [consent.proof for consent in desk.store.consents.of(number)]
    set_letters(desk, daily="day")
    desk.wait(days=1)

    assert 1 == rename(desk)

    assert [] == find_lost(desk)
    assert {"day": ()} == desk.letters()
    old, new = desk.store.consents.of(number)
    assert (old.letter, old.proof) == ("daily", proof)
    assert (new.letter, new.at, new.how) == ("day", old.at, old.how)
    renamed = {"old": "daily", "by": "Anna", "at": "2026-11-21T08:00:00Z"}
    assert json.loads(proof) | {"renamed": renamed} == json.loads(new.proof)
    assert 1 == desk.store.ledger.count_readers("day", (), desk.now)


def test_a_proof_that_is_no_json_is_kept_in_the_new_one(desk: ReadersDesk) -> None:
    number = desk.subscribe(ANNA, "weekly")
    for proof in ("a list, signed", '["a", "list"]'):
        desk.store.consents.add(
            Consent(subscriber=number, letter="daily", at=desk.now, how="import", proof=proof)
        )
        desk.store.subscriptions.put(
            Subscription(subscriber=number, letter="daily", since=desk.now)
        )
    set_letters(desk, daily="day")

    assert 1 == rename(desk)

    *_, last = desk.store.consents.of(number)
    assert '["a", "list"]' == json.loads(last.proof)["said"]


def test_the_way_out_of_a_letter_of_before_ends_the_renamed_one(desk: ReadersDesk) -> None:
    number = desk.subscribe()
    token = desk.link("unsubscribe", number, "daily")
    set_letters(desk, daily="day")
    desk.wait(hours=1)
    rename(desk)

    view = consent.look_at_link(desk.newsroom, desk.store, token, "unsubscribe")
    assert view.letter is not None
    assert "day" == view.letter.id
    assert "left" == choices.leave_letter(desk.newsroom, desk.store, token).outcome
    assert {} == desk.letters()


def test_a_link_of_a_letter_that_took_the_free_id_is_about_that_one(desk: ReadersDesk) -> None:
    number = desk.subscribe()
    set_letters(desk, daily="day")
    rename(desk)
    desk.wait(hours=1)
    token = desk.link("unsubscribe", number, "daily")  # of another letter, that began since

    assert "again" == choices.leave_letter(desk.newsroom, desk.store, token).outcome
    assert {"day": ()} == desk.letters()


def test_who_asked_before_a_rename_confirms_the_renamed_letter(desk: ReadersDesk) -> None:
    desk.subscribe(BEN)
    desk.ask(ANNA, "daily", topics=("Coast",))
    token = desk.take_token()
    set_letters(desk, daily="day")
    desk.wait(hours=1)
    rename(desk)

    assert "confirmed" == desk.confirm(token).outcome
    assert {"day": ("Coast",)} == desk.letters()


def test_before_the_move_the_way_out_works_too(desk: ReadersDesk) -> None:
    token = desk.link("unsubscribe", desk.subscribe(), "daily")
    set_letters(desk, daily="day")

    assert "left" == choices.leave_letter(desk.newsroom, desk.store, token).outcome
    assert [] == find_lost(desk)


def test_who_chooses_letters_meanwhile_stays_subscribed_to_the_lost_one(desk: ReadersDesk) -> None:
    """Their page did not show it."""
    token = desk.link("choices", desk.subscribe(ANNA, "daily", "weekly"))
    set_letters(desk, daily="day")
    weekly = outcomes.ReaderChoices(letters={"weekly": ("Coast",)})

    assert "kept" == choices.choose_letters(desk.newsroom, desk.store, token, weekly)

    assert {"daily", "weekly"} == desk.letters().keys()


def test_who_chooses_nothing_leaves_the_lost_one_as_well(desk: ReadersDesk) -> None:
    token = desk.link("choices", desk.subscribe(ANNA, "daily", "weekly"))
    set_letters(desk, daily="day")
    none = outcomes.ReaderChoices(letters={})

    assert "kept" == choices.choose_letters(desk.newsroom, desk.store, token, none)
    assert ({}, "left") == (desk.letters(), desk.state())


@pytest.mark.parametrize("leaves", [False, True])
def test_who_agreed_to_the_new_one_meanwhile_keeps_what_they_chose(
    desk: ReadersDesk, *, leaves: bool
) -> None:
    number = desk.subscribe()
    set_letters(desk, daily="day")
    desk.wait(days=2)
    assert "asked" == desk.ask(ANNA, "day", topics=("Coast",)).outcome
    desk.confirm(desk.take_token())
    if leaves:
        token = desk.link("unsubscribe", number, "day")
        choices.leave_letter(desk.newsroom, desk.store, token)

    assert 0 == rename(desk)

    assert ({} if leaves else {"day": ("Coast",)}) == desk.letters()


def test_a_rename_can_be_taken_back(desk: ReadersDesk) -> None:
    number = desk.subscribe()
    old = desk.link("unsubscribe", number, "daily")
    for before, after in (("daily", "day"), ("day", "today"), ("today", "daily")):
        set_letters(desk, **{before: after})
        desk.wait(hours=1)
        begin(desk, f"{after}-2026-11-20", after)
        desk.store.ledger.set_state(desk.store.ledger.list_sendings()[0].number, "done")
        assert 1 == rename(desk, before, after)

    assert {"daily": ()} == desk.letters()
    assert "left" == choices.leave_letter(desk.newsroom, desk.store, old).outcome


def drop_daily(desk: ReadersDesk) -> None:
    settings = desk.newsroom.settings
    letters = tuple(each for each in settings.letters if each.id != "daily")
    desk.newsroom = replace(desk.newsroom, settings=replace(settings, letters=letters))


def test_readers_of_a_letter_that_ended_are_moved_to_no_other(desk: ReadersDesk) -> None:
    """They did not ask for that."""
    desk.subscribe(BEN, "weekly")
    desk.subscribe(ANNA)
    drop_daily(desk)

    with pytest.raises(UsageError, match="these newsletters are different; neither was renamed"):
        rename(desk, new="weekly")

    assert {"daily": ()} == desk.letters()
    assert [("daily", 1, f"{MOVE}NEW")] == find_lost(desk)


def test_issues_side_by_side_are_two_letters(desk: ReadersDesk) -> None:
    desk.subscribe(ANNA)
    for issue, letter in (("weekly-1", "weekly"), ("daily-1", "daily")):
        desk.store.ledger.set_state(begin(desk, issue, letter), "done")
    drop_daily(desk)

    with pytest.raises(UsageError, match="these newsletters are different; neither was renamed"):
        rename(desk, new="weekly")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("daily", "none", "no such newsletter: none"),
        ("daily", "daily", "no such newsletter: daily"),
        ("weekly", "day", "the newsletter is still in beat.toml: weekly"),
        ("nothing", "day", "the newsletter has no subscribers: nothing"),
        ("", "day", "the newsletter has no subscribers"),
        ("a\x1b[2Jb", "day", "the newsletter has no subscribers: a[2Jb"),
    ],
)
def test_what_is_no_rename_moves_nobody(desk: ReadersDesk, old: str, new: str, what: str) -> None:
    desk.subscribe()
    set_letters(desk, daily="day")

    with pytest.raises(UsageError) as caught:
        rename(desk, old, new)

    assert what == str(caught.value)
    assert {"daily": ()} == desk.letters()


def test_an_issue_on_its_way_is_ended_first(desk: ReadersDesk) -> None:
    """Each of its letters would be skipped: nobody is subscribed to the old id any more."""
    desk.subscribe()
    number = begin(desk, "daily-2026-11-20", "daily")
    set_letters(desk, daily="day")

    with pytest.raises(
        UsageError, match="an issue of the newsletter is being sent: daily-2026-11-20"
    ):
        rename(desk)
    desk.store.ledger.set_state(number, "ended")

    assert 1 == rename(desk)
