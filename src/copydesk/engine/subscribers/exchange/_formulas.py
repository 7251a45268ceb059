"""Formulas: cells that a spreadsheet would execute are guarded on the way out, never run here."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guard_formula(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: with an apostrophe before it.

    So does OWASP's page on CSV injection; `free_formula` takes it away again.
    """
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def free_formula(cell: str) -> str:
    """Return what `guard_formula` guarded."""
    is_guarded = cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA)
    return cell[1:] if is_guarded else cell


def is_formula(cell: str) -> bool:
    """Decide whether a spreadsheet would take a cell for a formula."""
    return cell.startswith(_FORMULA)
