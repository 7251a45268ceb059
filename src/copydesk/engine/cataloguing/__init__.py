"""Cataloguing: records and articles go in; a catalogue that is up to date with them comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.cataloguing._follow import Snapshot as Snapshot
    from copydesk.engine.cataloguing._follow import follow_commits as follow_commits
    from copydesk.engine.cataloguing._follow import look_again as look_again
    from copydesk.engine.cataloguing._follow import recheck as recheck
    from copydesk.engine.cataloguing._follow import recheck_in_passing as recheck_in_passing
    from copydesk.engine.cataloguing._follow import report_failures as report_failures
    from copydesk.engine.cataloguing._follow import stands_by_former_rules as stands_by_former_rules
    from copydesk.engine.cataloguing._follow import sweep_records as sweep_records
    from copydesk.engine.cataloguing._gate_passage import GatePassage as GatePassage
    from copydesk.engine.cataloguing._gate_passage import (
        measure_gate_passage as measure_gate_passage,
    )
    from copydesk.engine.cataloguing._open import ask_catalogue as ask_catalogue
    from copydesk.engine.cataloguing._open import open_catalogue as open_catalogue
    from copydesk.engine.cataloguing._open import open_swept_catalogue as open_swept_catalogue
    from copydesk.engine.cataloguing._owners import domains_of as domains_of
    from copydesk.engine.cataloguing._owners import owner_of as owner_of
    from copydesk.engine.cataloguing._refresh import CatalogueReport as CatalogueReport
    from copydesk.engine.cataloguing._refresh import find_stale_entries as find_stale_entries
    from copydesk.engine.cataloguing._refresh import refresh_catalogue as refresh_catalogue
    from copydesk.engine.cataloguing._rules import beat_in_force as beat_in_force
    from copydesk.engine.cataloguing._rules import read_rules as read_rules
    from copydesk.engine.cataloguing._standing import standing_of as standing_of
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
