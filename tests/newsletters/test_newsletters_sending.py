"""Sending: each reader gets an issue once, whoever stops it, and the ledger says to whom."""

from __future__ import annotations

import email
import os
import shutil
import signal
from dataclasses import replace
from datetime import datetime, timedelta
from email.policy import default
from pathlib import Path

import pytest

from copydesk import newsletters
from copydesk.errors import BusyError, MailError, MailStoreError, UsageError
from copydesk.kit import locks
from copydesk.mail_store import Ledger, MailStore, OutboxMail
from copydesk.mail_store.deliveries import NewSending, SendingState
from copydesk.mail_store.links import ReaderLink, ReturnPath
from copydesk.newsletters import delivery_log
from copydesk.newsletters.sending import make_eml, send_issues, send_outbox, write_eml
from copydesk.newsletters.sending.begin import begin_due_sendings, begin_sending
from copydesk.newsroom import Newsroom, Silence
from world.command import copydesk
from world.mail_soak import name_issue, soak
from world.newsroom import NOW, run_git
from world.post_office import (
    LATER,
    newsroom_at,
    opened,
    post_office,
    send,
    taken,
)


def test_each_reader_gets_an_issue_once_and_the_ledger_says_so(tmp_path: Path) -> None:
    with post_office(tmp_path) as (root, log):
        report = send(root)
        with opened(root) as (newsroom, store), pytest.raises(UsageError, match="was already sent"):
            begin_sending(newsroom, store, name_issue(root), "Anna")
        with opened(root) as (_, store):
            lines = list(delivery_log.list_who(store, name_issue(root)))

        assert {"accepted": 5} == report.counts
        assert "done" == report.state
        assert {f"reader{n}@d{n}.example": 1 for n in range(5)} == taken(log)
    assert sorted(taken(log)) == sorted(line.address for line in lines)
    assert {250} == {line.code for line in lines}


def test_whoever_leaves_before_their_turn_gets_nothing(tmp_path: Path) -> None:
    with post_office(tmp_path) as (root, log):
        with opened(root) as (newsroom, store):
            begin_sending(newsroom, store, name_issue(root), "Anna")
            left = store.subscribers.find("reader1@d1.example")
            paused = store.subscribers.find("reader2@d2.example")
            assert left is not None
            assert paused is not None
            store.subscriptions.end(left.id, "daily")
            store.subscribers.set_state(paused.id, "paused")
            store.suppressions.add("reader3@d3.example", "complaint", LATER)

        report = send(root)

        assert {"accepted": 2, "skipped": 3} == report.counts
        assert {"reader0@d0.example", "reader4@d4.example"} == set(taken(log))


def test_readers_of_other_topics_are_not_written_to(tmp_path: Path) -> None:
    with post_office(tmp_path, readers=3) as (root, log):
        with opened(root) as (_, store):
            for number, topics in enumerate([(), ("Coast",), ("Harbour",)]):
                subscriber = store.subscribers.find(f"reader{number}@d{number}.example")
                assert subscriber is not None
                (subscription,) = store.subscriptions.of(subscriber.id)
                store.subscriptions.put(replace(subscription, topics=topics))

        send(root)

        assert {"reader0@d0.example", "reader1@d1.example"} == set(taken(log))


def test_a_mailbox_that_is_not_there_is_never_written_to_again(tmp_path: Path) -> None:
    plan = {"rules": [{"at": "recipient", "do": "550 5.1.1 nobody", "recipient": "reader1@"}]}
    with post_office(tmp_path, plan) as (root, _):
        report = send(root)
        with opened(root) as (_, store):
            suppression = store.suppressions.find("reader1@d1.example")

    assert {"accepted": 4, "refused": 1} == report.counts
    assert suppression is not None
    assert "hard-bounce" == suppression.reason


def test_a_server_that_refuses_the_sender_costs_no_reader_the_letter(tmp_path: Path) -> None:
    plan = {"rules": [{"at": "sender", "do": "550 5.7.1 not from you", "first": 1}]}
    with post_office(tmp_path, plan) as (root, log):
        report = send(root)
        assert "refuses the sender address" in report.trouble
        later = send(root, LATER + timedelta(minutes=20))

        assert {"accepted": 5} == later.counts
        assert 5 == len(taken(log))


def test_a_server_that_refuses_everybody_does_not_get_to_all(tmp_path: Path) -> None:
    plan = {"rules": [{"at": "recipient", "do": "550 5.7.1 quota is used up", "first": 25}]}
    with post_office(tmp_path, plan, readers=40) as (root, log):
        report = send(root)
        assert "refused many mails in a row" in report.trouble
        assert "paused" == report.state
        assert 10 <= report.counts["queued"]

        later = send(root, LATER + timedelta(minutes=1))

        assert "done" == later.state
        assert 40 - later.counts["refused"] == later.counts["accepted"] == len(taken(log))


def test_what_is_greylisted_is_tried_again_later(tmp_path: Path) -> None:
    plan = {"rules": [{"at": "recipient", "do": "451 4.7.1 later", "once": True}]}
    with post_office(tmp_path, plan) as (root, log):
        assert {"waiting": 5} == send(root).counts
        assert {"waiting": 5} == send(root, LATER + timedelta(minutes=1)).counts
        assert {"accepted": 5} == send(root, LATER + timedelta(minutes=8)).counts
        assert {1} == set(taken(log).values())


def test_a_letter_that_broke_off_after_its_end_is_left_and_named(tmp_path: Path) -> None:
    plan = {"rules": [{"at": "message", "do": "taken-close", "first": 1}]}
    with post_office(tmp_path, plan) as (root, log):
        report = send(root)

        assert {"accepted": 4, "uncertain": 1} == report.counts
        assert {1} == set(taken(log).values())
        said = copydesk("-C", root, "mail", "who", name_issue(root), "--state", "uncertain")
        assert 1 == said.out.count("uncertain")


def test_a_server_that_is_away_keeps_the_issue_for_later(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path, readers=2)
    with opened(root) as (newsroom, store):
        sending = begin_sending(newsroom, store, name_issue(root), "Anna")
        store.ledger.set_state(sending.number, "paused")
        row = delivery_log.resume_sending(newsroom, store, name_issue(root), "Ben")

    assert "ready" == row.state
    assert {"queued": 2} == row.counts
    assert "Ben" == row.by


def test_who_has_no_line_in_the_ledger_is_told_as_that(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path, readers=1)
    with opened(root) as (_, store):
        ((address,),) = store.ledger._database.run("SELECT address FROM subscribers")

    nobody = copydesk("-C", root, "mail", "who", "nobody@tidewatch.example")
    typo = copydesk("-C", root, "mail", "who", "nobody@")
    known = copydesk("-C", root, "mail", "who", address.upper())

    assert (2, "", True) == (
        *(nobody.code, nobody.out),
        "no subscriber has this address" in nobody.err,
    )
    assert (2, True) == (typo.code, "not a valid mail address" in typo.err)
    assert (0, "", "no issue sent to this address yet\n") == (known.code, known.out, known.err)


def test_an_issue_that_a_change_of_settings_holds_up_says_so(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path, readers=1)
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace("tidewatch.example", "watch.example"), "utf-8")
    words = (
        "the mail settings changed since a check was overruled: run `copydesk mail doctor` again"
    )

    first = copydesk("-C", root, "mail", "send", name_issue(root), "--as", "Anna")
    again = copydesk("-C", root, "mail", "send", name_issue(root), "--as", "Anna")

    assert (2, f"not sent: {words}") == (
        first.code,
        first.err.partition("error: ")[2][: 10 + len(words)],
    )
    assert (2, True) == (again.code, words in again.err)


def test_what_is_due_says_which_issue_the_checks_hold_up_and_why(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path, readers=1)
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace("tidewatch.example", "watch.example"), "utf-8")
    due = ("-C", root, "--now", NOW.isoformat(), "mail", "send", "--due")

    told, listed = copydesk(*due), copydesk(*due, "--json")

    why = "the mail settings changed since a check was overruled: run `copydesk mail doctor` again"
    assert (0, "", f"{name_issue(root)} waits: {why}\n") == (told.code, told.out, told.err)
    held = [{"issue": name_issue(root), "why": why}]
    assert {"sendings": [], "held": held} == listed.json()


def test_a_letter_that_is_queued_is_shown_without_a_time(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path, readers=1)
    with opened(root) as (newsroom, store):
        begin_sending(newsroom, store, name_issue(root), "Anna")
        ((address,),) = store.ledger._database.run("SELECT address FROM subscribers")

    found = copydesk("-C", root, "mail", "readers", "find", address)
    who = copydesk("-C", root, "mail", "who", name_issue(root))
    line = copydesk("-C", root, "mail", "who", address, "--json").json()["deliveries"][0]

    assert f"  issue {name_issue(root)}: queued\n" in found.out
    assert (f"-{' ' * 21}queued", None) == (who.out[:28], line["at"])


def test_an_issue_whose_letter_is_gone_holds_up_no_other(tmp_path: Path) -> None:
    with post_office(tmp_path, readers=1) as (root, _), opened(root) as (newsroom, store):
        for issue in ("weekly-2026-11-20", name_issue(root)):
            store.ledger.begin(NewSending(issue=issue, letter="daily", via="smtp"), LATER)
        sendings = begin_due_sendings(newsroom, store)
        reports = send_issues(newsroom, store, sendings, Silence())

    assert ["not the name of a newsletter's issue: weekly-2026-11-20", ""] == [
        each.trouble for each in reports
    ]
    assert {"accepted": 1} == reports[1].counts


def test_two_processes_do_not_send_at_once(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path)
    with (
        opened(root) as (newsroom, store),
        locks.hold(root / ".copydesk" / "mail.lock") as is_free,
        pytest.raises(BusyError),
    ):
        send_issues(newsroom, store, [], Silence())
    assert is_free


def test_an_issue_filed_since_the_backup_awaits_a_persons_word(tmp_path: Path) -> None:
    with post_office(tmp_path, readers=1) as (root, log):
        with opened(root) as (newsroom, store):
            store.ledger.mark_restore(NOW - timedelta(hours=1), LATER)
            assert () == begin_due_sendings(newsroom, store)
            row = delivery_log.find_sending(store, name_issue(root))
        assert ("awaits-word", "restored") == (row.state, row.remark)
        assert {} == taken(log)

        assert "done" == send(root).state


def test_an_issue_filed_before_the_backup_may_have_been_begun_after_it(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path, readers=1)
    with opened(root) as (newsroom, store):
        store.ledger.mark_restore(NOW + timedelta(seconds=30), LATER)

        assert () == begin_due_sendings(newsroom, store)
        assert "restored" == delivery_log.find_sending(store, name_issue(root)).remark


def test_a_sending_under_way_awaits_a_word_after_a_restore(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path)
    with opened(root) as (newsroom, store):
        begin_sending(newsroom, store, name_issue(root), "Anna")
        store.ledger.mark_restore(NOW, LATER)

        assert () == begin_due_sendings(newsroom, store)


def test_what_goes_by_itself_is_of_today(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path)
    with opened(root, NOW + timedelta(days=2)) as (newsroom, store):
        assert () == begin_due_sendings(newsroom, store)
    with opened(root) as (newsroom, store):
        (sending,) = begin_due_sendings(newsroom, store)
        assert name_issue(root) == sending.issue


def test_a_story_taken_out_of_an_issue_is_not_sent(tmp_path: Path) -> None:
    with post_office(tmp_path, readers=1) as (root, _):
        said = copydesk(
            *("-C", root, "verdict", "2026-11-19-story-0", "remove", "--why", "wrong"),
            *("--as", "Anna"),
        )
        assert 0 == said.code, said.err
        folder = tmp_path / "eml"
        with opened(root) as (newsroom, store):
            (file,) = write_eml(newsroom, store, name_issue(root), ["a@b.example"], folder)

    message = email.message_from_bytes(file.read_bytes(), policy=default)
    bodies = [part.get_content() for part in message.walk() if not part.is_multipart()]
    assert 2 == len(bodies)
    assert not any("Story number 0" in body for body in bodies)
    assert all("Story number 1" in body for body in bodies)


def test_a_letter_says_who_wrote_it_to_whom_and_how_to_leave(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path)
    with opened(root) as (newsroom, store):
        (file,) = write_eml(newsroom, store, name_issue(root), ["a@b.example"], tmp_path / "eml")

        message = email.message_from_bytes(file.read_bytes(), policy=default)
        leave = str(message["List-Unsubscribe"]).strip("<>")
        link = store.links.read(leave.rpartition("/")[2])

    assert leave.startswith("https://letters.example/mail/leave/")
    assert link == ReaderLink(purpose="unsubscribe", subscriber=0, letter="daily", made=LATER)
    assert "List-Unsubscribe=One-Click" == message["List-Unsubscribe-Post"]
    assert "auto-generated" == message["Auto-Submitted"]
    assert "<daily.example.org>" in str(message["List-Id"])
    assert "<https://tidewatch.example/coast/newsletters/>" == message["List-Archive"]
    assert LATER == message["Date"].datetime
    fields = message["Feedback-ID"].split(":")
    assert (4, 4) == (len(fields), len(set(fields)))
    assert 5 <= len(fields[-1]) <= 15
    assert name_issue(root) in str(message["Message-ID"])
    assert leave in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_letter_does_not_say_by_which_path_it_comes_back(tmp_path: Path) -> None:
    """Whoever it is passed on to could report that its reader's mailbox is gone."""
    root = newsroom_at(tmp_path)
    path = ReturnPath(sending=0, subscriber=0)
    with opened(root) as (newsroom, store):
        letter = make_eml(newsroom, store, name_issue(root), "a@b.example")
        message = email.message_from_bytes(letter, policy=default)
        word = str(message["Message-ID"]).partition("@")[0].rpartition(".")[2]

        assert store.links.sign_return(path).encode() not in letter.lower()
        assert path == store.links.read_message_id(word)
        assert store.links.read_return(word) is None


def test_a_sending_that_is_paused_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with post_office(tmp_path) as (root, log):
        with opened(root) as (newsroom, store):
            sending = begin_sending(newsroom, store, name_issue(root), "Anna")
            intents = store.ledger.claim(sending.number, 0, 2, LATER)
            store.ledger.give_back(sending.number, [(each.subscriber, LATER) for each in intents])
            delivery_log.stop_sending(store, name_issue(root), "paused", "Ben")
            assert () == begin_due_sendings(newsroom, store)

        assert {"accepted": 5} == send(root).counts
        assert 5 == len(taken(log))


def test_a_sending_that_was_ended_stays_so(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path)
    with opened(root) as (newsroom, store):
        begin_sending(newsroom, store, name_issue(root), "Anna")
        delivery_log.stop_sending(store, name_issue(root), "ended", "Ben")

        with pytest.raises(UsageError, match="was cancelled before"):
            begin_sending(newsroom, store, name_issue(root), "Anna")
        with pytest.raises(UsageError, match="already delivered or cancelled"):
            delivery_log.stop_sending(store, name_issue(root), "paused", "Ben")


def begin_two(root: Path, newsroom: Newsroom, store: MailStore) -> list[newsletters.Sending]:
    """Queue the issue, and a copy of it under the name of another day."""
    file = root / "_newsletters" / f"{name_issue(root)}.html"
    other = file.with_stem("daily-2026-11-19")
    shutil.copy(file, other)
    return [begin_sending(newsroom, store, each.stem, "Anna") for each in (file, other)]


def test_who_is_told_to_end_begins_no_other_issue(tmp_path: Path) -> None:
    class Ending(Silence):
        def step(self, count: int = 1, host: str = "") -> None:
            os.kill(os.getpid(), signal.SIGTERM)

    with post_office(tmp_path, readers=1) as (root, _), opened(root) as (newsroom, store):
        sendings = begin_two(root, newsroom, store)

        reports = send_issues(newsroom, store, sendings, Ending())

    assert [{"accepted": 1}, {"queued": 1}] == [report.counts for report in reports]


def test_an_issue_that_goes_after_another_is_sent_when_its_turn_comes(tmp_path: Path) -> None:
    class Hours:
        moments = (LATER, LATER + timedelta(hours=3))
        turns = iter(moments)

        def now(self) -> datetime:
            return next(self.turns)

        async def sleep(self, seconds: float) -> None:
            raise NotImplementedError

    with post_office(tmp_path, readers=1) as (root, _), opened(root) as (newsroom, store):
        sendings = begin_two(root, newsroom, store)

        send_issues(newsroom, store, sendings, Silence(), Hours())

        lines = [next(delivery_log.list_who(store, sending.issue)) for sending in sendings]
    times = [line.at for line in lines if line.at is not None]
    minute = timedelta(minutes=1)
    assert [True, True] == [
        moment <= at < moment + minute for moment, at in zip(Hours.moments, times, strict=True)
    ]


@pytest.mark.parametrize("word", ["paused", "ended"])
def test_what_somebody_stops_while_it_waits_for_another_does_not_go(
    tmp_path: Path, word: SendingState
) -> None:
    with post_office(tmp_path, readers=1) as (root, log), opened(root) as (newsroom, store):
        sending = begin_sending(newsroom, store, name_issue(root), "Anna")
        store.ledger.set_state(sending.number, word)

        (report,) = send_issues(newsroom, store, [sending], Silence())

        assert (word, {"queued": 1}) == (report.state, report.counts)
        assert {} == taken(log)


def test_settings_by_which_no_letter_can_be_written_cost_no_reader_the_letter(
    tmp_path: Path,
) -> None:
    root = newsroom_at(tmp_path, readers=2)
    beat = root / "beat.toml"
    long = "bounces-of-all-letters-of-the-tidewatch"  # with a token more than 64 octets
    beat.write_text(beat.read_text("utf-8").replace("bounces@", f"{long}@"), "utf-8")
    with opened(root) as (newsroom, store):
        sending = begin_sending(newsroom, store, name_issue(root), "Anna")
        store.ledger.set_state(sending.number, "ready")  # whatever the checks say

        (report,) = send_issues(newsroom, store, [sending], Silence())

    assert "not a valid mail address" in report.trouble
    assert {"queued": 2} == report.counts


def test_a_sending_that_nobody_could_pause_any_more_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a mock: no file fails for whoever looks at a state and for nobody else
    failures = iter([MailStoreError("the mail database could not be read")])
    state_of = Ledger.state_of

    def fail_once(ledger: Ledger, number: int) -> SendingState:
        for failure in failures:
            raise failure
        return state_of(ledger, number)

    monkeypatch.setattr(Ledger, "state_of", fail_once)
    root = newsroom_at(tmp_path, readers=1)
    with opened(root) as (newsroom, store):
        sending = begin_sending(newsroom, store, name_issue(root), "Anna")
        (intent,) = store.ledger.claim(sending.number, 0, 1, LATER)
        soon = LATER + timedelta(seconds=3)
        store.ledger.give_back(sending.number, [(intent.subscriber, soon)])

        with pytest.raises(MailStoreError):
            send_issues(newsroom, store, [sending], Silence())


@pytest.mark.parametrize(
    ("do", "trouble"),
    [("550 5.7.1 not from you", "refuses the sender address"), ("421 busy", "fewer mails")],
)
def test_mails_to_single_persons_wait_where_the_server_takes_none_of_ours(
    tmp_path: Path, do: str, trouble: str
) -> None:
    plan = {"rules": [{"at": "sender", "do": do, "first": 1}]}
    with post_office(tmp_path, plan, readers=2) as (root, log), opened(root) as (newsroom, store):
        for number in (1, 2):
            store.outbox.put(OutboxMail(kind="manage", subscriber=number, made=LATER))
        with pytest.raises(MailError, match=trouble):
            send_outbox(newsroom, store)
        assert 2 == store.outbox.count()

        soon = replace(newsroom, now=LATER + timedelta(minutes=3))
        assert 2 == send_outbox(soon, store)
        assert 2 == len(taken(log))


def test_a_mail_for_which_nobody_waits_any_more_is_not_sent(tmp_path: Path) -> None:
    with post_office(tmp_path, readers=1) as (root, log), opened(root) as (newsroom, store):
        made = LATER - timedelta(days=2)  # as a restored backup has it
        store.outbox.put(OutboxMail(kind="manage", subscriber=1, made=made))

        assert 0 == send_outbox(newsroom, store)
        assert 0 == store.outbox.count()
        assert {} == taken(log)


def test_a_server_that_hangs_holds_up_no_end(tmp_path: Path) -> None:
    plan = {"rules": [{"at": "sender", "do": "silent"}]}
    with post_office(tmp_path, plan, readers=1) as (root, _), opened(root) as (newsroom, store):
        store.outbox.put(OutboxMail(kind="manage", subscriber=1, made=LATER))
        looks = iter([False, False])

        def is_over() -> bool:
            return next(looks, True)

        assert 0 == send_outbox(newsroom, store, is_over, grace_seconds=0.01)
        assert 1 == store.outbox.count()


def test_no_address_stands_in_git_or_in_what_a_sender_prints(tmp_path: Path) -> None:
    plan = {"rules": [{"at": "recipient", "do": "550 5.1.1 reader1@d1.example unknown"}]}
    with post_office(tmp_path, plan, readers=2) as (root, _):
        now = LATER.isoformat()
        said = copydesk("-C", root, "--now", now, "mail", "send", name_issue(root), "--as", "Anna")

        assert "@d1.example" not in said.out + said.err
        assert "@d1.example" not in run_git(root, "log", "-p", "--all")
        with opened(root) as (_, store):
            words = [line.words for line in delivery_log.list_who(store, name_issue(root))]
    assert not any("@" in each for each in words)


def test_the_ledger_keeps_an_issue_once_whoever_begins_it(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path, readers=2)
    with opened(root) as (_, store):
        new = NewSending(issue="daily-2026-11-20", letter="daily", via="smtp")
        first = store.ledger.begin(new, LATER)

        assert first == store.ledger.begin(replace(new, by="Ben"), LATER + timedelta(hours=1))


@pytest.mark.slow
def test_killed_again_and_again_nobody_gets_two_and_who_got_none_is_named(tmp_path: Path) -> None:
    report = soak(tmp_path, readers=400, kills=5)

    assert [] == report.faults
    assert 400 == sum(report.counts.values())
    assert report.kills
