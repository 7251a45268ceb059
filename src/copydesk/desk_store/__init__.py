"""What the desk keeps, in one SQLite file that nothing else can make again: back it up.

    accounts, sessions, links, tokens, attempts: who may come in, and who is in
    actions: what editors did, fsynced before they are answered; until it is filed, and after
    drafts, stashes, saved_views: what they have typed, gathered, and ask again and again
    proposals: what programs suggest, until an editor takes or refuses it
    letters: what editors changed in each letter's issue to come, until it is filed
    audit: who came in, who was kept out, who changed accounts

Of secrets that we hand out only digests go in, of passwords hashes that others made.
"""

from __future__ import annotations

from copydesk.desk_store._accounts import ROLES as ROLES
from copydesk.desk_store._accounts import Account as Account
from copydesk.desk_store._accounts import Device as Device
from copydesk.desk_store._accounts import Passkey as Passkey
from copydesk.desk_store._accounts import Role as Role
from copydesk.desk_store._accounts import account_key as account_key
from copydesk.desk_store._action_queue import ActionQueue as ActionQueue
from copydesk.desk_store._action_queue import QueuedAction as QueuedAction
from copydesk.desk_store._api_tokens import TOKEN_SCOPES as TOKEN_SCOPES
from copydesk.desk_store._api_tokens import ApiToken as ApiToken
from copydesk.desk_store._api_tokens import TokenGrant as TokenGrant
from copydesk.desk_store._api_tokens import TokenScope as TokenScope
from copydesk.desk_store._audit_log import OTHER_NETWORKS as OTHER_NETWORKS
from copydesk.desk_store._audit_log import AuditEntry as AuditEntry
from copydesk.desk_store._audit_log import AuditKind as AuditKind
from copydesk.desk_store._desk_store import WINDOW as WINDOW
from copydesk.desk_store._desk_store import DeskStore as DeskStore
from copydesk.desk_store._desk_store import has_desk as has_desk
from copydesk.desk_store._desk_store import open_desk as open_desk
from copydesk.desk_store._drafts import Draft as Draft
from copydesk.desk_store._letter_edits import IssueChange as IssueChange
from copydesk.desk_store._letter_edits import IssueDiffers as IssueDiffers
from copydesk.desk_store._letter_edits import IssueField as IssueField
from copydesk.desk_store._letter_edits import KeptChange as KeptChange
from copydesk.desk_store._letter_edits import KeptEdits as KeptEdits
from copydesk.desk_store._letter_edits import digest_value as digest_value
from copydesk.desk_store._one_use_links import LINK_LIFETIME as LINK_LIFETIME
from copydesk.desk_store._one_use_links import LinkPurpose as LinkPurpose
from copydesk.desk_store._one_use_links import Moment as Moment
from copydesk.desk_store._one_use_links import OneUseLink as OneUseLink
from copydesk.desk_store._proposals import Ground as Ground
from copydesk.desk_store._proposals import Proposal as Proposal
from copydesk.desk_store._saved_views import SavedView as SavedView
from copydesk.desk_store._sessions import Session as Session
from copydesk.desk_store._stashes import Stash as Stash
from copydesk.desk_store._tables import VERSION as VERSION
