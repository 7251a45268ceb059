"""The only place that knows every stage: it wires them, runs the line and keeps the clock.

In go an open newsroom and what a command asks for; out comes a report. A part is imported when it
is first asked for: a build needs no web client and no parser of pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.archive import CheckReport
    from copydesk.engine._at_once import show_at_once
    from copydesk.engine._build import BuildOptions, build
    from copydesk.engine._clear import clear_verdict
    from copydesk.engine._deploy import DeployOptions, deploy
    from copydesk.engine._explain import explain
    from copydesk.engine._inverse import Difference
    from copydesk.engine._new_rule import NewRule
    from copydesk.engine._rejudge import FieldChange, RejudgeReport, apply_rejudged, rejudge
    from copydesk.engine.discover import Discovery, add_source, find_sources, source_address
    from copydesk.engine.imports import Import, import_sources
    from copydesk.engine.named import record_path
    from copydesk.engine.newsroom import Newsroom, opened
    from copydesk.engine.progress import Progress, Silence
    from copydesk.engine.records import check_records
    from copydesk.engine.report import (
        BuildReport,
        DeployReport,
        Explanation,
        Failure,
        RoundReport,
        Rule,
    )
    from copydesk.engine.round import RoundOptions, run_round
    from copydesk.engine.rulings import RuleReport, file_rule, list_rules, undo_rule
    from copydesk.engine.seals import open_seal
    from copydesk.engine.serving import Address, serve, serve_site
    from copydesk.engine.settings import SettingRow, setting_rows
    from copydesk.engine.sources import (
        HealthRow,
        KeepReport,
        SourceRow,
        ask_sources,
        check_sources,
        export_opml,
        keep_source,
        source_rows,
    )
    from copydesk.engine.starts import Demo, adopt, demo, demo_newsroom, new
    from copydesk.engine.steps import (
        article_fields,
        extract_file,
        extract_url,
        fetch_url,
        judge_url,
        watch_url,
    )
    from copydesk.engine.undo import UndoReport, undo_action
    from copydesk.engine.verdicts import VerdictReport, file_verdict, speaker
    from copydesk.watch import Offer

__all__ = [
    "Address",
    "BuildOptions",
    "BuildReport",
    "CheckReport",
    "Demo",
    "DeployOptions",
    "DeployReport",
    "Difference",
    "Discovery",
    "Explanation",
    "Failure",
    "FieldChange",
    "HealthRow",
    "Import",
    "KeepReport",
    "NewRule",
    "Newsroom",
    "Offer",
    "Progress",
    "RejudgeReport",
    "RoundOptions",
    "RoundReport",
    "Rule",
    "RuleReport",
    "SettingRow",
    "Silence",
    "SourceRow",
    "UndoReport",
    "VerdictReport",
    "add_source",
    "adopt",
    "apply_rejudged",
    "article_fields",
    "ask_sources",
    "build",
    "check_records",
    "check_sources",
    "clear_verdict",
    "demo",
    "demo_newsroom",
    "deploy",
    "explain",
    "export_opml",
    "extract_file",
    "extract_url",
    "fetch_url",
    "file_rule",
    "file_verdict",
    "find_sources",
    "import_sources",
    "judge_url",
    "keep_source",
    "list_rules",
    "new",
    "open_seal",
    "opened",
    "record_path",
    "rejudge",
    "run_round",
    "serve",
    "serve_site",
    "setting_rows",
    "show_at_once",
    "source_address",
    "source_rows",
    "speaker",
    "undo_action",
    "undo_rule",
    "watch_url",
]

_MADE_IN = {
    "copydesk.archive": "CheckReport",
    "copydesk.engine._at_once": "show_at_once",
    "copydesk.engine._build": "BuildOptions build",
    "copydesk.engine._clear": "clear_verdict",
    "copydesk.engine._deploy": "DeployOptions deploy",
    "copydesk.engine._explain": "explain",
    "copydesk.engine._inverse": "Difference",
    "copydesk.engine._new_rule": "NewRule",
    "copydesk.engine._rejudge": "FieldChange RejudgeReport apply_rejudged rejudge",
    "copydesk.engine.discover": "Discovery add_source find_sources source_address",
    "copydesk.engine.imports": "Import import_sources",
    "copydesk.engine.named": "record_path",
    "copydesk.engine.newsroom": "Newsroom opened",
    "copydesk.engine.progress": "Progress Silence",
    "copydesk.engine.records": "check_records",
    "copydesk.engine.report": "BuildReport DeployReport Explanation Failure RoundReport Rule",
    "copydesk.engine.round": "RoundOptions run_round",
    "copydesk.engine.rulings": "RuleReport file_rule list_rules undo_rule",
    "copydesk.engine.seals": "open_seal",
    "copydesk.engine.serving": "Address serve serve_site",
    "copydesk.engine.settings": "SettingRow setting_rows",
    "copydesk.engine.sources": (
        "HealthRow KeepReport SourceRow ask_sources check_sources "
        "export_opml keep_source source_rows"
    ),
    "copydesk.engine.starts": "Demo adopt demo demo_newsroom new",
    "copydesk.engine.steps": (
        "article_fields extract_file extract_url fetch_url judge_url watch_url"
    ),
    "copydesk.engine.undo": "UndoReport undo_action",
    "copydesk.engine.verdicts": "VerdictReport file_verdict speaker",
    "copydesk.watch": "Offer",
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
