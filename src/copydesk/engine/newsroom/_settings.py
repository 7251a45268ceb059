"""Settings as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from copydesk import config


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """One value of beat.toml, `_data` or the environment, and where it came from."""

    path: str
    value: str
    origin: str


def setting_rows(root: Path, environ: Mapping[str, str]) -> tuple[list[SettingRow], list[str]]:
    """Return every value with its origin, secrets hidden, and the warnings; raises ConfigError."""
    settings = config.load(root, environ)
    rows = [
        SettingRow(path=path, value=value, origin=origin)
        for path, value, origin in config.rows(settings)
    ]
    return rows, list(settings.warnings)
