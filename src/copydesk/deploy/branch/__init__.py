"""A branch of git: one commit for each deploy, and none where nothing changed.

    survey | index of its own | tree | tip of the remote | commit | push

All of it happens in a bare repository of copydesk's own (`.copydesk/deploy.git`, disposable): the
newsroom's work tree, index, branches and objects are not touched.
"""

from __future__ import annotations

from copydesk.deploy.branch._branch import Branch as Branch
from copydesk.deploy.branch._deliver import deliver_branch as deliver_branch
