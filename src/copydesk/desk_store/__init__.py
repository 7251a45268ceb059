"""What the desk keeps, in one SQLite file that nothing else can make again: back it up.

In go actions of editors, fsynced before anybody is answered; out come those that wait to be filed,
in order, and what became of the others.
"""

from __future__ import annotations

from copydesk.desk_store._action_queue import ActionQueue as ActionQueue
from copydesk.desk_store._action_queue import QueuedAction as QueuedAction
from copydesk.desk_store._desk_store import DeskStore as DeskStore
from copydesk.desk_store._desk_store import open_desk as open_desk
from copydesk.desk_store._tables import VERSION as VERSION
