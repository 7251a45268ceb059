"""Accounts: a newsroom and somebody's name go in; who may use its desk comes out, or a link in.

A link opens the desk once, within a quarter of an hour, for whoever has no other proof yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.accounts._account_changes import AccountChanges as AccountChanges
    from copydesk.engine.accounts._accounts import AccountLink as AccountLink
    from copydesk.engine.accounts._accounts import AccountRow as AccountRow
    from copydesk.engine.accounts._accounts import EndedSessions as EndedSessions
    from copydesk.engine.accounts._accounts import NewToken as NewToken
    from copydesk.engine.accounts._accounts import add_account as add_account
    from copydesk.engine.accounts._accounts import desk_address as desk_address
    from copydesk.engine.accounts._accounts import end_sessions as end_sessions
    from copydesk.engine.accounts._accounts import list_accounts as list_accounts
    from copydesk.engine.accounts._accounts import make_guest_link as make_guest_link
    from copydesk.engine.accounts._accounts import make_setup_link as make_setup_link
    from copydesk.engine.accounts._accounts import make_token as make_token
    from copydesk.engine.accounts._accounts import read_uptime as read_uptime
    from copydesk.engine.accounts._accounts import remove_account as remove_account
    from copydesk.engine.accounts._accounts import reset_account as reset_account
    from copydesk.engine.accounts._identity import IdentityCheck as IdentityCheck
    from copydesk.engine.accounts._identity import IdentityProvider as IdentityProvider
    from copydesk.engine.accounts._identity import begin_identity_check as begin_identity_check
    from copydesk.engine.accounts._identity import finish_identity_check as finish_identity_check
    from copydesk.engine.accounts._identity import identity_provider as identity_provider
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
