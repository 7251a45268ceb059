"""What a person sees of what the gate lets through."""

from __future__ import annotations

from copydesk import engine
from copydesk.cli.terminal._print import note


def note_gate_passage(gate: engine.GatePassage) -> None:
    """Print on stderr how many stories the gate lets through, and others would."""
    if not gate.stories:
        note(f"the gate alone decided on no story of the last {gate.days} days")
        return
    note(
        f"of {gate.stories:,} stories of the last {gate.days} days the gate lets "
        f"{gate.passed:,} through (publish_at {gate.publish_at})"
    )
    others = ", ".join(f"{other.passed:,} at {other.publish_at}" for other in gate.others)
    note(f"  it would let through: {others}")
