"""Store the accounts of the editors' web interface: names, roles, passwords and passkeys."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from copydesk.errors import UsageError
from copydesk.kit import dates, text
from copydesk.kit.kept import KeptTables, read_row

Role = Literal["owner", "editor", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the one who may do everything to the one who may look on."""
_NAME_CHARACTERS = 60
_HANDLE_BYTES = 32
_DEVICE_ID_BYTES = 16
_DEVICE_KEY_BYTES = 32
_COLUMNS = "name, role, handle, password, issuer, subject, made, by_rule"
_PASSKEY_COLUMNS = "id, public_key, sign_count, label, made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who may sign in to the editors' web interface: their name in git, and their role.

    `password` is an argon2id hash, "" if none was set. `issuer` and `subject` identify them at an
    OpenID provider, `handle` identifies them to passkeys. `by_rule` tells that a rule of the
    settings made the account at the first sign-in there.
    """

    name: str
    role: Role
    made: datetime
    handle: bytes = field(default=b"", repr=False)
    password: str = field(default="", repr=False)
    issuer: str = ""
    subject: str = ""
    by_rule: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey for signing in: the public key, whose private half is in a device of the owner."""

    id: bytes
    public_key: bytes
    sign_count: int
    label: str
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A browser in which somebody signed in before. `name` is the account, `id` the browser."""

    name: str
    id: str


class Accounts(KeptTables):
    """The accounts of the editors' web interface by name. Names that differ only in case are one
    name.

    Methods raise UsageError for an invalid or unknown name, DeskStoreError if the file fails.
    """

    def add(self, name: str, role: Role, now: datetime) -> Account:
        """Create an account and return it. It has no password or passkey yet."""
        name = check_name(name)
        if self.find(name) is not None:
            raise UsageError("an account with this name already exists", subject=name)
        handle = secrets.token_bytes(_HANDLE_BYTES)
        self._database.run(
            f"INSERT INTO accounts (key, {_COLUMNS}) VALUES (?, ?, ?, ?, '', '', '', ?, 0)",
            *(account_key(name), name, role, handle, dates.rfc3339(now)),
        )
        made = dates.utc(now).replace(microsecond=0)
        return Account(name=name, role=role, made=made, handle=handle)

    def find(self, name: str) -> Account | None:
        """Return the account with a name, None if there is none."""
        return self._find("key = ?", account_key(name))

    def find_by_handle(self, handle: bytes) -> Account | None:
        """Return the account with a passkey user handle, None if there is none."""
        return self._find("handle = ?", handle)

    def find_by_subject(self, issuer: str, subject: str) -> Account | None:
        """Return the account of an OpenID provider's user (subject), None if there is none."""
        if not subject:
            return None
        return self._find("issuer = ? AND subject = ?", issuer, subject)

    def list(self) -> tuple[Account, ...]:
        """Return all accounts, sorted by name."""
        rows = self._database.run(f"SELECT {_COLUMNS} FROM accounts ORDER BY key")
        return tuple(map(_account, rows))

    def has_any(self) -> bool:
        """Return whether there is any account."""
        return bool(self._database.run("SELECT 1 FROM accounts LIMIT 1"))

    def has_owner(self) -> bool:
        """Return whether there is an account with the role of owner."""
        return bool(self._database.run("SELECT 1 FROM accounts WHERE role = 'owner' LIMIT 1"))

    def set_role(self, name: str, role: Role) -> None:
        """Change an account's role."""
        self._change("role", name, role)

    def set_password(self, name: str, hashed: str) -> None:
        """Store the hash of an account's password, "" for none."""
        self._change("password", name, hashed)

    def bind(self, name: str, issuer: str, subject: str, *, by_rule: bool = False) -> None:
        """Let an OpenID provider's user sign in to an account. Raises UsageError if another account
        has that user.
        """
        with self._database.at_once():
            known = self.find_by_subject(issuer, subject)
            if known is not None and account_key(known.name) != account_key(name):
                raise UsageError(
                    "this sign-in already belongs to another account", subject=known.name
                )
            self._change("issuer", name, issuer)
            self._change("subject", name, subject)
            self._change("by_rule", name, int(by_rule))
            query = "DELETE FROM barred WHERE issuer = ? AND subject = ?"
            self._database.run(query, issuer, subject)

    def is_barred(self, issuer: str, subject: str) -> bool:
        """Return whether an OpenID provider's user had an account that was removed or reset."""
        query = "SELECT 1 FROM barred WHERE issuer = ? AND subject = ?"
        return bool(self._database.run(query, issuer, subject))

    def sign_device(self, name: str) -> str:
        """Return a token by which a browser is recognized later. It does not sign anybody in.

        It has the account's handle and an id of its own, and is signed by a key of the account that
        signs nothing else.
        """
        with self._database.at_once():
            account = self.get(name)
            key = self._device_key(account)
            if not key:
                key = secrets.token_bytes(_DEVICE_KEY_BYTES)
                self._change("device_key", name, key)
        signed = account.handle + secrets.token_bytes(_DEVICE_ID_BYTES)
        return (signed + hmac.digest(key, signed, "sha256")).hex()

    def find_device(self, word: str) -> Device | None:
        """Return the browser that a token of `sign_device` was made for, None if it is invalid."""
        try:
            sent = bytes.fromhex(word)
        except ValueError:
            return None
        signed_bytes = _HANDLE_BYTES + _DEVICE_ID_BYTES
        signed, signature = sent[:signed_bytes], sent[signed_bytes:]
        account = self.find_by_handle(signed[:_HANDLE_BYTES])
        key = b"" if account is None else self._device_key(account)
        if account is None or not key:
            return None
        if not hmac.compare_digest(signature, hmac.digest(key, signed, "sha256")):
            return None
        return Device(name=account.name, id=signed[_HANDLE_BYTES:].hex())

    def forget_proofs(self, name: str) -> None:
        """Delete an account's OpenID user and all its other proofs, as after a theft."""
        with self._database.at_once():
            self._bar(name)
            self.forget_local_proofs(name)
            for column in ("issuer", "subject"):
                self._change(column, name, "")

    def forget_local_proofs(self, name: str) -> None:
        """Delete an account's password, passkeys, links, API tokens and known browsers."""
        with self._database.at_once():
            self._change("password", name, "")
            self._change("device_key", name, b"")
            for table in ("passkeys", "tokens", "links"):
                self._database.run(f"DELETE FROM {table} WHERE account = ?", account_key(name))

    def remove(self, name: str) -> None:
        """Delete an account with its sessions, passkeys, links, tokens, drafts and own story lists.

        Its actions stay in git, in the audit log and in the queue.
        """
        with self._database.at_once():
            account = self.get(name)
            self._bar(name)
            self._database.run("DELETE FROM drafts WHERE editor = ?", account.name)
            self._database.run("DELETE FROM stashes WHERE owner = ?", account.name)
            self._database.run("DELETE FROM accounts WHERE key = ?", account_key(name))

    def get(self, name: str) -> Account:
        """Return the account with a name. Raises UsageError if there is none."""
        account = self.find(name)
        if account is None:
            hint = "run `copydesk desk user list` to see all accounts"
            raise UsageError("no account with this name", subject=text.fold(name)[:100], hint=hint)
        return account

    def add_passkey(self, name: str, passkey: Passkey) -> None:
        """Add a passkey to an account. Raises UsageError if it is stored already."""
        with self._database.at_once():
            if self._database.run("SELECT 1 FROM passkeys WHERE id = ?", passkey.id):
                raise UsageError("this passkey is already stored")
            self._database.run(
                "INSERT INTO passkeys VALUES (?, ?, ?, ?, ?, ?)",
                *(passkey.id, account_key(self.get(name).name), passkey.public_key),
                *(passkey.sign_count, passkey.label, dates.rfc3339(passkey.made)),
            )

    def passkeys(self, name: str) -> tuple[Passkey, ...]:
        """Return an account's passkeys, oldest first."""
        query = f"SELECT {_PASSKEY_COLUMNS} FROM passkeys WHERE account = ? ORDER BY made, id"
        return tuple(map(_passkey, self._database.run(query, account_key(name))))

    def find_passkey(self, passkey_id: bytes) -> tuple[Account, Passkey] | None:
        """Return the passkey with an id, together with its account, None if it is unknown."""
        query = f"""
            SELECT {_COLUMNS.replace("made", "accounts.made")},
                id, public_key, sign_count, label, passkeys.made
            FROM passkeys JOIN accounts ON key = account WHERE id = ?
        """
        rows = self._database.run(query, passkey_id)
        if not rows:
            return None
        count = len(_COLUMNS.split(", "))
        return _account(rows[0][:count]), _passkey(rows[0][count:])

    def count_use(self, passkey_id: bytes, sign_count: int) -> None:
        """Store a passkey's use count, as the passkey reported it at a sign-in."""
        self._database.run(
            "UPDATE passkeys SET sign_count = ? WHERE id = ?", sign_count, passkey_id
        )

    def remove_passkey(self, name: str, passkey_id: bytes) -> None:
        """Delete a passkey of an account. A passkey of another account is not deleted."""
        self._database.run(
            "DELETE FROM passkeys WHERE id = ? AND account = ?", passkey_id, account_key(name)
        )

    def _find(self, condition: str, *values: object) -> Account | None:
        rows = self._database.run(f"SELECT {_COLUMNS} FROM accounts WHERE {condition}", *values)
        return _account(rows[0]) if rows else None

    def _device_key(self, account: Account) -> bytes:
        """Return the key that signs tokens of an account's browsers, b"" if there is none yet."""
        query = "SELECT device_key FROM accounts WHERE handle = ?"
        ((key,),) = self._database.run(query, account.handle) or ((b"",),)
        return bytes(key)

    def _bar(self, name: str) -> None:
        """Remember the OpenID user of an account: no rule makes another account for that user."""
        query = "INSERT OR IGNORE INTO barred SELECT issuer, subject FROM accounts WHERE key = ?"
        self._database.run(f"{query} AND subject <> ''", account_key(name))

    def _change(self, column: str, name: str, value: str | bytes | int) -> None:
        key = account_key(self.get(name).name)
        self._database.run(f"UPDATE accounts SET {column} = ? WHERE key = ?", value, key)


def account_key(name: str) -> str:
    """Return a canonical form of an account name, the same for all its spellings."""
    return unicodedata.normalize("NFKC", text.fold(name)).casefold()


def check_name(name: str) -> str:
    """Return an account name as it is stored. Raises UsageError if git or a page cannot show it."""
    folded = unicodedata.normalize("NFC", text.fold(name))
    checks: tuple[tuple[Callable[[str], bool], str], ...] = (
        (lambda it: bool(account_key(it)), "use at least one letter or digit"),
        (lambda it: len(it) <= _NAME_CHARACTERS, f"use at most {_NAME_CHARACTERS} characters"),
        (str.isprintable, "use only printable characters"),
        (
            lambda it: not set(it) & set('<>"'),
            'leave out <, > and ", which git does not allow in names',
        ),
    )
    for is_fit, hint in checks:
        if not is_fit(folded):
            raise UsageError("not a valid account name", subject=ascii(folded[:100]), hint=hint)
    return folded


def _account(row: tuple[Any, ...]) -> Account:
    return read_row(Account, _COLUMNS, row)


def _passkey(row: tuple[Any, ...]) -> Passkey:
    return read_row(Passkey, _PASSKEY_COLUMNS, row)
