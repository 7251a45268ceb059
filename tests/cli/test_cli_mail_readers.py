"""copydesk mail readers: what an owner sees of readers and does to them, and where addresses go."""

from __future__ import annotations

import hmac
import io
import json
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.mail_store import open_mail
from world.command import Said, copydesk
from world.newsroom import newsroom
from world.readers import ANNA, SETTINGS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat", more=SETTINGS, git=False)


def readers(root: Path, *words: object) -> Said:
    return copydesk("mail", "readers", *words, "-C", root)


def add(root: Path, address: str = ANNA, letter: str = "daily") -> Said:
    return readers(root, "add", address, "--letter", letter, "--consent", "asked at the fair")


def test_readers_are_counted_by_letter_and_state(root: Path) -> None:
    add(root)
    add(root, ANNA, "weekly")
    add(root, "b@mailbox.example", "weekly")

    assert {
        "states": {"active": 2},
        "letters": {"daily": 1, "weekly": 2},
        "suppressed": {},
        "waiting_mails": 0,
        "suppressed_readers": 0,
        "same_mailbox": [],
    } == readers(root, "--json").json()
    assert "newsletter\tweekly\t2" in readers(root).out


def test_readers_of_one_mailbox_are_listed(root: Path) -> None:
    add(root)
    wide = f"\uff21{ANNA[1:]}"
    with closing(open_mail(root / ".copydesk")) as store:
        secret = bytes.fromhex(store.facts.get("address key"))
        store._database.run(  # as an earlier version kept who came by another spelling
            "INSERT INTO subscribers (key, address, domain, state, language, made, paused_until) "
            "SELECT ?, ?, domain, state, language, made, paused_until FROM subscribers",
            *(hmac.digest(secret, wide.lower().encode(), "sha256"), wide),
        )

    assert [[1, 2]] == readers(root, "--json").json()["same_mailbox"]
    assert f"two subscribers, one mailbox: {ANNA} and {wide}" in readers(root).err


def test_who_is_suppressed_is_counted_apart(root: Path) -> None:
    add(root, letter="weekly")
    add(root, "b@mailbox.example", "weekly")
    add(root, "c@mailbox.example", "weekly")
    readers(root, "remove", "c@mailbox.example")
    for address in ("b@mailbox.example", "c@mailbox.example", "d@mailbox.example"):
        readers(root, "suppress", address, "--why", "they called")

    counts = readers(root, "--json").json()
    assert ({"active": 1, "left": 1}, {"daily": 0, "weekly": 1}, 1, {"by-hand": 3}) == (
        *(counts["states"], counts["letters"]),
        *(counts["suppressed_readers"], counts["suppressed"]),
    )
    said = readers(root).out.splitlines()
    assert {"newsletter\tweekly\t1", "status\tactive\t1", "status\tsuppressed\t1"} <= set(said)


def test_readers_of_a_renamed_letter_are_told_of_and_moved(root: Path) -> None:
    add(root, "b@mailbox.example", "weekly")
    add(root)
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace('id = "daily"', 'id = "day"'), "utf-8")
    command = "copydesk mail readers rename-letter daily day"

    said = readers(root).err
    unsigned = readers(root, "rename-letter", "daily", "day")
    moved = readers(root, "rename-letter", "daily", "day", "--as", "Anna")
    again = readers(root, "rename-letter", "daily", "day", "--as", "Anna", "--json")

    assert (
        "1 subscriber gets a newsletter that no longer exists: daily; "
        f"restore its ID, or move its subscribers: {command}\n" == said
    )
    assert "name yourself with --as NAME" in unsigned.err
    assert "moved 1 subscribers from daily to day\n" == moved.out
    assert (2, "nobody is subscribed to that letter: daily") == (
        *(again.code, again.err.partition("error: ")[2].splitlines()[0]),
    )
    assert {"day": 1, "weekly": 1} == readers(root, "--json").json()["letters"]
    assert '"by":"Anna"' in readers(root, "data", ANNA).json()["consents"][1]["proof"]
    assert "" == readers(root).err


def test_a_reader_is_added_found_removed_and_erased(root: Path) -> None:
    assert "daily" in add(root).out
    found = readers(root, "find", ANNA, "--json").json()
    assert (ANNA, "active", "desk") == (
        found["address"],
        found["state"],
        found["consents"][0]["how"],
    )
    assert found == readers(root, "data", ANNA).json()

    assert "unsubscribed from: daily\n" == readers(root, "remove", ANNA).out
    assert "left" == readers(root, "find", ANNA, "--json").json()["state"]
    assert "erased\n" == readers(root, "erase", ANNA).out

    assert 2 == readers(root, "find", ANNA).code
    assert ANNA.encode() not in (root / ".copydesk" / "mail.sqlite").read_bytes()
    assert ["erased"] == [row["reason"] for row in readers(root, "suppressions", "--json").json()]
    assert 2 == add(root).code


def test_an_address_may_come_from_stdin(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ANNA}\n"))
    add(root, "-")

    assert {"active": 1} == readers(root, "--json").json()["states"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("find", "no address"), "that is no address: it has no @"),
        (("find", "b@mailbox.example"), "nobody has that address here"),
        (("erase", "b@mailbox.example"), "nobody has that address here"),
        (("suppressions", "lift", "b@mailbox.example"), "not suppressed"),
        (("add", "b@x.example", "--letter", "monthly", "--consent", "x"), "no such letter"),
        (("add", "b@x.example", "--letter", "daily", "--consent", " "), "without consent"),
        (("import", "/dev/null"), ""),
    ],
)
def test_what_cannot_be_done_is_told_without_an_address(
    words: tuple[str, ...], said: str, root: Path
) -> None:
    done = readers(root, *words)

    assert 2 == done.code
    assert said in done.err
    assert "mailbox.example" not in done.err


def test_an_address_is_suppressed_and_the_suppression_lifted(root: Path) -> None:
    add(root)
    readers(root, "suppress", ANNA, "--why", "they called")
    assert f"{ANNA}\tby-hand" in readers(root, "suppressions").out
    assert "they called" in readers(root, "suppressions", "list").out

    assert "lifted\n" == readers(root, "suppressions", "lift", ANNA).out
    assert "" == readers(root, "suppressions").out


def test_an_import_is_rehearsed_and_then_done(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"email\n{ANNA}\nnobody\n{ANNA}\n")
    words = ("import", path, "--letter", "daily", "--consent", "a list of 2025")

    rehearsed = readers(root, *words, "--dry-run")
    assert 1 == rehearsed.code
    assert ["line 3: no-address", "line 4: double"] == rehearsed.out.splitlines()[:2]
    assert "nothing was changed" in rehearsed.err
    assert {} == readers(root, "--json").json()["states"]

    done = readers(root, *words, "--json")
    assert {"added": 1, "double": 1, "no-address": 1} == done.json()["counts"]
    assert {"active": 1} == readers(root, "--json").json()["states"]
    assert ANNA not in rehearsed.out + rehearsed.err + done.out + done.err


def test_rows_without_consent_are_told_once_what_mends_it(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"email,confirmed\n{ANNA},yes\nb@mailbox.example,yes\nc@mailbox.example,no\n")
    words = ("import", path, "--letter", "daily", "--dry-run")

    said = readers(root, *words)
    assert ["line 2: no-consent", "line 3: no-consent"] == said.out.splitlines()[:2]
    assert 0 == said.code
    told = (
        "2 rows have no proof of consent; to import these rows, add "
        '--consent "how the subscribers agreed"'
    )
    assert [told] == [line for line in said.err.splitlines() if "--consent" in line]

    assert "--consent" not in readers(root, *words, "--consent", "at the fair").err
    path.write_text(f"email,confirmed\n{ANNA},no\n")
    assert "--consent" not in readers(root, *words).err


def test_who_left_elsewhere_is_told_by_a_column_or_the_file_is_refused(
    root: Path, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"email,status,region\n{ANNA},active,1\nb@mailbox.example,unsubscribed,1\n")
    words = ("import", path, "--letter", "daily", "--consent", "a list of 2025")

    said = readers(root, *words, "--dry-run")
    assert (0, "line 3: suppressed") == (said.code, said.out.splitlines()[0])
    assert "columns that show who unsubscribed: status\n" in said.err

    path.write_text(f"email,State\n{ANNA},Bavaria\n")
    refused = readers(root, *words)
    assert 2 == refused.code
    assert "words that are not known here: State (Bavaria)" in refused.err
    assert '--ignore-column "State"' in refused.err
    assert {} == readers(root, "--json").json()["states"]
    assert 0 == readers(root, *words, "--ignore-column", "State").code
    assert {"active": 1} == readers(root, "--json").json()["states"]


def test_an_export_is_a_file_that_nobody_else_reads(root: Path, tmp_path: Path) -> None:
    add(root)
    path = tmp_path / "out.csv"

    assert 0 == readers(root, "export", path).code
    assert 0o600 == path.stat().st_mode & 0o777
    assert ANNA in path.read_text()
    again = readers(root, "export", path)
    assert (2, True) == (again.code, "could not create the file" in again.err)
    assert [ANNA] == [
        row["address"] for row in json.loads(readers(root, "export", "--format", "json").out)
    ]


def test_a_dash_is_stdout_and_no_file(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    add(root)

    assert readers(root, "export").out == readers(root, "export", "-").out
    assert not (tmp_path / "-").exists()


def test_a_damaged_file_is_told_with_what_helps(root: Path) -> None:
    add(root)
    (root / ".copydesk" / "mail.sqlite").write_bytes(b"no database " * 1000)

    done = readers(root)

    assert 1 == done.code
    assert "copydesk restore" in done.err
    (root / ".copydesk" / "mail.sqlite").unlink()
    with closing(open_mail(root / ".copydesk")) as store:
        assert {} == store.subscribers.count()
