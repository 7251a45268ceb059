"""Kept files: a path and its schema go in; a database that nothing deletes or makes anew comes out.

SCHEMA = KeptSchema(what="what the desk keeps", error=DeskStoreError, steps=STEPS, damaged="…")
database = KeptDatabase(folder / "desk.sqlite", SCHEMA)
"""

from __future__ import annotations

from copydesk.kit.kept._attempt_limits import ATTEMPTS_TABLE as ATTEMPTS_TABLE
from copydesk.kit.kept._attempt_limits import AttemptLimits as AttemptLimits
from copydesk.kit.kept._database import KeptDatabase as KeptDatabase
from copydesk.kit.kept._database import KeptSchema as KeptSchema
