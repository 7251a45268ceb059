"""The open newsroom: a folder goes in; its settings, stores and locks come out, for every command.

With it what commands share: how they report, show progress, turn an exception into a failure and
find the record that a person means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.engine.newsroom._check import check_records
    from copydesk.engine.newsroom._failures import failure_of
    from copydesk.engine.newsroom._locate import record_at, record_path
    from copydesk.engine.newsroom._newsroom import (
        PRIVATE,
        Newsroom,
        Troubles,
        alone,
        in_turn,
        locked,
        opened,
    )
    from copydesk.engine.newsroom._progress import Progress, Silence
    from copydesk.engine.newsroom._report import (
        BuildReport,
        DeployReport,
        Explanation,
        Failure,
        RoundReport,
        Rule,
        Term,
    )
    from copydesk.engine.newsroom._seals import open_seal
    from copydesk.engine.newsroom._settings import SettingRow, setting_rows
    from copydesk.engine.newsroom._starts import Demo, adopt, demo, demo_newsroom, new

__all__ = [
    "PRIVATE",
    "BuildReport",
    "Demo",
    "DeployReport",
    "Explanation",
    "Failure",
    "Newsroom",
    "Progress",
    "RoundReport",
    "Rule",
    "SettingRow",
    "Silence",
    "Term",
    "Troubles",
    "adopt",
    "alone",
    "check_records",
    "demo",
    "demo_newsroom",
    "failure_of",
    "in_turn",
    "locked",
    "new",
    "open_seal",
    "opened",
    "record_at",
    "record_path",
    "setting_rows",
]

_MADE_IN = {
    "copydesk.engine.newsroom._check": "check_records",
    "copydesk.engine.newsroom._failures": "failure_of",
    "copydesk.engine.newsroom._locate": "record_at record_path",
    "copydesk.engine.newsroom._newsroom": "Newsroom PRIVATE Troubles alone in_turn locked opened",
    "copydesk.engine.newsroom._progress": "Progress Silence",
    "copydesk.engine.newsroom._report": (
        "BuildReport DeployReport Explanation Failure RoundReport Rule Term"
    ),
    "copydesk.engine.newsroom._seals": "open_seal",
    "copydesk.engine.newsroom._settings": "SettingRow setting_rows",
    "copydesk.engine.newsroom._starts": "Demo adopt demo demo_newsroom new",
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
