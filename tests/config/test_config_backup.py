"""Where backups go: what is missing, what would be unsafe, and secrets in the wrong place."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import config
from copydesk.errors import ConfigError
from world.backups import make_key_pair

BUCKET = '[backup.s3]\nbucket = "tide"\n'
# a secret key of these tests alone, as somebody might paste it
SECRET = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ"
SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea me@desk"


def load(root: Path, backup: str, environ: dict[str, str] | None = None) -> config.Settings:
    (root / "beat.toml").write_text(f'[site]\ntitle = "T"\n[backup]\n{backup}')
    return config.load(root, environ or {})


def refuse(root: Path, backup: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(root, backup)
    assert caught.value.hint or "expected" in caught.value.what
    return f"{caught.value} {caught.value.hint}"


def test_the_settings_of_backups_are_read(tmp_path: Path) -> None:
    pair = make_key_pair(tmp_path)
    recipients = f'to = "s3"\nkeep = 3\nrecipients = ["{pair.recipient}", "{SSH}"]\n'

    settings = load(tmp_path, recipients + BUCKET, {"AWS_SECRET_ACCESS_KEY": "hush-hush"})

    plan = settings.backup
    assert ("s3", 24, 3, "tide") == (plan.to, plan.every_hours, plan.keep, plan.s3.bucket)
    assert (pair.recipient, SSH) == plan.recipients
    assert "https://s3.us-east-1.amazonaws.com" == plan.s3.endpoint
    assert "hush-hush" == plan.s3.secret_key
    rows = config.rows(settings)
    assert ("backup.s3.secret_key", "(hidden)", "environment AWS_SECRET_ACCESS_KEY") in rows
    assert "hush-hush" not in f"{rows} {settings!r}"


@pytest.mark.parametrize(
    ("backup", "told"),
    [
        ('to = "folder"', "backup.folder.path: this setting is missing"),
        ('to = "rsync"', "backup.rsync.target: this setting is missing"),
        ('to = "s3"', "backup.s3.bucket: this setting is missing"),
        (f'to = "s3"\n{BUCKET}', "backup.recipients: subscribers' addresses would leave"),
        ('to = "rsync"\n[backup.rsync]\ntarget = "a:b"', "would leave this machine without"),
        ("with_key = true", "backup.with_key: the keys would be stored without encryption"),
        ("every_hours = 0", "backup.every_hours: expected a whole number"),
        ("keep = 0", "backup.keep: expected a whole number"),
        ('to = "ftp"', "backup.to: expected"),
        ('recipients = "age1"', "backup.recipients: entry 1 is not an age recipient"),
        ("recipients = [1]", "backup.recipients: expected a list of texts"),
        ('recipients = [""]', "backup.recipients: expected a list without empty texts"),
        (f'recipients = ["{SSH}", "ssh-rsa AAAA"]', "entry 2 is not an age recipient"),
        ('recipients = ["ssh-dss AAAA"]', "entry 1 is not an age recipient"),
    ],
)
def test_what_is_missing_or_unsafe_is_told_with_its_place(
    tmp_path: Path, backup: str, told: str
) -> None:
    assert told in refuse(tmp_path, backup)


@pytest.mark.parametrize("form", ['["{}"]', '"{}"', '["{}x"]', '[" {} "]', '["age1x", "{}"]'])
@pytest.mark.parametrize("secret", [SECRET, SECRET.lower(), f"# key\\n{SECRET}"])
def test_a_secret_key_is_never_shown(tmp_path: Path, form: str, secret: str) -> None:
    told = refuse(tmp_path, f"recipients = {form.replace('{}', secret)}")

    assert "QQQQ" not in told.upper()


def test_a_secret_key_is_called_one(tmp_path: Path) -> None:
    told = refuse(tmp_path, f'recipients = ["{SSH}", "{SECRET}"]')

    assert "entry 2 is a secret key" in told
    assert "age-keygen -y" in told
