"""Files that say who left: nobody who did is subscribed, and what is not understood is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.errors import UsageError
from copydesk.newsletters import exchange
from copydesk.newsletters.readers import by_hand
from world.readers import ReadersDesk, readers_desk

GHOST = (
    "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,"
    "deleted_at,labels,tiers"
)
SUBSTACK = "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at"
MAILCHIMP = "Email Address,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LEID,EUID"
MOMENT = "2024-05-06T07:08:09.000Z"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ReadersDesk]:
    with readers_desk(tmp_path / "beat") as opened:
        yield opened


def take(
    desk: ReadersDesk, content: str, ignored: tuple[str, ...] = ()
) -> tuple[list[str], exchange.ImportReport]:
    """Rehearse a file and then import it; return what each row became, and the report."""
    path = desk.newsroom.root / "list.csv"
    path.write_text(content, "utf-8")
    options = exchange.ImportOptions(
        letter="daily", consent="all of them agreed", ignored_columns=ignored
    )
    rehearsed: list[exchange.ImportedRow] = []
    rehearsal = replace(options, is_rehearsal=True)
    exchange.import_readers(desk.newsroom, desk.store, path, rehearsal, rehearsed.append)
    rows: list[exchange.ImportedRow] = []
    report = exchange.import_readers(desk.newsroom, desk.store, path, options, rows.append)
    assert rehearsed == rows
    return [row.kind for row in rows], report


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (f"1,a@x.example,A,,true,false,,{MOMENT},,,", "added"),
        (f"1,a@x.example,A,,false,false,,{MOMENT},,,", "suppressed"),
        (f"1,a@x.example,A,,true,false,,{MOMENT},{MOMENT},,", "suppressed"),
        (f"1,a@x.example,A,,,false,,{MOMENT},,,", "unconfirmed"),
        (f"1,a@x.example,A,bounced,TRUE,true,cus_1,{MOMENT},,unsubscribed,Gold", "added"),
    ],
)
def test_an_export_of_ghost_is_known(row: str, kind: str, desk: ReadersDesk) -> None:
    kinds, report = take(desk, f"{GHOST}\n{row}\n")

    assert ("ghost", [kind]) == (report.layout, kinds)
    assert ("active" if kind == "added" else "") == desk.state("a@x.example")


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (f"a@x.example,false,,other,false,{MOMENT},", "added"),
        (f"a@x.example,true,{MOMENT},yearly,false,{MOMENT},{MOMENT}", "added"),
        (f"a@x.example,true,{MOMENT},yearly,true,{MOMENT},{MOMENT}", "suppressed"),
        (f"a@x.example,false,,other,true,{MOMENT},", "suppressed"),
    ],
)
def test_an_export_of_substack_is_known(row: str, kind: str, desk: ReadersDesk) -> None:
    kinds, report = take(desk, f"{SUBSTACK}\n{row}\n")

    assert ("substack", [kind]) == (report.layout, kinds)


@pytest.mark.parametrize(
    ("column", "cell", "kind"),
    [
        ("status", "subscribed", "added"),
        ("Status", " Active ", "added"),
        ("status", "unsubscribed", "suppressed"),
        ("Subscription Status", "Opted-Out", "suppressed"),
        ("status", "bounced", "suppressed"),
        ("status", "hard_bounce", "suppressed"),
        ("emailStatus", "Complained", "suppressed"),
        ("status", "cleaned", "suppressed"),
        ("status", "pending", "unconfirmed"),
        ("status", "inactive", "unconfirmed"),
        ("state", "paused", "added"),
        ("state", "disabled", "suppressed"),
        ("Statut", "désabonné", "suppressed"),
        ("subscribed", "yes", "added"),
        ("subscribed", "no", "suppressed"),
        ("Is Subscribed?", "0", "suppressed"),
        ("subscribed", "", "unconfirmed"),
        ("subscribed_at", MOMENT, "added"),
        ("subscribed_at", "06/05/2024 07:08", "added"),
        ("isSubscribed", "false", "suppressed"),
        ("active", "1", "added"),
        ("unsubscribed", "FALSE", "added"),
        ("unsubscribed", "", "added"),
        ("unsubscribed", "true", "suppressed"),
        ("unsubscribed_at", "2024-05-06", "suppressed"),
        ("unsubscribed_at", "6.5.2024", "suppressed"),
        ("unsubscribed_at", "0000-00-00 00:00:00", "added"),
        ("unsubscribed_at", "NULL", "added"),
        ("Abgemeldet", "ja", "suppressed"),
        ("Abgemeldet", "nein", "added"),
        ("email_disabled", "t", "suppressed"),
        ("Opt-in", "yes", "added"),
        ("optIn", "no", "unconfirmed"),
        ("double opt in", "", "unconfirmed"),
        ("opt_out", "x", "suppressed"),
        ("optout", "-", "added"),
        ("bounced", "1", "suppressed"),
        ("bounced", "0", "added"),
        ("bounce", "hard", ""),
        ("complained", "yes", "suppressed"),
        ("deleted_at", MOMENT, "suppressed"),
        ("do_not_email", "y", "suppressed"),
        ("blacklisted", "true", "suppressed"),
        ("confirmed", "false", "unconfirmed"),
    ],
)
def test_a_column_that_speaks_of_standing_is_understood_or_refused(
    column: str, cell: str, kind: str, desk: ReadersDesk
) -> None:
    content = f'email,"{column}"\na@x.example,"{cell}"\n'
    if not kind:
        with pytest.raises(UsageError, match=f"{column} \\({cell}\\)"):
            take(desk, content)
        return
    kinds, report = take(desk, content)

    assert ([kind], (column,)) == (kinds, report.state_columns)
    assert (kind == "suppressed") == (desk.store.suppressions.find("a@x.example") is not None)


@pytest.mark.parametrize(
    "column",
    [
        *("name", "first_name", "city", "Subscriber ID", "subscriber", "note", "tags", "country"),
        *("created_at", "optin_ip", "statistics", "adoption", "language", "consented_at", "proof"),
    ],
)
def test_a_column_about_something_else_takes_no_part(column: str, desk: ReadersDesk) -> None:
    kinds, report = take(desk, f"email,{column}\na@x.example,Graz\n")

    assert (["added"], ()) == (kinds, report.state_columns)


@pytest.mark.parametrize(
    ("header", "rows", "told"),
    [
        ("email,status", "a@x.example,subscribed\nb@x.example,gone", "status (gone)"),
        ("email,status", "a@x.example,\nb@x.example,active", "status ((empty))"),
        ("email,status", "a@x.example", "status ((empty))"),
        ("email,status", "a@x.example,1", "status (1)"),
        ("email,state", "a@x.example,Bavaria", "state (Bavaria)"),
        ("email,bounces", "a@x.example,2", "bounces (2)"),
        ("email,unsubscribed", "a@x.example,active", "unsubscribed (active)"),
        ("email,opted_out", "a@x.example,maybe", "opted_out (maybe)"),
        ("email,consent", "a@x.example,at the fair", "consent (at the fair)"),
        ("email,unsubscribed", "a@x.example,b@x.example", "unsubscribed ((an address))"),
        ("email,kind", "a@x.example,regular\nb@x.example,unsubscribed", "kind (regular)"),
        ("email,status,status", "a@x.example,active,gone", "status (gone)"),
        ("status,email", '"x\n\x1b[31m",a@x.example', "status (x"),
        ("email,status", "a@x.example," + "x" * 900, "status (" + "x" * 40 + ")"),
        (
            "email,status",
            "\n".join(f"a{n}@x.example,{n}" for n in range(9)),
            "status (0, 1, 2, 3, 4, …)",
        ),
        (
            "email,status,subscribed",
            "a@x.example,new,2",
            "status (new); subscribed (2)",
        ),
        (GHOST, f"1,a@x.example,A,,perhaps,,,{MOMENT},,,", "subscribed_to_emails (perhaps)"),
    ],
)
def test_words_that_are_not_known_refuse_the_file_and_are_named(
    header: str, rows: str, told: str, desk: ReadersDesk
) -> None:
    with pytest.raises(UsageError) as refused:
        take(desk, f"{header}\n{rows}\n")

    assert f"a column seems to show who unsubscribed, but has unknown values: {told}" in str(
        refused.value
    )
    assert (header != GHOST) == ("--ignore-column" in refused.value.hint)
    assert ({}, 0) == (desk.store.subscribers.count(), len(desk.store.suppressions.count()))


def test_what_to_write_in_place_of_words_that_are_not_known_is_said(desk: ReadersDesk) -> None:
    with pytest.raises(UsageError) as refused:
        take(desk, "email,state,bounces\na@x.example,odd,7\n")

    assert (
        "in state use the values subscribed or unsubscribed, in bounces use the values yes or no; "
        "or remove the column and the rows of people who unsubscribed; or, if the column is "
        'about something else, ignore it: --ignore-column "state" --ignore-column "bounces"'
    ) == refused.value.hint


@pytest.mark.parametrize("name", ["state", " STATE "])
def test_a_column_about_something_else_is_ignored_by_the_owners_word(
    name: str, desk: ReadersDesk
) -> None:
    kinds, report = take(desk, "email,State\na@x.example,Bavaria\n", (name,))

    assert (["added"], ()) == (kinds, report.state_columns)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("email,state", "staet"),
        ("email,state", ""),
        ("email,state", "email"),
        (GHOST, "subscribed_to_emails"),
        ("uuid,email,name,attributes,status", "status"),
        (f"{MAILCHIMP},UNSUB_TIME", "UNSUB_TIME"),
    ],
)
def test_what_a_known_program_says_of_who_left_is_not_ignored(
    header: str, name: str, desk: ReadersDesk
) -> None:
    with pytest.raises(UsageError, match="no such column, or its values cannot be ignored"):
        take(desk, f"{header}\na@x.example\n", (name,))


def test_a_column_of_another_name_counts_for_what_stands_in_it(desk: ReadersDesk) -> None:
    kinds, report = take(desk, "email,kind\na@x.example,active\nb@x.example,unsubscribed\n")

    assert (["added", "suppressed"], ("kind",)) == (kinds, report.state_columns)


def test_a_column_without_a_name_counts_for_what_stands_in_it(desk: ReadersDesk) -> None:
    kinds, report = take(desk, "email,\na@x.example,active\nb@x.example,unsubscribed\n")

    assert (["added", "suppressed"], ("column 2",)) == (kinds, report.state_columns)


def test_a_file_without_a_header_says_who_left_as_well(desk: ReadersDesk) -> None:
    content = "a@x.example,subscribed\nb@x.example,unsubscribed\n"

    kinds, report = take(desk, content)

    assert ("addresses", ["added", "suppressed"]) == (report.layout, kinds)
    assert ("column 2",) == report.state_columns


def test_where_columns_differ_the_worst_one_counts(desk: ReadersDesk) -> None:
    kinds, _ = take(
        desk,
        "email,status,bounced,opt_in\n"
        "a@x.example,active,no,yes\n"
        "b@x.example,active,yes,yes\n"
        "c@x.example,active,no,no\n"
        "d@x.example,unsubscribed,no,no\n",
    )

    assert ["added", "suppressed", "unconfirmed", "suppressed"] == kinds


def test_a_column_that_an_owner_added_to_a_known_export_counts(desk: ReadersDesk) -> None:
    rows = "a@x.example,2,2024-01-02,2024-01-02,1,e,active\nb@x.example,2,2024-01-02,,1,e,left\n"

    kinds, report = take(desk, f"{MAILCHIMP},Status\n{rows}")

    assert ("mailchimp", ["added", "suppressed"]) == (report.layout, kinds)


def test_why_somebody_is_not_written_to_is_kept(desk: ReadersDesk) -> None:
    take(desk, "email,status\na@x.example,unsubscribed\nb@x.example,complained\n")

    found = [desk.store.suppressions.find(f"{name}@x.example") for name in "ab"]
    assert [("left-elsewhere", ""), ("imported", "complained")] == [
        (suppression.reason, suppression.detail) for suppression in found if suppression
    ]


def test_rows_without_an_address_refuse_no_file(desk: ReadersDesk) -> None:
    kinds, _ = take(desk, "email,status\na@x.example,active\n,2 readers\n")

    assert ["added", "no-address"] == kinds


def test_a_columns_name_is_shown_without_what_a_terminal_would_obey(desk: ReadersDesk) -> None:
    name = "\x1b[31mstatus " + "x" * 500

    with pytest.raises(UsageError) as refused:
        take(desk, f'email,"{name}"\na@x.example,odd\n')

    told = f"{refused.value}{refused.value.hint}"
    assert "\x1b" not in told
    assert len(told) < 500


def test_what_a_file_says_of_standing_is_no_proof(desk: ReadersDesk) -> None:
    path = desk.newsroom.root / "list.csv"
    path.write_text("email,status\na@x.example,active\nb@x.example,pending\n", "utf-8")

    report = exchange.import_readers(
        desk.newsroom, desk.store, path, exchange.ImportOptions(letter="daily")
    )

    assert {"no-consent": 1, "unconfirmed": 1} == report.counts


def test_who_is_paused_elsewhere_is_paused_here(desk: ReadersDesk) -> None:
    take(desk, "email,status\na@x.example,paused\n")

    found = by_hand.find_reader(desk.newsroom, desk.store, "a@x.example")
    assert ("paused", "plain") == (found.state, json.loads(found.consents[0].proof)["file"])
