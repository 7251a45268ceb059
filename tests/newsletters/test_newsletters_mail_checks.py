"""What checks found is kept, and letters wait for it."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from copydesk.errors import UsageError
from copydesk.mail_store import MailStore, open_mail
from copydesk.mail_store.subscriptions import Subscription
from copydesk.newsletters.checks import (
    examine_mail,
    find_mail_obstacle,
    list_kinds,
    overrule_check,
    read_checks,
)
from copydesk.newsroom import Newsroom, open_newsroom
from copydesk.newsroom.checks import FrontServer, keep_front_servers
from world.command import copydesk
from world.mail_soak import mail_server
from world.newsroom import NOW, newsroom

MAIL = """
[serve]
public_url = "http://127.0.0.1:9"

[fetch]
nameservers = ["127.0.0.1:9"]

[mail]
deliver = "smtp"
from_address = "letters@letters.example"
postal_address = "1 Quay"

[mail.smtp]
host = "{host}"
port = 9
security = "none"
"""

FORMER_PARTS = (  # of the settings above
    *("letters@letters.example", "127.0.0.1", "none", ""),
    *("", "", ".copydesk/dkim.pem", "", "http://127.0.0.1:9"),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "newsroom", more=MAIL.format(host="127.0.0.1"))


@contextlib.contextmanager
def opened(root: Path) -> Iterator[tuple[Newsroom, MailStore]]:
    with (
        open_newsroom(root, NOW, {}) as newsroom,
        contextlib.closing(open_mail(newsroom.private)) as store,
    ):
        yield newsroom, store


def test_letters_wait_until_somebody_has_looked(root: Path) -> None:
    with opened(root) as (newsroom, store):
        assert find_mail_obstacle(newsroom, store) is not None


def test_a_fault_is_kept_until_it_is_mended_or_overruled(root: Path) -> None:
    with opened(root) as (newsroom, store):
        report = examine_mail(newsroom, store, lambda: NOW)
    assert ("links", "one-click", "transaction") == report.obstacles

    with opened(root) as (newsroom, store):
        assert read_checks(newsroom, store) == report
        overrule_check(newsroom, store, "one-click", "no page yet", "Anna")
        overrule_check(newsroom, store, "links", "it is a trial at home", "Anna")
        assert read_checks(newsroom, store).obstacles == ("transaction",)
        assert "transaction" in (find_mail_obstacle(newsroom, store) or "")
        overrule_check(newsroom, store, "transaction", "it comes on Monday", "Anna")
        assert find_mail_obstacle(newsroom, store) is None


def test_a_web_server_that_beat_toml_does_not_name_is_remarked(root: Path) -> None:
    seen = FrontServer(address="127.0.0.1", tells_client=True, seen=NOW)
    with opened(root) as (newsroom, store):
        keep_front_servers(newsroom.private, [seen])
        report = examine_mail(newsroom, store, lambda: NOW)

    (found,) = [finding for finding in report.findings if finding.kind == "web-server"]
    assert "remark" == found.state
    assert 'trusted_proxies = ["127.0.0.1"]' in found.hint
    assert "web-server" not in report.obstacles


def test_all_checks_are_overruled_without_a_look(root: Path) -> None:
    with opened(root) as (newsroom, store):
        report = overrule_check(newsroom, store, "all", "a test", "Anna")

        assert find_mail_obstacle(newsroom, store) is None
        assert ("Anna", "a test") == (report.overruled["all"].by, report.overruled["all"].why)


def test_other_settings_begin_anew(root: Path) -> None:
    with opened(root) as (newsroom, store):
        examine_mail(newsroom, store, lambda: NOW)
        overrule_check(newsroom, store, "all", "a test", "Anna")
    beat = root / "beat.toml"
    beat.write_text(beat.read_text().replace('host = "127.0.0.1"', 'host = "localhost"'))

    with opened(root) as (newsroom, store):
        report = read_checks(newsroom, store)
        assert ("", (), {}) == (report.at, report.findings, dict(report.overruled))
        assert find_mail_obstacle(newsroom, store) is not None


def test_what_was_found_and_overruled_before_checks_looked_at_the_site_s_address_holds(
    root: Path,
) -> None:
    """A newer copydesk, which looks at more, stops no letters that went out before."""
    with opened(root) as (newsroom, store):
        examine_mail(newsroom, store, lambda: NOW)
        overrule_check(newsroom, store, "all", "a test", "Anna")
        report = read_checks(newsroom, store)
        former = hashlib.sha256("\0".join(FORMER_PARTS).encode()).hexdigest()
        for name in ("checks", "checks overruled all"):
            kept = json.loads(store.facts.get(name))
            store.facts.put(name, json.dumps({**kept, "settings": former}))

        assert read_checks(newsroom, store) == report
        assert find_mail_obstacle(newsroom, store) is None


def test_another_address_of_the_site_is_looked_at_anew(root: Path) -> None:
    with opened(root) as (newsroom, store):
        examine_mail(newsroom, store, lambda: NOW)
    beat = root / "beat.toml"
    beat.write_text(beat.read_text().replace("https://tidewatch.example", "http://127.0.0.1:8000"))

    with opened(root) as (newsroom, store):
        assert "" == read_checks(newsroom, store).at
        found = {
            finding.kind: finding for finding in examine_mail(newsroom, store, lambda: NOW).findings
        }
    assert "links in newsletters lead to this machine: http://127.0.0.1:8000" in found["links"].what
    assert "`url` of [site]" in found["links"].hint


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("", "the mail settings changed since the last check: run `copydesk mail doctor` again"),
        (
            "all",
            "the mail settings changed since a check was overruled: run `copydesk mail doctor`",
        ),
        (
            "spf",
            "the mail settings changed since a check was overruled: run `copydesk mail doctor`",
        ),
    ],
)
def test_what_lapsed_by_a_change_of_settings_is_told_as_that(
    root: Path, kind: str, words: str
) -> None:
    with opened(root) as (newsroom, store):
        assert "were never checked" in (find_mail_obstacle(newsroom, store) or "")
        if kind:
            overrule_check(newsroom, store, kind, "a test", "Anna")
        else:
            examine_mail(newsroom, store, lambda: NOW)
    beat = root / "beat.toml"
    beat.write_text(beat.read_text().replace('host = "127.0.0.1"', 'host = "localhost"'))

    with opened(root) as (newsroom, store):
        assert words in (find_mail_obstacle(newsroom, store) or "")
        examine_mail(newsroom, store, lambda: NOW)
        assert "found faults: " in (find_mail_obstacle(newsroom, store) or "")
        overrule_check(newsroom, store, "all", "a test", "Anna")
        assert find_mail_obstacle(newsroom, store) is None


def test_another_word_of_a_letter_leaves_what_was_found(root: Path) -> None:
    with opened(root) as (newsroom, store):
        overrule_check(newsroom, store, "all", "a test", "Anna")
    beat = root / "beat.toml"
    beat.write_text(beat.read_text().replace("1 Quay", "2 Quay"))

    with opened(root) as (newsroom, store):
        assert find_mail_obstacle(newsroom, store) is None


@pytest.mark.parametrize(
    ("kind", "why"), [("nonsense", "so"), ("spf", ""), ("spf", "  "), ("", "")]
)
def test_what_is_overruled_has_a_name_and_a_reason(root: Path, kind: str, why: str) -> None:
    with opened(root) as (newsroom, store), pytest.raises(UsageError):
        overrule_check(newsroom, store, kind, why, "Anna")


def test_what_was_kept_in_another_shape_is_as_good_as_none(root: Path) -> None:
    with opened(root) as (newsroom, store):
        store.facts.put("checks", '{"settings": 7}')
        store.facts.put("checks overruled all", "nonsense")

        assert find_mail_obstacle(newsroom, store) is not None


def test_a_newsroom_without_a_mail_server_is_not_checked(tmp_path: Path) -> None:
    with opened(newsroom(tmp_path / "newsroom")) as (without, store):
        assert find_mail_obstacle(without, store) is None
        with pytest.raises(UsageError, match="newsletters are not sent by SMTP"):
            examine_mail(without, store, lambda: NOW)


def test_there_is_a_kind_for_all(root: Path) -> None:
    assert {"spf", "dkim", "transaction", "all"} <= set(list_kinds())


def test_the_command_names_faults_with_their_mends_and_fails(root: Path) -> None:
    said = copydesk("-C", root, "mail", "doctor")

    assert said.code == 1
    assert "fault: transaction: no connection to the mail server" in said.out
    assert "unknown: spf: " in said.out
    assert "newsletters are not sent until you fix: links, one-click, transaction" in said.err


def test_the_command_overrules_by_name(root: Path) -> None:
    words = (
        "mail",
        "doctor",
        "--overrule",
        "all",
        "--why",
        "it is a test",
        "--as",
        "Anna",
        "--json",
    )
    said = copydesk("-C", root, *words)

    assert said.code == 0
    assert said.json()["overruled"]["all"]["by"] == "Anna"
    assert said.json()["obstacles"] == []


def test_the_command_that_overrules_says_that_and_no_other_check(root: Path) -> None:
    copydesk("-C", root, "mail", "doctor")

    overrule = ("mail", "doctor", "--overrule", "links", "--why", "a test", "--as", "Anna")
    said = copydesk("-C", root, *overrule)

    assert (1, 1) == (said.code, len(said.out.splitlines()))
    assert said.out.startswith("overruled: links: by Anna on ")
    assert "newsletters are not sent until you fix: one-click, transaction\n" == said.err


def test_the_command_says_which_letter_is_lost(root: Path) -> None:
    with contextlib.closing(open_mail(root / ".copydesk")) as store:
        number = store.subscribers.add("ada@example.org", NOW).id
        store.subscriptions.put(Subscription(subscriber=number, letter="gone", since=NOW))

    said = copydesk("-C", root, "mail", "doctor")
    found = copydesk("-C", root, "mail", "doctor", "--json").json()["lost_letters"]

    assert "1 subscriber gets a newsletter that no longer exists: gone" in said.err
    assert [("gone", 1)] == [(lost["letter"], lost["readers"]) for lost in found]
    assert found[0]["command"] in said.err


def test_one_real_mail_is_sent_on_demand(root: Path, tmp_path: Path) -> None:
    with mail_server(tmp_path, {}) as (port, log):
        beat = root / "beat.toml"
        beat.write_text(beat.read_text().replace("port = 9", f"port = {port}"))
        said = copydesk("-C", root, "mail", "doctor", "--send", "ada@example.org", "--json")

    assert ("accepted", 0) == (said.json()["kind"], said.code)
    assert ["ada@example.org"] == [line.split("\t")[0] for line in log.read_text().splitlines()]


@pytest.mark.parametrize("address", ["ada", "a@b@c", "ada@example.org\r\nBcc: eve@example.org"])
def test_a_mail_goes_to_an_address_alone(root: Path, address: str) -> None:
    said = copydesk("-C", root, "mail", "doctor", "--send", address)

    assert said.code == 1
    assert "not a valid mail address" in said.err


@pytest.mark.parametrize("words", [("--why", "x"), ("--as", "Anna"), ("--overrule", "spf")])
def test_half_a_word_is_misuse(root: Path, words: tuple[str, ...]) -> None:
    assert copydesk("-C", root, "mail", "doctor", *words, "--as", "Anna").code == 2
