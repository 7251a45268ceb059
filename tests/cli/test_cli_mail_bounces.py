"""copydesk mail bounces: by a mail server's pipe, out of the box, and what is there."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.kit import dates
from copydesk.mail_store import open_mail
from copydesk.mail_store.deliveries import NewSending
from copydesk.mail_store.links import ReturnPath
from copydesk.mail_store.subscriptions import Subscription
from world.command import Said, copydesk
from world.imap import PASSWORD, USER, ImapBox, imap_server
from world.newsroom import NOW, newsroom
from world.returned import make_mail, make_recipient, make_report
from world.tls import Authority

READER = "ann@inbox.example"
BOX = """
[mail.bounces]
imap_host = "localhost"
imap_port = {port}
imap_user = "{user}"
"""


def make_newsroom(folder: Path, port: int = 993) -> tuple[Path, str]:
    """Make a newsroom that sent a letter; return its folder and the letter's token."""
    root = newsroom(folder / "newsroom", more=BOX.format(port=port, user=USER), git=False)
    with closing(open_mail(root / ".copydesk")) as store:
        reader = store.subscribers.add(READER, NOW)
        store.subscribers.set_state(reader.id, "active")
        store.subscriptions.put(Subscription(subscriber=reader.id, letter="daily", since=NOW))
        new = NewSending(issue="daily-2026-11-20", letter="daily", via="smtp")
        path = ReturnPath(sending=store.ledger.begin(new, NOW).number, subscriber=reader.id)
        store.ledger.claim(path.sending, 0, 1, NOW)
        return root, store.links.sign_return(path)


def bounces(root: Path, *words: str) -> Said:
    return copydesk("-C", root, "--now", dates.rfc3339(NOW), "mail", "bounces", *words)


def pipe(monkeypatch: pytest.MonkeyPatch, root: Path, message: bytes, *words: str) -> Said:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(message)))
    return bounces(root, "--stdin", *words)


def make_bounce(token: str) -> bytes:
    block = make_recipient(diagnostic=f"550 5.1.1 <{READER}> unknown")
    return make_report(block, to=f"bounces+{token}@letters.example")


def test_a_message_from_a_pipe_is_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, token = make_newsroom(tmp_path)

    said = pipe(monkeypatch, root, make_bounce(token))
    again = pipe(monkeypatch, root, make_bounce(token), "--json")

    assert (0, "", "") == (said.code, said.out, said.err)
    assert {"kind": "hard", "effect": "known"} == again.json()
    with closing(open_mail(root / ".copydesk")) as store:
        assert [READER] == [address for _, address in store.suppressions.walk()]


@pytest.mark.parametrize(
    "message", [b"", b"\0\xff", make_mail(), make_bounce("a" * 32), b"x" * 5_000_000]
)
def test_a_pipe_never_gets_back_what_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: bytes
) -> None:
    root, _ = make_newsroom(tmp_path)

    assert 0 == pipe(monkeypatch, root, message).code


def test_a_newsroom_that_cannot_keep_it_is_piped_to_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, token = make_newsroom(tmp_path)
    (root / ".copydesk" / "mail.sqlite").write_bytes(b"no database at all" * 1_000)

    said = pipe(monkeypatch, root, make_bounce(token))

    assert 75 == said.code
    assert said.err.startswith("error: ")


def test_a_newsroom_without_readers_stays_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = newsroom(tmp_path / "newsroom", git=False)

    assert 0 == pipe(monkeypatch, root, make_bounce("a" * 32)).code
    assert {"returns": [], "not_ours": 0} == bounces(root, "--json").json()
    assert not (root / ".copydesk" / "mail.sqlite").exists()


def test_what_came_back_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, token = make_newsroom(tmp_path)
    pipe(monkeypatch, root, make_bounce(token))
    pipe(monkeypatch, root, make_bounce("a" * 32))

    said, found = bounces(root), bounces(root, "--json").json()

    line = "2026-11-20T08:00:00Z  hard        daily-2026-11-20  ann@inbox.example  5.1.1 550 5.1.1"
    assert said.out.startswith(line)
    assert "1 messages were about other things" in said.err
    row = {
        "at": "2026-11-20T08:00:00Z",
        "issue": "daily-2026-11-20",
        "address": READER,
        "kind": "hard",
        "status": "5.1.1",
        "words": "550 5.1.1 <address> unknown",
        "is_proved": True,
        "is_from_former_address": False,
    }
    assert {"returns": [row], "not_ours": 1} == found


def test_what_came_by_no_return_path_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = make_newsroom(tmp_path)
    with closing(open_mail(root / ".copydesk")) as store:
        word = store.links.sign_message_id(ReturnPath(sending=1, subscriber=1))
        store.subscribers.change_address(1, "new@inbox.example", NOW)
    report = make_report(to="b@x.example", enclosed=f"Message-ID: <daily.{word}@x.example>\n\n")

    taken = pipe(monkeypatch, root, report, "--json").json()
    said = bounces(root)

    assert {"kind": "hard", "effect": "unproved"} == taken
    assert "hard?       daily-2026-11-20  (a former address of new@inbox.example)" in said.out
    assert "copydesk mail readers suppress ADDRESS" in said.err


def test_the_box_is_asked_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority, box = Authority(tmp_path), ImapBox()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    monkeypatch.setenv("COPYDESK_IMAP_PASSWORD", PASSWORD)
    with imap_server(authority, box) as port:
        root, token = make_newsroom(tmp_path, port)
        box.messages |= {1: make_bounce(token), 2: make_mail(), 3: make_bounce("a" * 32)}

        said = bounces(root, "--imap")
        again = bounces(root, "--imap", "--json")

    assert "3 messages read: 1 not-ours, 1 nothing, 1 suppressed\n" == said.out
    assert {"taken": 0, "is_more": False, "effects": {}} == again.json()
    assert {1, 2, 3} == box.seen


def test_a_newsroom_without_a_box_is_told_to_name_one(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "newsroom", git=False)

    said = bounces(root, "--imap")

    assert 2 == said.code
    assert "mail.bounces.imap_host" in said.err
