"""The keys of a storage, shown to nobody, and whom a deploy tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import config
from copydesk.errors import ConfigError

BEAT = '[site]\ntitle = "T"\n[deploy]\nto = "s3"\n[deploy.s3]\nbucket = "tide"\n'
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIDTIDE",
    "AWS_SECRET_ACCESS_KEY": "hush-hush",
    "AWS_SESSION_TOKEN": "lent-hush",
}


def loaded(root: Path, environ: dict[str, str]) -> config.Settings:
    (root / "beat.toml").write_text(BEAT)
    return config.load(root, environ)


def test_the_keys_of_a_storage_are_known_and_hidden(tmp_path: Path) -> None:
    settings = loaded(tmp_path, KEYS)

    assert "hush-hush" == settings.deploy.s3.secret_key
    rows = config.rows(settings)
    assert (
        "deploy.s3.secret_key",
        "(hidden)",
        "environment AWS_SECRET_ACCESS_KEY",
    ) in rows
    shown = f"{rows} {settings!r}"
    assert [] == [key for key in KEYS.values() if key in shown]


def test_a_key_that_could_add_a_header_is_refused_without_being_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="AWS_SECRET_ACCESS_KEY") as caught:
        loaded(tmp_path, {**KEYS, "AWS_SECRET_ACCESS_KEY": "hush\r\nX: y"})

    assert "hush" not in str(caught.value)


def test_the_beat_knows_who_is_told_of_a_deploy(tmp_path: Path) -> None:
    told = 'hub = "https://hub.example"\nindex_now_key = "tidewatch-1"\n'
    site = '[site]\ntitle = "T"\nurl = "https://t.example"\n'
    (tmp_path / "beat.toml").write_text(f"{site}[deploy]\n{told}")

    beat = config.load(tmp_path, {}).beat

    assert ("https://hub.example", "tidewatch-1") == (beat.hub, beat.index_now_key)
