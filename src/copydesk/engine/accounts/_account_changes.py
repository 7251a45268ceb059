"""Changes to accounts, each made at once with its line in the audit log."""

from __future__ import annotations

from copydesk.desk_store import AuditEntry, AuditKind, DeskStore, Moment, TokenGrant
from copydesk.desk_store.accounts import Role
from copydesk.errors import UsageError


class AccountChanges:
    """Change the accounts of a desk as somebody (`by`) says, at one moment, from one address.

    Methods raise UsageError for a name that is none, taken or nobody's, and DeskStoreError.
    """

    def __init__(self, desk: DeskStore, moment: Moment, by: str, address: str = "") -> None:
        self._desk = desk
        self._moment = moment
        self._by = by
        self._address = address

    def add(self, name: str, role: Role) -> str:
        """Let somebody use the desk; return the secret of their link in."""
        with self._desk.at_once():
            account = self._desk.accounts.add(name, role, self._moment.now)
            self._note("account-added", f"{account.name} ({role})")
            return self._desk.links.make("enter", self._moment, account.name)

    def bind(self, name: str, issuer: str, subject: str) -> None:
        """Let an OpenID provider speak for somebody by what it calls them."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            self._desk.accounts.bind(name, issuer, subject)
            self._note("provider-bound", f"{account.name} ({issuer})")

    def reset(self, name: str) -> str:
        """Take somebody's proofs, tokens and sessions away; return the secret of a new link in."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            self._desk.accounts.forget_proofs(name)
            self._desk.sessions.end_all(name)
            self._note("account-reset", account.name)
            return self._desk.links.make("enter", self._moment, account.name)

    def end_sessions(self, name: str) -> int:
        """Sign somebody out everywhere; return in how many browsers they were."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            self._note("sessions-ended", account.name)
            return self._desk.sessions.end_all(name)

    def remove(self, name: str) -> int:
        """Let somebody use the desk no more; return in how many browsers they were."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            count = self._desk.sessions.end_all(name)
            self._desk.accounts.remove(name)
            self._note("account-removed", account.name)
            return count

    def set_role(self, name: str, role: Role) -> None:
        """Let somebody do more or less."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            self._desk.accounts.set_role(name, role)
            self._note("role-changed", f"{account.name} ({role})")

    def make_token(self, name: str, grant: TokenGrant) -> str:
        """Let a program act for somebody; return its token, which is kept nowhere."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            token = self._desk.tokens.make(account, grant, self._moment.now)
            self._note("token-made", f"{account.name} ({grant.label}: {' '.join(grant.scopes)})")
            return token

    def end_token(self, name: str, token_id: str) -> None:
        """Let a program act for somebody no more; a token of another's stays."""
        with self._desk.at_once():
            if self._desk.tokens.end(name, token_id):
                self._note("token-ended", self._desk.accounts.get(name).name)

    def check_owner_stays(self, name: str) -> None:
        """Raise UsageError where somebody is the only owner: nobody could undo what comes next."""
        owners = [each.name for each in self._desk.accounts.list() if each.role == "owner"]
        if owners == [self._desk.accounts.get(name).name]:
            raise UsageError(
                "a desk has an owner",
                subject=owners[0],
                hint="make somebody else an owner first",
            )

    def _note(self, what: AuditKind, about: str) -> None:
        self._desk.audit.add(
            AuditEntry(
                at=self._moment.now, who=self._by, what=what, about=about, address=self._address
            )
        )
