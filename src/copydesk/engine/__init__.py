"""The only place that knows every stage: it wires them, runs the line and keeps the clock.

In go an open newsroom and what a command asks for; out comes a report. A part is imported when it
is first asked for: a build needs no web client and no parser of pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.archive import CheckReport
    from copydesk.engine.editing import (
        Difference,
        NewRule,
        RuleReport,
        UndoReport,
        VerdictReport,
        clear_verdict,
        explain,
        file_rule,
        file_verdict,
        list_rules,
        show_at_once,
        speaker,
        undo_action,
        undo_rule,
    )
    from copydesk.engine.newsroom import (
        BuildReport,
        Demo,
        DeployReport,
        Explanation,
        Failure,
        Newsroom,
        Progress,
        RoundReport,
        Rule,
        SettingRow,
        Silence,
        adopt,
        check_records,
        demo,
        demo_newsroom,
        new,
        open_seal,
        opened,
        record_path,
        setting_rows,
    )
    from copydesk.engine.publishing import BuildOptions, DeployOptions, build, deploy
    from copydesk.engine.rejudging import FieldChange, RejudgeReport, apply_rejudged, rejudge
    from copydesk.engine.round import (
        RoundOptions,
        article_fields,
        extract_file,
        extract_url,
        fetch_url,
        judge_url,
        run_round,
        watch_url,
    )
    from copydesk.engine.serving import Address, serve, serve_site
    from copydesk.engine.sources import (
        Discovery,
        HealthRow,
        Import,
        KeepReport,
        SourceRow,
        add_source,
        ask_sources,
        check_sources,
        export_opml,
        find_sources,
        import_sources,
        keep_source,
        source_address,
        source_rows,
    )
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
    "copydesk.engine.editing": (
        "Difference NewRule RuleReport UndoReport VerdictReport clear_verdict explain "
        "file_rule file_verdict list_rules show_at_once speaker undo_action undo_rule"
    ),
    "copydesk.engine.newsroom": (
        "BuildReport Demo DeployReport Explanation Failure Newsroom Progress RoundReport "
        "Rule SettingRow Silence adopt check_records demo demo_newsroom new open_seal opened "
        "record_path setting_rows"
    ),
    "copydesk.engine.publishing": "BuildOptions DeployOptions build deploy",
    "copydesk.engine.rejudging": "FieldChange RejudgeReport apply_rejudged rejudge",
    "copydesk.engine.round": (
        "RoundOptions article_fields extract_file extract_url fetch_url judge_url run_round "
        "watch_url"
    ),
    "copydesk.engine.serving": "Address serve serve_site",
    "copydesk.engine.sources": (
        "Discovery HealthRow Import KeepReport SourceRow add_source ask_sources "
        "check_sources export_opml find_sources import_sources keep_source source_address "
        "source_rows"
    ),
    "copydesk.watch": "Offer",
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
