"""What a person sees: reports in; JSON or lines on stdout, progress and notes on stderr out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.cli.terminal._columns import Columns as Columns
    from copydesk.cli.terminal._columns import ago as ago
    from copydesk.cli.terminal._columns import until as until
    from copydesk.cli.terminal._deploy_report import show_deploy as show_deploy
    from copydesk.cli.terminal._gate_passage import note_gate_passage as note_gate_passage
    from copydesk.cli.terminal._headlines import show_headlines as show_headlines
    from copydesk.cli.terminal._headlines import show_rehearsal as show_rehearsal
    from copydesk.cli.terminal._headlines import show_story as show_story
    from copydesk.cli.terminal._print import as_json as as_json
    from copydesk.cli.terminal._print import ask as ask
    from copydesk.cli.terminal._print import failures as failures
    from copydesk.cli.terminal._print import is_somebody_there as is_somebody_there
    from copydesk.cli.terminal._print import note as note
    from copydesk.cli.terminal._print import progress as progress
    from copydesk.cli.terminal._print import table as table
    from copydesk.cli.terminal._quality_table import quality_table as quality_table
    from copydesk.cli.terminal._sheet import sheet as sheet
    from copydesk.cli.terminal._sheet import words as words
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
