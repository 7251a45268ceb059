"""Whatever readers, strangers, scanners and owners do, in whatever order: what always holds."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.errors import UsageError
from copydesk.mail_store import open_mail
from copydesk.mail_store.deliveries import NewSending
from copydesk.newsletters import MailStore, exchange
from copydesk.newsletters.readers import by_hand, consent, manage, outcomes
from copydesk.newsletters.readers.choices import choose_letters, leave_all_letters, leave_letter
from copydesk.newsroom import Newsroom, open_newsroom
from world.newsroom import NOW, newsroom
from world.readers import SETTINGS, ReadersDesk, find_closed, find_token

PEOPLE = ("anna@mailbox.example", "ben@mailbox.example", "carla+news@bücher.example")
LETTERS = ("daily", "weekly")
DEEDS = (
    *("ask", "confirm", "leave", "leave_all", "choose", "choose_none", "pause", "manage"),
    *("erase", "change", "confirm_change", "import", "add", "remove", "suppress", "lift"),
    *("complain", "look", "forget", "wait", "back", "junk"),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(DEEDS),
        st.sampled_from(PEOPLE),
        st.sampled_from(LETTERS),
        st.integers(min_value=0, max_value=30),
    ),
    min_size=3,
    max_size=30,
)


@pytest.fixture(scope="module")
def beat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    root = newsroom(tmp_path_factory.mktemp("laws"), more=SETTINGS, git=False)
    with open_newsroom(root, NOW, {}) as opened:
        yield opened


_BY_LINK: dict[str, Callable[[Newsroom, MailStore, str], object]] = {
    "confirm": manage.confirm_subscription,
    "leave": leave_letter,
    "leave_all": leave_all_letters,
    "manage": manage.ask_for_manage_link,
    "erase": manage.erase_reader,
    "confirm_change": manage.confirm_address_change,
}
_BY_OWNER = {"import", "add", "remove", "suppress", "lift", "complain"}


class History:
    """What happens to some people, with every link that was ever mailed or stood in a letter."""

    def __init__(self, desk: ReadersDesk, folder: Path) -> None:
        self.desk = desk
        self.folder = folder
        self.tokens: list[str] = []

    def do(self, deed: str, who: str, letter: str, number: int) -> None:
        """Let one thing happen, by any of the links that there are so far."""
        token = self.tokens[-1 - number % len(self.tokens)] if self.tokens else "none"
        if deed in _BY_LINK:
            find_closed(_BY_LINK[deed], self.desk.newsroom, self.desk.store, token)
        elif deed in _BY_OWNER:
            self._do_as_owner(deed, who, letter)
        else:
            getattr(self, f"_{deed}")(who=who, letter=letter, number=number, token=token)
        self._gather_links()

    def _ask(self, *, who: str, letter: str, number: int, **_: object) -> None:
        self.desk.ask(who, letter, client=str(number))

    def _change(self, *, who: str, token: str, **_: object) -> None:
        change = manage.request_address_change
        find_closed(change, self.desk.newsroom, self.desk.store, token, who)

    def _look(self, *, token: str, **_: object) -> None:
        for purpose in ("confirm", "unsubscribe", "choices", "manage", "change"):
            find_closed(consent.look_at_link, self.desk.newsroom, self.desk.store, token, purpose)

    def _forget(self, **_: object) -> None:
        manage.forget_silent_readers(self.desk.store, self.desk.now)

    def _wait(self, *, number: int, **_: object) -> None:
        self.desk.wait(hours=number * 4)

    def _back(self, *, number: int, **_: object) -> None:
        self.desk.wait(hours=-number)

    def _junk(self, *, number: int, token: str, **_: object) -> None:
        find_closed(self.desk.confirm, token[:number] + "A" + token[number + 1 :])

    def _choose(self, *, letter: str, token: str, **_: object) -> None:
        self._choose_by(token, outcomes.ReaderChoices(letters={letter: ()}))

    def _choose_none(self, *, token: str, **_: object) -> None:
        self._choose_by(token, outcomes.ReaderChoices(letters={}))

    def _pause(self, *, letter: str, token: str, **_: object) -> None:
        until = date(2026, 12, 24)
        self._choose_by(token, outcomes.ReaderChoices(letters={letter: ()}, paused_until=until))

    def _choose_by(self, token: str, choices: outcomes.ReaderChoices) -> None:
        find_closed(choose_letters, self.desk.newsroom, self.desk.store, token, choices)

    def _do_as_owner(self, deed: str, who: str, letter: str) -> None:
        newsroom, store = self.desk.newsroom, self.desk.store
        with contextlib.suppress(UsageError):  # nobody has the address, or it is suppressed
            match deed:
                case "import":
                    path = self.folder / "list.csv"
                    path.write_text(f"{who}\n", "utf-8")
                    options = exchange.ImportOptions(letter=letter, consent="a list")
                    exchange.import_readers(newsroom, store, path, options)
                case "add":
                    by_hand.add_reader(newsroom, store, who, letter, "a talk")
                case "remove":
                    by_hand.remove_reader(newsroom, store, who)
                case "suppress":
                    by_hand.suppress_address(newsroom, store, who, "they called")
                case "lift":
                    by_hand.lift_suppression(newsroom, store, who)
                case "complain":
                    store.suppressions.add(who, "complaint", self.desk.now)

    def _gather_links(self) -> None:
        for _, mail in self.desk.mails():
            if mail is not None:
                self.tokens.append(find_token(mail))
        for reader in self.desk.store.subscribers.walk("active"):
            self.tokens.append(self.desk.link("unsubscribe", reader.id, "daily"))
            self.tokens.append(self.desk.link("choices", reader.id))
        del self.tokens[:-30]


def begin_issue(desk: ReadersDesk, letter: str, number: int) -> int:
    new = NewSending(issue=f"{letter}-{number}", letter=letter, via="smtp")
    return desk.store.ledger.begin(new, desk.now).number


@settings(max_examples=60)
@given(steps=STEPS)
def test_nobody_reads_without_consent_and_nobody_suppressed_is_written_to(
    steps: list[tuple[str, str, str, int]], beat: Newsroom
) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(open_mail(Path(folder))) as store:
        desk = ReadersDesk(newsroom=replace(beat, now=NOW), store=store)
        store._database.run("PRAGMA synchronous = OFF")
        history = History(desk, Path(folder))
        for number, step in enumerate(steps):
            history.do(*step)
            check_consents(desk)
            for letter in LETTERS:
                check_queue(desk, begin_issue(desk, letter, number))


def check_consents(desk: ReadersDesk) -> None:
    for reader in desk.store.subscribers.walk():
        letters = {kept.letter for kept in desk.store.subscriptions.of(reader.id)}
        consented = {consent.letter for consent in desk.store.consents.of(reader.id)}
        assert letters <= consented
        assert bool(letters) == (reader.state in {"active", "paused"})
        assert bool(reader.address) == (reader.state != "erased")


def check_queue(desk: ReadersDesk, sending: int) -> None:
    for entry in desk.store.ledger.walk(sending):
        assert entry.address
        assert desk.store.suppressions.find(entry.address) is None
        reader = desk.store.subscribers.get(entry.subscriber)
        assert reader is not None
        is_over = reader.paused_until is not None and reader.paused_until <= desk.now
        assert reader.state == "active" or (reader.state == "paused" and is_over)


@settings(max_examples=40)
@given(steps=STEPS, who=st.sampled_from(PEOPLE))
def test_whatever_happened_who_is_erased_leaves_no_byte(
    steps: list[tuple[str, str, str, int]], who: str, beat: Newsroom
) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(open_mail(Path(folder))) as store:
        desk = ReadersDesk(newsroom=replace(beat, now=NOW), store=store)
        store._database.run("PRAGMA synchronous = OFF")
        history = History(desk, Path(folder))
        for step in steps:
            history.do(*step)
        desk.wait(days=3)
        manage.forget_silent_readers(store, desk.now)  # addresses that were proposed, too
        reader = store.subscribers.find(who)
        if reader is not None and reader.address:
            by_hand.erase_by_address(desk.newsroom, store, who)

        files = Path(folder).glob("mail.sqlite*")
        assert who.encode() not in b"".join(path.read_bytes() for path in files)
        desk.wait(days=400)
        for token in history.tokens:
            find_closed(desk.confirm, token)
        again = store.subscribers.find(who)
        assert again is None or again.state == "erased"


@settings(max_examples=30)
@given(hours=st.lists(st.integers(min_value=0, max_value=20), max_size=40))
def test_somebody_elses_address_gets_one_mail_a_day(hours: list[int], beat: Newsroom) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(open_mail(Path(folder))) as store:
        desk = ReadersDesk(newsroom=replace(beat, now=NOW), store=store)
        store._database.run("PRAGMA synchronous = OFF")
        sent = []
        for number, wait in enumerate(hours):
            desk.wait(hours=wait)
            desk.ask(PEOPLE[0], LETTERS[number % 2], client=str(number))
            sent += [desk.now for _ in desk.mails()]

        assert all(
            later - earlier >= timedelta(days=1) for earlier, later in itertools.pairwise(sent)
        )
