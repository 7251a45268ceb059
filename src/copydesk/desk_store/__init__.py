"""Store the data of the editors' web interface (the desk) in one SQLite file, to be backed up."""

from copydesk.desk_store._database import VERSION as VERSION
from copydesk.desk_store._desk_store import OTHER_NETWORKS as OTHER_NETWORKS
from copydesk.desk_store._desk_store import WINDOW as WINDOW
from copydesk.desk_store._desk_store import AuditEntry as AuditEntry
from copydesk.desk_store._desk_store import AuditKind as AuditKind
from copydesk.desk_store._desk_store import DeskStore as DeskStore
from copydesk.desk_store._desk_store import has_desk as has_desk
from copydesk.desk_store._desk_store import has_posts as has_posts
from copydesk.desk_store._desk_store import open_desk as open_desk
