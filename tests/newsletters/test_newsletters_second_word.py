"""What stops an issue before it costs readers the letter, and by whose word it goes on."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk.archive import Archive
from copydesk.desk_store import open_desk
from copydesk.errors import MailError, UsageError
from copydesk.mail_store import (
    MailStore,
)
from copydesk.newsletters import checks, delivery_log
from copydesk.newsletters.sending import send_issues, send_test
from copydesk.newsletters.sending.begin import (
    IssueAudience,
    ask_and_file,
    begin_due_sendings,
    begin_sending,
    hold_issue,
    send_again,
)
from copydesk.newsroom import Silence
from world import records
from world.command import Said, copydesk
from world.desk import stories
from world.mail_soak import name_issue
from world.newsroom import NOW, run_git
from world.post_office import (
    LATER,
    keep_open,
    newsroom_at,
    opened,
    post_office,
    send,
    taken,
)

BREAKS_OFF = {"rules": [{"at": "message", "do": "taken-close"}]}
NOBODY_THERE = {"rules": [{"at": "recipient", "do": "550 5.1.1 nobody here"}]}


@pytest.mark.parametrize("rule", ["leave", "again"])
def test_a_server_that_breaks_off_after_each_letter_does_not_get_to_all(
    tmp_path: Path, rule: str
) -> None:
    with post_office(tmp_path, BREAKS_OFF, readers=60) as (root, log):
        keep_open(root, f'when_uncertain = "{rule}"')

        said = copydesk(
            *("-C", root, "--now", LATER.isoformat(), "mail", "send", name_issue(root)),
            *("--as", "Anna"),
        )

        with opened(root) as (_, store):
            row = delivery_log.find_sending(store, name_issue(root))
        taken_once = taken(log)
    assert (1, True) == (said.code, "breaks off after one letter after the other" in said.err)
    assert ("paused", "uncertain") == (row.state, row.remark)
    assert 12 >= len(taken_once) >= row.counts.get("uncertain", 0)
    assert 40 <= row.counts["queued"]
    assert {1} == set(taken_once.values())


def test_a_server_that_starts_anew_pauses_nothing(tmp_path: Path) -> None:
    plan = {"rules": [{"at": "message", "do": "taken-close", "first": 4}]}  # one a connection
    with post_office(tmp_path, plan, readers=20) as (root, _):
        report = send(root)

    assert ("done", {"accepted": 16, "uncertain": 4}, "") == (
        *(report.state, report.counts),
        report.trouble,
    )


def test_a_few_letters_that_all_broke_off_are_told(tmp_path: Path) -> None:
    with post_office(tmp_path, BREAKS_OFF, readers=6) as (root, _):
        report = send(root)

    assert ("done", {"uncertain": 6}) == (report.state, report.counts)
    assert "breaks off after one letter after the other" in report.trouble


def test_an_owners_word_sends_to_the_uncertain_again_once(tmp_path: Path) -> None:
    plan = {"rules": [{"at": "message", "do": "taken-close", "first": 3}]}
    with post_office(tmp_path, plan, readers=9) as (root, log), opened(root) as (newsroom, store):
        issue = name_issue(root)
        sending = begin_sending(newsroom, store, issue, "Anna")
        with pytest.raises(UsageError, match="is not done"):
            send_again(newsroom, store, issue, "Anna", 0)
        send_issues(newsroom, store, [sending], Silence())
        gone = store.subscribers.find(uncertain(store, issue)[0])
        assert gone is not None
        store.subscriptions.end_all(gone.id)  # who left meanwhile gets none

        with pytest.raises(UsageError, match="uncertain by now: 3"):
            send_again(newsroom, store, issue, "Anna", 2)
        again = send_again(newsroom, store, issue, "Anna", 3)
        assert 3 == delivery_log.find_sending(store, issue).counts["waiting"]
        (report,) = send_issues(newsroom, store, [again], Silence())

        assert ("done", {"accepted": 8, "skipped": 1}) == (report.state, report.counts)
        assert [1] * 7 + [2] * 2 == sorted(taken(log).values())
        row = delivery_log.find_sending(store, issue)
        assert ("Anna", LATER) == (row.again_by, row.again_at)
        with pytest.raises(UsageError, match="was sent to the uncertain again before"):
            send_again(newsroom, store, issue, "Anna", 0)


def uncertain(store: MailStore, issue: str) -> list[str]:
    return [line.address for line in delivery_log.list_who(store, issue, "uncertain")]


def test_what_breaks_off_again_is_not_sent_a_third_time(tmp_path: Path) -> None:
    with post_office(tmp_path, BREAKS_OFF, readers=3) as (root, log):
        send(root)
        with opened(root) as (newsroom, store):
            again = send_again(newsroom, store, name_issue(root), "Anna", 3)
            send_issues(newsroom, store, [again], Silence())
            with pytest.raises(UsageError, match="again before"):
                send_again(newsroom, store, name_issue(root), "Anna", 3)

        assert {2} == set(taken(log).values())


def test_what_was_ended_is_not_sent_again(tmp_path: Path) -> None:
    with post_office(tmp_path, BREAKS_OFF, readers=40) as (root, log):
        assert "paused" == send(root).state
        with opened(root) as (newsroom, store):
            delivery_log.stop_sending(store, name_issue(root), "ended", "Anna")
            with pytest.raises(UsageError, match="is not done"):
                send_again(newsroom, store, name_issue(root), "Anna", 9)

        assert {1} == set(taken(log).values())


def test_the_command_asks_before_it_sends_again_and_says_what_that_risks(tmp_path: Path) -> None:
    plan = {"rules": [{"at": "message", "do": "taken-close", "first": 2}]}
    with post_office(tmp_path, plan, readers=5) as (root, log):
        send(root)
        words = ("-C", root, "--now", LATER.isoformat(), "mail", "send", name_issue(root))

        without = copydesk(*words, "--again", "--as", "Anna")
        assert (2, True) == (without.code, "2 subscribers may get the issue twice" in without.err)
        assert "--yes" in without.err
        assert {1} == set(taken(log).values())
        said = copydesk(*words, "--again", "--yes", "--as", "Anna")

        assert (0, True) == (said.code, "5 accepted" in said.out)
        assert [1, 1, 1, 2, 2] == sorted(taken(log).values())


@pytest.mark.parametrize("readers", [8, 60])
def test_a_relay_that_knows_no_mailbox_suppresses_nobody_for_good(
    tmp_path: Path, readers: int
) -> None:
    with (
        post_office(tmp_path, NOBODY_THERE, readers=readers) as (root, _),
        opened(root) as (
            newsroom,
            store,
        ),
    ):
        before = {"reader0@d0.example": "hard-bounce", "reader1@d1.example": "complaint"}
        for address, reason in before.items():
            store.suppressions.add(address, reason, NOW)  # type: ignore[arg-type]
        sending = begin_sending(newsroom, store, name_issue(root), "Anna")

        (report,) = send_issues(newsroom, store, [sending], Silence())

        assert "refuses one letter after the other" in report.trouble
        assert before == {address: found.reason for found, address in store.suppressions.walk()}
        assert readers - 2 == store.ledger.count_readers("daily", (), LATER)


def test_what_a_run_that_went_well_suppressed_stays(tmp_path: Path) -> None:
    plan = {"rules": [{"at": "recipient", "do": "550 5.1.1 nobody", "recipient": "reader1@"}]}
    with post_office(tmp_path, plan) as (root, _):
        send(root)
        with opened(root) as (_, store):
            store.suppressions.take_back(1)

            assert store.suppressions.find("reader1@d1.example") is not None


def test_a_test_letter_that_no_server_was_there_for_is_not_counted(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path)
    keep_open(root, "test_letters_a_day = 1")
    wish = checks.TrialRequest(address="a@b.example", by="Anna", may_go_anywhere=True)
    with opened(root) as (newsroom, store):
        for _ in range(2):
            with pytest.raises(MailError):
                send_test(newsroom, store, name_issue(root), wish)


def test_the_command_line_sends_a_test_letter_anywhere_and_few_a_day(tmp_path: Path) -> None:
    with post_office(tmp_path) as (root, log):
        keep_open(root, "test_letters_a_day = 2")
        words = ("-C", root, "--now", LATER.isoformat(), "mail")
        by_issue = ("send", name_issue(root), "--test", "a@b.example")

        first = copydesk(*words, *by_issue)
        second = copydesk(*words, "doctor", "--send", "a@b.example")
        third = copydesk(*words, *by_issue)

        assert [0, 0, 2] == [said.code for said in (first, second, third)]
        assert "2 test letters went out within 24 hours" in third.err
        assert {"a@b.example": 2} == taken(log)
    with contextlib.closing(open_desk(root / ".copydesk")) as desk:
        assert ["copydesk mail"] * 2 == [entry.who for entry in desk.audit.latest(9)]


def test_an_account_whose_name_is_an_address_may_be_sent_a_test_letter(tmp_path: Path) -> None:
    with post_office(tmp_path) as (root, log), opened(root) as (newsroom, store):
        with contextlib.closing(open_desk(root / ".copydesk")) as desk:
            desk.accounts.add("Ed@paper.example", "editor", NOW)
        for address, is_own in (("ed@PAPER.example", True), ("eve@paper.example", False)):
            wish = checks.TrialRequest(address=address, by="Ed@paper.example")
            if is_own:
                send_test(newsroom, store, name_issue(root), wish)
            else:
                with pytest.raises(UsageError, match="own addresses"):
                    send_test(newsroom, store, name_issue(root), wish)

        assert {"Ed@paper.example": 1} == taken(log)


def compose(root: Path, *words: str) -> Said:
    """File the next issue of the newsroom's letter, an hour later, beside a desk that sends."""
    now = (NOW + timedelta(hours=1)).isoformat()
    add_story(root)
    words = ("mail", "compose", "daily", "--file", "--as", "Anna", *words)
    return copydesk("-C", root, "--now", now, *words)


def add_story(root: Path) -> None:
    (story,) = stories(4)[3:]
    records.write(Archive(root), replace(story, published_at=NOW + timedelta(minutes=30)))
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "a story")


def due_an_hour_later(root: Path) -> tuple[list[str], list[delivery_log.SendingRow]]:
    """Return which issues `serve` would send now, and all that it knows of."""
    with opened(root, NOW + timedelta(hours=1, seconds=5)) as (newsroom, store):
        going = [sending.issue for sending in begin_due_sendings(newsroom, store)]
        return going, delivery_log.list_sendings(store)


def test_an_issue_that_is_filed_with_nobody_to_ask_awaits_a_word(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path, readers=3)

    said = compose(root)

    going, rows = due_an_hour_later(root)
    assert (0, "filed as" in said.out) == (said.code, True)
    assert "held for approval; to send the issue to 3 subscribers: " in said.err
    new = rows[0]
    assert ("awaits-word", "held", {"queued": 3}) == (new.state, new.remark, new.counts)
    assert new.issue not in going
    assert f"copydesk mail send {new.issue}" in said.err
    with opened(root, NOW + timedelta(hours=1)) as (newsroom, store):
        assert "ready" == begin_sending(newsroom, store, new.issue, "Anna").state


def test_a_held_issue_is_held_also_for_a_server_that_sees_it_first(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path, readers=3)
    with opened(root) as (newsroom, store):
        hold_issue(store, name_issue(root))

        assert () == begin_due_sendings(newsroom, store)
        assert "held" == delivery_log.find_sending(store, name_issue(root)).remark


def test_who_says_yes_files_an_issue_that_goes_at_once(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path, readers=3)

    said = compose(root, "--yes")

    assert (0, "") == (said.code, said.err)
    going, rows = due_an_hour_later(root)
    assert rows[0].issue in going


@pytest.mark.parametrize(("answer", "issues"), [("y", 2), ("n", 1)])
def test_a_terminal_is_asked_with_the_number(tmp_path: Path, answer: str, issues: int) -> None:
    root = newsroom_at(tmp_path, readers=3)
    add_story(root)
    now = (NOW + timedelta(hours=1)).isoformat()
    words = ("-C", str(root), "--now", now, "mail", "compose", "daily", "--file", "--as", "Anna")
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())
        done = subprocess.run(
            [sys.executable, "-m", "copydesk", *words],
            check=False,
            stdin=theirs,
            capture_output=True,
            text=True,
        )
    finally:
        os.close(ours)
        os.close(theirs)

    assert "the issue goes to 3 subscribers now" in done.stderr
    assert issues == len(list((root / "_newsletters").glob("*.html")))
    assert (answer == "y") == (done.returncode == 0)


@pytest.mark.parametrize("settings", ['start = "person"', ""])
def test_an_issue_that_nobody_gets_now_is_filed_without_a_question(
    tmp_path: Path, settings: str
) -> None:
    root = newsroom_at(tmp_path, readers=3 if settings else 0)
    keep_open(root, settings)

    said = compose(root)

    assert (0, "") == (said.code, said.err)


def test_the_last_letters_of_an_issue_that_are_all_refused_pause_nothing(tmp_path: Path) -> None:
    rules = [
        {"at": "recipient", "do": "451 4.7.1 later", "recipient": "reader[1-9]@", "once": True},
        {"at": "recipient", "do": "550 5.1.1 nobody", "recipient": "reader[1-8]@"},
        {"at": "recipient", "do": "451 4.7.1 later", "recipient": "reader9@"},
    ]
    with post_office(tmp_path, {"rules": rules}, readers=10) as (root, _):
        assert {"accepted": 1, "waiting": 9} == send(root).counts
        report = send(root, LATER + timedelta(minutes=8))

    assert ("sending", "") == (report.state, report.trouble)
    assert {"accepted": 1, "refused": 8, "waiting": 1} == report.counts


def test_an_issue_that_was_not_filed_after_all_holds_up_no_other(tmp_path: Path) -> None:
    root = newsroom_at(tmp_path, readers=3)
    add_story(root)

    def remove_its_story(_audience: IssueAudience) -> bool:
        word = ("verdict", "2026-11-19-story-3", "remove", "--why", "wrong", "--as", "Anna")
        assert 0 == copydesk("-C", root, *word).code
        return False

    with opened(root, NOW + timedelta(hours=1)) as (newsroom, store):
        with pytest.raises(UsageError, match="removed meanwhile"):
            ask_and_file(newsroom, store, "daily", "Anna", remove_its_story)

        assert {} == store.facts.list_below("held ")
