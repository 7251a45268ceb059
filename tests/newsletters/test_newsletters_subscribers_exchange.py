"""Files of readers: what each row becomes, in every layout and encoding."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from email_validator import ValidatedEmail, validate_email

from copydesk.errors import UsageError
from copydesk.mail_store import open_mail
from copydesk.newsletters import exchange, reader_lists
from copydesk.newsletters.readers import by_hand, choices
from world.readers import ANNA, ReadersDesk, readers_desk

LISTMONK = "uuid,email,name,attributes,status,created_at,updated_at\n"
MAILCHIMP = "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,LEID,EUID"
SUBSCRIBED = f"""\
{MAILCHIMP}
a@x.example,A,2,2024-01-02 03:04:05,192.0.2.7,2024-01-02 03:05:05,1,e
b@x.example,B,2,2024-01-02 03:04:05,192.0.2.7,,1,e
c@x.example,C,2,,,,1,e
"""
ENABLED = f"""\
{LISTMONK}1,a@x.example,A,"{{""city"": ""Graz""}}",enabled,2024-01-01,2024-01-01
2,b@x.example,B,{{}},blocklisted,2024-01-01,2024-01-01
3,c@x.example,C,{{}},disabled,2024-01-01,2024-01-01
"""
REGULAR = """\
Email,Notes,Subscriber type,Creation date
a@x.example,,regular,2024-01-01
b@x.example,,unactivated,2024-01-01
c@x.example,,unsubscribed,2024-01-01
d@x.example,,undeliverable,2024-01-01
e@x.example,,complained,2024-01-01
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ReadersDesk]:
    with readers_desk(tmp_path / "beat") as opened:
        yield opened


def write(desk: ReadersDesk, content: str | bytes, name: str = "list.csv") -> Path:
    path = desk.newsroom.root / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def take(
    desk: ReadersDesk,
    content: str | bytes,
    *,
    consent: str = "",
    letter: str = "daily",
    name: str = "list.csv",
) -> list[str]:
    """Rehearse a file and then import it; return what each row became, the same both times."""
    path = write(desk, content, name)
    options = exchange.ImportOptions(letter=letter, consent=consent)
    before = desk.store.subscribers.count(), desk.store.suppressions.count()
    rehearsed: list[exchange.ImportedRow] = []
    rehearsal = replace(options, is_rehearsal=True)
    report = exchange.import_readers(desk.newsroom, desk.store, path, rehearsal, rehearsed.append)
    assert report.is_rehearsal
    assert before == (desk.store.subscribers.count(), desk.store.suppressions.count())
    rows: list[exchange.ImportedRow] = []
    exchange.import_readers(desk.newsroom, desk.store, path, options, rows.append)
    assert rehearsed == rows
    return [row.kind for row in rows]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("a@mailbox.example,daily,2024-03-04,form", "added"),
        ("a@mailbox.example,,2024-03-04,form", "added"),
        ("a@mailbox.example,monthly,2024-03-04,form", "no-letter"),
        ("a@mailbox.example,daily,,form", "no-consent"),
        ("a@mailbox.example,daily,last spring,form", "no-consent"),
        ("a@mailbox.example,daily,2099-01-01,form", "no-consent"),
        ("nobody,daily,2024-03-04,form", "no-address"),
        (",daily,2024-03-04,form", "no-address"),
        ('"=HYPERLINK(""http://x"")",daily,2024-03-04,form', "formula"),
        ("@SUM(1+1),daily,2024-03-04,form", "formula"),
        ("+tag@mailbox.example,daily,2024-03-04,=1+1", "added"),
        ("reads@mailbox.example,daily,2024-03-04,form", "already"),
        ("reads@mailbox.example,weekly,2024-03-04,form", "added"),
        ("left@mailbox.example,daily,2024-03-04,form", "left-before"),
        ("bounced@mailbox.example,daily,2024-03-04,form", "suppressed"),
        ("a@mailbox.example,daily,2024-03-04,a\0b", "bad-row"),
        ('"a@mailbox.example\nb@mailbox.example",daily,2024-03-04,x', "bad-row"),
        ("a@mailbox.example", "no-consent"),
    ],
)
def test_each_row_becomes_what_it_is(row: str, kind: str, desk: ReadersDesk) -> None:
    desk.subscribe("reads@mailbox.example")
    number = desk.subscribe("left@mailbox.example")
    choices.leave_all_letters(desk.newsroom, desk.store, desk.link("unsubscribe", number))
    desk.store.suppressions.add("bounced@mailbox.example", "hard-bounce", desk.now)

    assert [kind] == take(desk, f"email,letter,consented_at,proof\n{row}\n")
    assert 0 == desk.store.outbox.count()  # nobody is mailed


def test_what_a_row_says_of_its_proof_is_kept(desk: ReadersDesk) -> None:
    take(
        desk,
        "E-Mail;Letter;Topics;Language;Consented at;Proof\n"
        f"{ANNA};weekly;Coast; de-AT ;4 Mar 2024 10:00 +0100;signed at the fair\n",
    )

    found = by_hand.find_reader(desk.newsroom, desk.store, ANNA)
    (consent,) = found.consents
    assert ("active", "de-AT", {"weekly": ("Coast",)}) == (
        found.state,
        found.language,
        desk.letters(),
    )
    assert "2024-03-04T09:00:00+00:00" == consent.at.isoformat() or consent.how == "import"
    assert "signed at the fair" == json.loads(consent.proof)["said"]


def test_the_owners_word_proves_the_rest(desk: ReadersDesk) -> None:
    kinds = take(desk, "a@mailbox.example\nb@mailbox.example\n", consent="paper lists of 2025")

    assert ["added", "added"] == kinds
    (consent,) = by_hand.find_reader(desk.newsroom, desk.store, "b@mailbox.example").consents
    assert "paper lists of 2025" == json.loads(consent.proof)["owner"]


@pytest.mark.parametrize(
    ("name", "content", "kinds"),
    [
        (
            "subscribed_members_export_1.csv",
            SUBSCRIBED,
            ["added", "added", "no-consent"],
        ),
        (
            "unsubscribed_members_export_1.csv",
            f"{MAILCHIMP},UNSUB_TIME\na@x.example,A,2,2024-01-02,,2024-01-02,1,e,2024-02-02\n",
            ["suppressed"],
        ),
        (
            "renamed.csv",
            f"{MAILCHIMP},CLEAN_TIME\na@x.example,A,2,2024-01-02,,2024-01-02,1,e,2024-02-02\n",
            ["suppressed"],
        ),
        (
            "cleaned_members_export_1.csv",
            f"{MAILCHIMP}\na@x.example,A,2,2024-01-02,,2024-01-02,1,e\n",
            ["suppressed"],
        ),
        (
            "nonsubscribed_members_export_1.csv",
            f"{MAILCHIMP}\na@x.example,A,2,2024-01-02,,2024-01-02,1,e\n",
            ["unconfirmed"],
        ),
        (
            "subscribers.csv",
            ENABLED,
            ["no-consent", "suppressed", "suppressed"],
        ),
        (
            "buttondown.csv",
            REGULAR,
            ["no-consent", "unconfirmed", "suppressed", "suppressed", "suppressed"],
        ),
        (
            "buttondown.csv",
            "email_address,type,creation_date\na@x.example,regular,2024-01-01\n",
            ["no-consent"],
        ),
    ],
)
def test_exports_of_others_are_read(
    name: str, content: str, kinds: list[str], desk: ReadersDesk
) -> None:
    assert kinds == take(desk, content, name=name)
    assert "192.0.2.7" not in str(list(desk.store._database._connection.iterdump()))


def test_of_who_never_confirmed_elsewhere_no_word_of_the_owner_proves_it(
    desk: ReadersDesk,
) -> None:
    rows = "Email,Subscriber type,Creation date\na@x.example,unactivated,2024-01-01\n"
    assert ["unconfirmed"] == take(desk, rows, consent="all of them agreed")


def test_who_agreed_here_stays_whatever_another_list_says(desk: ReadersDesk) -> None:
    desk.subscribe()
    rows = f"{LISTMONK}1,{ANNA},A,{{}},blocklisted,2024-01-01,2024-01-01\n"

    assert ["already"] == take(desk, rows)
    assert desk.store.suppressions.find(ANNA) is None


def test_who_was_imported_and_then_stands_in_the_list_of_who_left_gets_nothing(
    desk: ReadersDesk,
) -> None:
    take(desk, f"{ANNA}\n", consent="the list of 2025")

    assert ["suppressed"] == take(desk, f"{MAILCHIMP},UNSUB_TIME\n{ANNA},A,2,,,,1,e,2024-02-02\n")


def test_doubles_are_told_whatever_their_case(desk: ReadersDesk) -> None:
    rows = "email,letter\na@x.example,daily\nA@X.example,daily\na@x.example,weekly\n"

    assert ["added", "double", "added"] == take(desk, rows, consent="yes")


@pytest.mark.parametrize(
    "content",
    [
        "email,name\nänna@x.example,Änna\n".encode(),
        "\ufeffemail,name\nänna@x.example,Änna\n".encode(),
        "email,name\r\nänna@x.example,Änna\r\n".encode("utf-16"),
        "\ufeffemail,name\nänna@x.example,Änna\n".encode("utf-16-be"),
        "email,name\nänna@x.example,Änna\n".encode("utf-16-le"),
        "email,name\nänna@x.example,Änna\n".encode("latin-1"),
        "email\tname\ränna@x.example\tÄnna\r".encode("cp1252"),
        "\n\nname;email\n\n;änna@x.example\n".encode(),
    ],
)
def test_every_encoding_is_read(content: bytes, desk: ReadersDesk) -> None:
    assert ["added"] == take(desk, content, consent="yes")
    assert "active" == desk.state("änna@x.example")


def test_lines_of_two_encodings_are_read_each_in_its_own(desk: ReadersDesk) -> None:
    content = "email\nä@x.example\n".encode() + "ö@x.example\n".encode("latin-1")

    assert ["added", "added"] == take(desk, content, consent="yes")
    assert "active" == desk.state("ö@x.example")


@pytest.mark.parametrize(
    "middle",
    [
        pytest.param("b@x.example," + "x" * 10_000_000, id="a field of 10 MB"),
        pytest.param("b@x.example,\0", id="a NUL"),
    ],
)
def test_a_row_that_is_none_costs_no_other(middle: str, desk: ReadersDesk) -> None:
    kinds = take(desk, f"email,name\na@x.example,A\n{middle}\nc@x.example,C\n", consent="yes")

    assert ("added", "bad-row", "added") == (kinds[0], kinds[1], kinds[-1])
    assert "" == desk.state("b@x.example")


def test_a_quote_that_nothing_ends_is_told(desk: ReadersDesk) -> None:
    kinds = take(desk, 'email,name\na@x.example,A\n"b@x.example,B\nc@x.example,C\n', consent="y")

    assert ["added", "bad-row"] == kinds


@pytest.mark.parametrize("content", ["", "\n\n", "name,age\nA,3\n", "\0" * 100])
def test_a_file_without_addresses_is_refused(content: str, desk: ReadersDesk) -> None:
    with pytest.raises(UsageError, match="no column of mail addresses"):
        take(desk, content)


def test_a_killed_import_goes_on_without_doubles(desk: ReadersDesk) -> None:
    path = write(desk, "email\n" + "".join(f"r{n}@x.example\n" for n in range(2500)))
    options = exchange.ImportOptions(letter="daily", consent="yes")

    def stop(row: exchange.ImportedRow) -> None:
        if row.line == 2000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exchange.import_readers(desk.newsroom, desk.store, path, options, stop)
    report = exchange.import_readers(desk.newsroom, desk.store, path, options)

    assert {"added": 500, "already": 2000} == report.counts
    assert {"daily": 2500} == desk.store.subscriptions.count(desk.now)


def test_what_is_exported_is_imported_again(desk: ReadersDesk, tmp_path: Path) -> None:
    desk.subscribe("=cmd@x.example", "daily", "weekly")
    desk.subscribe("'=odd@x.example")
    number = desk.subscribe("left@x.example")
    choices.leave_all_letters(desk.newsroom, desk.store, desk.link("choices", number))
    desk.subscribe("bounced@x.example")
    desk.store.suppressions.add("bounced@x.example", "hard-bounce", desk.now)
    desk.ask("waits@x.example")
    out = io.StringIO()
    rows = reader_lists.export_readers(desk.store, out)

    cells = [cell for row in csv.reader(io.StringIO(out.getvalue())) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    with readers_desk(tmp_path / "other") as other:
        kinds = take(other, out.getvalue(), letter="")
        assert rows == len(kinds)
        assert {"added": 3, "suppressed": 2, "no-letter": 1} == Counter(kinds)
        assert {"daily": (), "weekly": ()} == other.letters("=cmd@x.example")
        assert {"daily": ()} == other.letters("'=odd@x.example")
        assert "" == other.state("left@x.example")


def test_an_export_as_json_has_everybody_once_a_letter(desk: ReadersDesk) -> None:
    desk.subscribe(ANNA, "daily", "weekly")
    out = io.StringIO()
    reader_lists.export_readers(desk.store, out, "json")

    rows = json.loads(out.getvalue())
    assert [(ANNA, "daily", []), (ANNA, "weekly", [])] == [
        (row["address"], row["letter"], row["topics"]) for row in rows
    ]


def test_an_export_of_nobody_is_an_empty_one(desk: ReadersDesk) -> None:
    out = io.StringIO()
    assert 0 == reader_lists.export_readers(desk.store, out, "json")
    assert [] == json.loads(out.getvalue())


def test_others_may_write_while_addresses_are_looked_at(
    desk: ReadersDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_mail(desk.newsroom.private)) as other:
        other.be_patient(0)

        def validate(typed: str, **options: bool) -> ValidatedEmail:
            other.limits.admit({"a form": 10}, desk.now)
            return validate_email(typed, **options)  # type: ignore[arg-type]

        # a mock: nothing else happens between two rows at a moment that a test could choose
        monkeypatch.setattr("email_validator.validate_email", validate)

        assert ["added", "added"] == take(desk, "email\na@x.example\nb@x.example\n", consent="yes")


def test_who_was_erased_and_may_be_written_to_again_is_imported_anew(desk: ReadersDesk) -> None:
    desk.subscribe("a@x.example")
    by_hand.erase_by_address(desk.newsroom, desk.store, "a@x.example")
    desk.store.suppressions.lift("a@x.example")

    assert ["added"] == take(desk, "email\na@x.example\n", consent="signed again")
    assert "active" == desk.state("a@x.example")
