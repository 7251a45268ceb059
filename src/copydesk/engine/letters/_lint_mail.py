"""Lint: a file with a letter's HTML goes in; what mail programs do not show of it comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from copydesk.errors import UsageError
from copydesk.mail import DEFAULT_CLIENTS, LintFinding, lint

_MOST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    """Features of a file that not all of the mail programs asked for show."""

    file: str
    clients: tuple[str, ...]
    findings: tuple[LintFinding, ...]
    without_fallback: int


def lint_mail(file: Path, clients: Sequence[str] = ()) -> LintReport:
    """Hold a file against mail programs, those that most readers have where none are named.

    Raises UsageError for a program that is not known, and a file that is no text.
    """
    names = tuple(dict.fromkeys(clients)) or DEFAULT_CLIENTS
    findings = tuple(lint(_read(file), names))
    return LintReport(
        file=str(file),
        clients=names,
        findings=findings,
        without_fallback=sum(not finding.fallback for finding in findings),
    )


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > _MOST_BYTES:
            hint = f"at most {_MOST_BYTES} bytes"
            raise UsageError("too long for a letter", subject=str(file), hint=hint)
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = "give a file with HTML, in UTF-8"
        raise UsageError("a letter cannot be read", subject=str(file), hint=hint) from error
