"""Readers: who asks is mailed once, who confirms reads, and who leaves has left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.mail_store.deliveries import NewSending
from copydesk.newsletters.readers import by_hand, consent, outcomes
from copydesk.newsletters.readers.choices import choose_letters, leave_all_letters, leave_letter
from copydesk.newsletters.readers.consent import read_offer
from copydesk.newsletters.readers.manage import (
    erase_reader,
    forget_silent_readers,
    read_reader_data,
    request_address_change,
)
from world.readers import ANNA, PUBLIC, ReadersDesk, find_closed, find_token, readers_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ReadersDesk]:
    with readers_desk(tmp_path) as opened:
        yield opened


def queued(desk: ReadersDesk, letter: str = "daily", *topics: str) -> set[int]:
    """Return to whom an issue of now would go."""
    name = f"{letter}-{desk.now:%Y-%m-%d-%H%M%S}"
    new = NewSending(issue=name, letter=letter, via="smtp", topics=topics)
    sending = desk.store.ledger.begin(new, desk.now)
    return {entry.subscriber for entry in desk.store.ledger.walk(sending.number)}


def test_who_confirms_reads(desk: ReadersDesk) -> None:
    assert "asked" == desk.ask(ANNA, "daily", topics=("Coast",)).outcome
    assert "waiting" == desk.state()
    assert set() == queued(desk)

    answer = desk.confirm(desk.take_token())

    assert ("confirmed", ["daily"]) == (answer.outcome, [letter.id for letter in answer.letters])
    assert {"daily": ("Coast",)} == desk.letters()
    desk.wait(seconds=1)
    assert {desk.number()} == queued(desk, "daily", "Coast")


def test_the_proof_says_when_it_was_asked_and_confirmed_and_by_which_words(
    desk: ReadersDesk,
) -> None:
    desk.ask()
    token = desk.take_token()
    desk.wait(hours=2)
    desk.confirm(token)

    data = read_reader_data(desk.newsroom, desk.store, desk.manage_link())
    (consent,) = data.consents
    assert '"way": "double opt-in"' in consent.proof
    assert '"asked": "2026-11-20T08:00:00Z"' in consent.proof
    assert '"confirmed": "2026-11-20T10:00:00Z"' in consent.proof
    assert read_offer(desk.newsroom).consent == consent.words
    assert "192.0.2" not in str(data)


def test_looking_at_a_link_changes_nothing(desk: ReadersDesk, tmp_path: Path) -> None:
    desk.ask()
    token = desk.take_token()
    before = list(desk.store._database._connection.iterdump())

    for purpose in ("confirm", "unsubscribe", "choices", "manage", "change"):
        find_closed(consent.look_at_link, desk.newsroom, desk.store, token, purpose)

    assert before == list(desk.store._database._connection.iterdump())


def test_a_link_shows_what_it_is_about_and_masks_the_address(desk: ReadersDesk) -> None:
    desk.ask(ANNA, "weekly", topics=("Coast", "No topic"))
    view = consent.look_at_link(desk.newsroom, desk.store, desk.take_token(), "confirm")

    assert ("a…@m…", ("Coast",)) == (view.address, view.topics)
    assert [("weekly", "The Week", ("Coast",))] == [
        (letter.id, letter.title, letter.topics) for letter in view.letters
    ]
    assert ANNA not in repr(view)


def test_a_second_confirmation_changes_nothing_not_even_for_who_has_left(
    desk: ReadersDesk,
) -> None:
    desk.ask()
    token = desk.take_token()
    desk.confirm(token)
    assert "again" == desk.confirm(token).outcome

    leave_letter(desk.newsroom, desk.store, desk.link("unsubscribe", desk.number()))
    assert "again" == desk.confirm(token).outcome
    assert "left" == desk.state()


@pytest.mark.parametrize(("hours", "closed"), [(47.9, ""), (48, "over"), (-49, "over")])
def test_a_link_to_confirm_is_good_for_two_days(
    hours: float, closed: str, desk: ReadersDesk
) -> None:
    desk.ask()
    token = desk.take_token()
    desk.wait(hours=hours)

    assert closed == find_closed(desk.confirm, token)
    assert ("waiting" if closed else "active") == desk.state()


def test_a_forged_link_opens_nothing(desk: ReadersDesk) -> None:
    desk.subscribe()
    good = desk.link("unsubscribe", desk.number())
    other = f"{good[:-5]}{'B' if good[-5] == 'A' else 'A'}{good[-4:]}"
    for token in ("", "x", good[:-3], other, "ä" * 40, "A" * 2000):
        newsroom, store = desk.newsroom, desk.store
        assert "forged" == find_closed(desk.confirm, token)
        assert "forged" == find_closed(leave_letter, newsroom, store, token)
        assert "forged" == find_closed(read_reader_data, newsroom, store, token)
        assert "forged" == find_closed(erase_reader, newsroom, store, token)
    assert "active" == desk.state()


def test_a_link_of_a_letter_manages_nothing(desk: ReadersDesk) -> None:
    """Letters are passed on: whoever has one may leave, and no more."""
    newsroom, store = desk.newsroom, desk.store
    number = desk.subscribe()
    for purpose in ("unsubscribe", "choices", "confirm", "change"):
        token = desk.link(purpose, number)
        assert "forged" == find_closed(read_reader_data, newsroom, store, token)
        assert "forged" == find_closed(erase_reader, newsroom, store, token)
        asked = newsroom, store, token, "b@mailbox.example"
        assert "forged" == find_closed(request_address_change, *asked)
    forged = desk.link("manage", number)  # signed here, but tied to no address
    assert "over" == find_closed(read_reader_data, newsroom, store, forged)


def test_a_flood_for_somebody_else_is_one_mail_a_day(desk: ReadersDesk) -> None:
    answers = {desk.ask(ANNA.upper(), client=f"192.0.{n}.0/24").outcome for n in range(30)}

    assert {"asked"} == answers
    assert 1 == len(desk.mails())
    desk.wait(days=1)
    desk.ask()
    assert 1 == len(desk.mails())


@pytest.mark.parametrize(
    ("first", "second", "mails"),
    [
        ("a@mailbox.example", "a+1@mailbox.example", 1),
        ("a+1@mailbox.example", "A+2+3@Mailbox.Example", 1),
        ("a.b@gmail.com", "ab+x@googlemail.com", 1),
        ("a.b@gmail.com", "a.c@gmail.com", 2),
        ("a.b@mailbox.example", "ab@mailbox.example", 2),
        ("a-1@mailbox.example", "a-2@mailbox.example", 2),
        ("+1@mailbox.example", "+2@mailbox.example", 2),
        ("a+1@mailbox.example", "a+1@other.example", 2),
        ("a+1@gmail.com.example", "a+2@gmail.com", 2),
    ],
)
def test_a_flood_for_one_mailbox_is_one_mail_a_day(
    first: str, second: str, mails: int, desk: ReadersDesk
) -> None:
    """Whatever stands behind the plus: somebody has any number of such addresses."""
    answers = [desk.ask(address, client=address) for address in (first, second)]

    assert ["asked", "asked"] == [answer.outcome for answer in answers]
    assert mails == len(desk.mails())


def test_two_addresses_of_one_mailbox_are_two_readers(desk: ReadersDesk) -> None:
    numbers = [desk.subscribe("a@mailbox.example")]
    desk.wait(days=1)
    numbers.append(desk.subscribe("a+news@mailbox.example", "weekly"))

    assert 2 == len(set(numbers))
    assert {"daily": ()} == desk.letters("a@mailbox.example")
    assert {"weekly": ()} == desk.letters("a+news@mailbox.example")


def test_a_change_of_address_counts_as_a_mail_to_its_mailbox(
    desk: ReadersDesk,
) -> None:
    desk.subscribe()
    manage = desk.manage_link()
    desk.ask("b+1@mailbox.example", client="198.51.100.0/24")
    desk.mails()

    new = "b+2@mailbox.example"
    answer = request_address_change(desk.newsroom, desk.store, manage, new)

    assert "asked" == answer.outcome
    assert [] == desk.mails()


def test_a_network_that_sends_too_many_forms_waits(desk: ReadersDesk) -> None:
    answers = [desk.ask(f"reader{number}@mailbox.example") for number in range(21)]

    assert ["asked"] * 20 + ["wait"] == [answer.outcome for answer in answers]
    assert timedelta(days=1) == answers[-1].wait
    assert "asked" == desk.ask("another@mailbox.example", client="198.51.100.0/24").outcome


def test_a_flood_from_everywhere_ends_for_all_alike(desk: ReadersDesk) -> None:
    reads = "known@mailbox.example"
    desk.subscribe(reads)
    with desk.store.at_once():  # one sync of the disk for all of them
        for number in range(499):
            desk.ask(f"reader{number}@mailbox.example", client=str(number))

    assert "busy" == desk.ask("new@mailbox.example").outcome
    assert "busy" == desk.ask(reads).outcome
    assert 499 == desk.store.outbox.count()


def test_nobody_learns_who_reads(desk: ReadersDesk) -> None:
    desk.subscribe()
    desk.wait(days=2)

    assert desk.ask(ANNA) == desk.ask("nobody@mailbox.example")
    kinds = {mail.kind: written for mail, written in desk.mails()}
    assert {"already", "confirm"} == kinds.keys()
    assert kinds["already"] is not None
    token = find_token(kinds["already"])
    assert "" == find_closed(consent.look_at_link, desk.newsroom, desk.store, token, "choices")


def test_who_reads_one_letter_is_asked_about_the_other_alone(desk: ReadersDesk) -> None:
    desk.subscribe()
    desk.wait(days=2)
    desk.ask(ANNA, "daily", "weekly")
    token = desk.take_token()

    view = consent.look_at_link(desk.newsroom, desk.store, token, "confirm")
    assert ["weekly"] == [letter.id for letter in view.letters]
    desk.confirm(token)
    assert {"daily", "weekly"} == desk.letters().keys()


@pytest.mark.parametrize("reason", ["hard-bounce", "soft-bounces", "complaint", "by-hand"])
def test_a_suppressed_address_gets_no_mail_and_the_same_answer(
    reason: str, desk: ReadersDesk
) -> None:
    desk.store.suppressions.add(ANNA, reason, desk.now)  # type: ignore[arg-type]

    assert desk.ask("nobody@mailbox.example") == desk.ask(ANNA)
    assert [ANNA] != [mail.to for _, mail in desk.mails() if mail]
    assert "" == desk.state()


def test_a_link_that_was_not_used_brings_nobody_back_who_left_since(desk: ReadersDesk) -> None:
    desk.subscribe()
    desk.wait(hours=25)
    desk.ask(ANNA, "weekly")
    unused = desk.take_token()
    desk.wait(hours=25)
    desk.subscribe(ANNA, "weekly")
    leave_all_letters(desk.newsroom, desk.store, desk.link("choices", desk.number()))
    desk.wait(hours=22)

    assert "over" == find_closed(desk.confirm, unused)
    assert "left" == desk.state()


def test_domains_that_are_spelled_alike_are_two(desk: ReadersDesk) -> None:
    first = desk.subscribe("anna@stra\u00dfe.example.com")

    assert first != desk.subscribe("anna@strasse.example.com")


def test_another_spelling_of_a_mailbox_is_its_reader_and_mail_goes_to_the_first(
    desk: ReadersDesk,
) -> None:
    desk.subscribe()
    desk.wait(hours=25)
    wide = f"\uff21{ANNA[1:]}"

    desk.ask(wide, "weekly")
    desk.ask(ANNA, "weekly")

    assert [ANNA] == [mail.to for _, mail in desk.mails() if mail]
    assert {"active": 1} == by_hand.count_readers(desk.newsroom, desk.store).states


@pytest.mark.parametrize(
    ("reason", "detail", "reads"),
    [
        ("erased", "", True),
        ("left-elsewhere", "", True),
        ("imported", "cleaned", False),
        ("imported", "blocklisted", False),
    ],
)
def test_who_left_elsewhere_or_was_erased_may_come_back_by_their_own_word(
    reason: str, detail: str, reads: bool, desk: ReadersDesk
) -> None:
    desk.store.suppressions.add(ANNA, reason, desk.now, detail)  # type: ignore[arg-type]
    desk.ask()

    assert reads == bool(desk.store.outbox.count())
    assert desk.store.suppressions.find(ANNA) is not None
    if reads:
        desk.confirm(desk.take_token())
        assert {desk.number()} == queued(desk)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "empty"),
        ("anna", "no-at"),
        ("@mailbox.example", "bad-name"),
        ("anna@", "bad-domain"),
        ("an na@mailbox.example", "bad-name"),
        ("anna@mail box.example", "bad-domain"),
        ("anna..b@mailbox.example", "bad-name"),
        ("anna@mailbox.example\r\nBcc: x@y.example", "bad-name"),
        ("anna\r\n@mailbox.example", "bad-name"),
        ("a\0nna@mailbox.example", "bad-name"),
        ("anna@[192.0.2.1]", "bad-domain"),
        ("anna@localhost", "special-domain"),
        ("anna@mailbox.test", "special-domain"),
        ("anna@mailbox.invalid", "special-domain"),
        ("a" * 65 + "@mailbox.example", "bad-name"),
        ("a@" + "b" * 250 + ".example", "too-long"),
        ("Anna <anna@mailbox.example>", "bad-domain"),
        ("anna@-mailbox.example", "bad-domain"),
        ("an\udce4na@mailbox.example", "bad-name"),
    ],
)
def test_what_is_no_address_is_told_by_its_fault(typed: str, fault: str, desk: ReadersDesk) -> None:
    answer = desk.ask(typed)

    assert ("no-address", fault) == (answer.outcome, answer.hint)
    assert {} == desk.store.subscribers.count()


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" anna@MailBox.Example\t", "anna@mailbox.example"),
        ('"anna b"@mailbox.example', '"anna b"@mailbox.example'),
        ("änna@mailbox.example", "änna@mailbox.example"),
        ("anna@bücher.example", "anna@bücher.example"),
        ("anna@xn--bcher-kva.example", "anna@bücher.example"),
        ("+tag@mailbox.example", "+tag@mailbox.example"),
        ("a" * 64 + "@" + ".".join(["b" * 59] * 3) + ".example", None),
    ],
)
def test_every_legal_oddity_reads(typed: str, address: str | None, desk: ReadersDesk) -> None:
    desk.ask(typed)

    ((_, mail),) = desk.mails()
    assert mail is not None
    assert (address or typed) == mail.to


def test_in_a_trial_on_this_machine_special_names_read(tmp_path: Path) -> None:
    more = '[mail.smtp]\nhost = "127.0.0.1"\nsecurity = "none"\n[[letter]]\nid = "daily"\n'
    with readers_desk(tmp_path, more) as desk:
        assert "asked" == desk.ask("anna@localhost").outcome
        assert "asked" == desk.ask("anna@mailbox.test").outcome
        assert "no-address" == desk.ask("an na@mailbox.test").outcome
        recipients = {mail.to for _, mail in desk.mails() if mail}
        assert {"anna@localhost", "anna@mailbox.test"} == recipients


def test_a_letter_that_is_none_is_told(desk: ReadersDesk) -> None:
    assert "no-letter" == desk.ask(ANNA, "monthly").outcome
    assert "asked" == desk.ask(ANNA, "monthly", "weekly").outcome


def test_one_click_ends_its_letter_at_once_and_as_often_as_it_is_sent(desk: ReadersDesk) -> None:
    number = desk.subscribe(ANNA, "daily", "weekly")
    token = desk.link("unsubscribe", number, "daily")
    desk.set_clock(datetime(2041, 1, 1, tzinfo=UTC))  # such links never expire

    first = leave_letter(desk.newsroom, desk.store, token)
    again = leave_letter(desk.newsroom, desk.store, token)

    assert ("left", ["daily"]) == (first.outcome, [letter.id for letter in first.letters])
    assert "again" == again.outcome
    assert ({"weekly": ()}, "active") == (desk.letters(), desk.state())


def test_who_leaves_while_an_issue_goes_out_gets_it_no_more(desk: ReadersDesk) -> None:
    number = desk.subscribe()
    desk.wait(seconds=1)
    assert {number} == queued(desk)
    sending = desk.store.ledger.list_sendings()[0].number

    leave_all_letters(desk.newsroom, desk.store, desk.link("choices", number))

    assert () == desk.store.ledger.claim(sending, 1, 10, desk.now)
    assert "left" == desk.state()


def test_choices_begin_letters_with_a_consent_and_end_the_others(desk: ReadersDesk) -> None:
    token = desk.link("choices", desk.subscribe())
    choices = outcomes.ReaderChoices(letters={"weekly": ("Coast", "Gone")})

    assert "kept" == choose_letters(desk.newsroom, desk.store, token, choices)

    assert {"weekly": ("Coast",)} == desk.letters()
    consents = [(consent.letter, consent.how) for consent in desk.store.consents.of(desk.number())]
    assert [("daily", "form"), ("weekly", "choices")] == consents


@pytest.mark.parametrize(
    ("until", "outcome"),
    [
        (date(2026, 11, 21), "kept"),
        (date(2026, 11, 20), "no-date"),
        (date(1, 1, 1), "no-date"),
        (date(2028, 1, 1), "no-date"),
        (date(9999, 12, 31), "no-date"),
    ],
)
def test_a_pause_lasts_until_a_day_within_a_year(
    until: date, outcome: str, desk: ReadersDesk
) -> None:
    token = desk.link("choices", desk.subscribe())
    choices = outcomes.ReaderChoices(letters={"daily": ()}, paused_until=until)

    assert outcome == choose_letters(desk.newsroom, desk.store, token, choices)
    if outcome == "kept":
        assert consent.look_at_link(desk.newsroom, desk.store, token, "choices").is_paused
        assert set() == queued(desk)
        desk.wait(days=2)
        assert not consent.look_at_link(desk.newsroom, desk.store, token, "choices").is_paused
        assert {desk.number()} == queued(desk)


def test_who_had_left_comes_back_by_a_mail_alone(desk: ReadersDesk) -> None:
    token = desk.link("choices", desk.subscribe())
    leave_all_letters(desk.newsroom, desk.store, token)
    desk.wait(days=2)
    choices = outcomes.ReaderChoices(letters={"daily": ()})

    assert "asked" == choose_letters(desk.newsroom, desk.store, token, choices)
    assert "left" == desk.state()
    assert "confirmed" == desk.confirm(desk.take_token()).outcome
    assert "active" == desk.state()


def test_choices_of_what_is_no_letter_change_nothing(desk: ReadersDesk) -> None:
    token = desk.link("choices", desk.subscribe())
    choices = outcomes.ReaderChoices(letters={"monthly": ()})

    assert "no-letter" == choose_letters(desk.newsroom, desk.store, token, choices)
    assert {"daily": ()} == desk.letters()


def test_who_confirmed_nothing_is_forgotten_after_a_week(desk: ReadersDesk) -> None:
    desk.subscribe("reads@mailbox.example")
    desk.ask()
    desk.wait(days=6)
    desk.ask()  # and waits anew
    desk.wait(days=2)
    assert 0 == forget_silent_readers(desk.store, desk.now)

    desk.wait(days=5, seconds=1)
    assert 1 == forget_silent_readers(desk.store, desk.now)

    assert "" == desk.state()
    assert {"active": 1} == desk.store.subscribers.count()
    assert 0 == desk.store.outbox.count()


def test_a_title_fills_no_gap_of_a_mail(tmp_path: Path) -> None:
    more = '[[letter]]\nid = "daily"\ntitle = "A day {link}"\n'
    with readers_desk(tmp_path, more) as desk:
        desk.ask()
        ((_, mail),) = desk.mails()

    assert mail is not None
    assert "Please confirm your subscription: A day {link}" == mail.subject


def test_mails_say_it_in_the_language_of_the_site(tmp_path: Path) -> None:
    more = f'locale = "de-de"\n[serve]\npublic_url = "{PUBLIC}"\n[[letter]]\nid = "daily"\n'
    with readers_desk(tmp_path, more) as desk:
        desk.ask()
        ((_, mail),) = desk.mails()

    assert mail is not None
    assert "Bitte bestätigen Sie Ihr Abonnement: Tidewatch" == mail.subject
    assert f"{PUBLIC}/mail/confirm/" in mail.text


def test_no_mail_is_written_to_who_is_gone(desk: ReadersDesk) -> None:
    desk.ask()
    desk.store.suppressions.add(ANNA, "hard-bounce", desk.now)
    assert [None] == [mail for _, mail in desk.mails()]


def test_a_wish_for_more_than_a_link_holds_is_for_whole_letters(tmp_path: Path) -> None:
    letters = [f"letter-{number:02}-{'x' * 40}" for number in range(12)]
    more = "".join(f'[[letter]]\nid = "{letter}"\n' for letter in letters)
    with readers_desk(tmp_path, f'[serve]\npublic_url = "{PUBLIC}"\n{more}') as desk:
        desk.ask(ANNA, *letters, topics=("Coast",))
        answer = desk.confirm(desk.take_token())

        assert 0 < len(answer.letters) < 12
        assert {letter.id: () for letter in answer.letters} == desk.letters()
