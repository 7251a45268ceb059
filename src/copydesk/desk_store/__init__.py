"""Store the desk's own data in one SQLite file, which must be in a backup.
    accounts, sessions, links, tokens, attempts: who may sign in, and who has
    actions: editors' actions, fsynced before they are answered, with their outcomes
    drafts, stashes, saved_views: what editors typed, collected, and search for often
    proposals: what programs propose, until an editor takes or refuses it
    letters: edits to the next issue of each newsletter, until it is filed
    audit: sign-ins, refusals, changes of accounts, looks at readers
Of secrets that the desk makes only digests are stored, of passwords argon2id hashes.
"""

from __future__ import annotations

from copydesk.desk_store._database import VERSION as VERSION
from copydesk.desk_store._desk_store import OTHER_NETWORKS as OTHER_NETWORKS
from copydesk.desk_store._desk_store import WINDOW as WINDOW
from copydesk.desk_store._desk_store import AuditEntry as AuditEntry
from copydesk.desk_store._desk_store import AuditKind as AuditKind
from copydesk.desk_store._desk_store import DeskStore as DeskStore
from copydesk.desk_store._desk_store import has_desk as has_desk
from copydesk.desk_store._desk_store import open_desk as open_desk
