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

from copydesk.desk_store._action_queue import ActionQueue as ActionQueue
from copydesk.desk_store._action_queue import Ground as Ground
from copydesk.desk_store._action_queue import Proposal as Proposal
from copydesk.desk_store._action_queue import QueuedAction as QueuedAction
from copydesk.desk_store._audit_log import OTHER_NETWORKS as OTHER_NETWORKS
from copydesk.desk_store._audit_log import AuditEntry as AuditEntry
from copydesk.desk_store._audit_log import AuditKind as AuditKind
from copydesk.desk_store._database import VERSION as VERSION
from copydesk.desk_store._desk_store import WINDOW as WINDOW
from copydesk.desk_store._desk_store import DeskStore as DeskStore
from copydesk.desk_store._desk_store import has_desk as has_desk
from copydesk.desk_store._desk_store import open_desk as open_desk
from copydesk.desk_store._drafts import Draft as Draft
from copydesk.desk_store._drafts import SavedView as SavedView
from copydesk.desk_store._drafts import Stash as Stash
from copydesk.desk_store._sessions import LINK_LIFETIME as LINK_LIFETIME
from copydesk.desk_store._sessions import TOKEN_SCOPES as TOKEN_SCOPES
from copydesk.desk_store._sessions import ApiToken as ApiToken
from copydesk.desk_store._sessions import LinkPurpose as LinkPurpose
from copydesk.desk_store._sessions import Moment as Moment
from copydesk.desk_store._sessions import OneUseLink as OneUseLink
from copydesk.desk_store._sessions import Session as Session
from copydesk.desk_store._sessions import TokenGrant as TokenGrant
from copydesk.desk_store._sessions import TokenScope as TokenScope
