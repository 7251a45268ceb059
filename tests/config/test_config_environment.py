"""Settings and secrets from outside beat.toml: variables, files of secrets, systemd credentials."""

from __future__ import annotations

import base64
import os
from collections import Counter
from pathlib import Path

import pytest

from copydesk import config
from copydesk.errors import ConfigError

SECRET = "correct horse battery staple"
MAIL = """\
[site]
title = "T"
url = "https://x.example"
[serve]
public_url = "https://x.example"
[mail]
deliver = "smtp"
from_address = "a@x.example"
smtp = { host = "mail.x.example", user = "u" }
"""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    root = tmp_path / "room"
    root.mkdir()
    (root / "beat.toml").write_text(MAIL)
    return root


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secrets" / "password"
    file.parent.mkdir(mode=0o700)
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    return file


def load(room: Path, **environ: object) -> config.Settings:
    return config.load(room, {name: str(value) for name, value in environ.items()})


def error_of(room: Path, **environ: object) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(room, **environ)
    assert SECRET not in f"{caught.value} {caught.value.hint}"
    return caught.value


SETTINGS = {
    "COPYDESK_SITE_TITLE": ("2030", "site.title", "2030"),
    "COPYDESK_SITE_MAIN_TOPIC": ("false", "site.main_topic", "false"),
    "COPYDESK_SCORING_PUBLISH_AT": ("65", "scoring.publish_at", "65"),
    "COPYDESK_SCORING_POINTS_VOICES": ("3", "scoring.points.voices", "3"),
    "COPYDESK_SERVE_TRUSTED_PROXIES": ('["10.0.0.0/8"]', "serve.trusted_proxies", "10.0.0.0/8"),
    "COPYDESK_FETCH_CONTACT": ("mailto:a@x.example", "fetch.contact", "mailto:a@x.example"),
    "COPYDESK_DEPLOY_FOLDER_PATH": ("../out", "deploy.folder.path", "../out"),
    "COPYDESK_MAIL_SMTP_PORT": ("2525", "mail.smtp.port", "2525"),
}


@pytest.mark.parametrize("variable", SETTINGS)
def test_a_setting_is_read_from_its_variable(room: Path, variable: str) -> None:
    given, path, shown = SETTINGS[variable]
    rows = {row[0]: row[1:] for row in config.rows(load(room, **{variable: given}))}

    assert (shown, f"environment {variable}") == rows[path]


def test_a_variable_without_a_value_sets_nothing(room: Path) -> None:
    assert load(room, COPYDESK_SITE_TITLE="").beat.title == "T"


def test_a_variable_may_give_what_the_file_lacks(room: Path) -> None:
    (room / "beat.toml").write_text("")

    assert load(room, COPYDESK_SITE_TITLE="From outside").beat.title == "From outside"


def test_the_older_name_of_a_variable_counts_first(room: Path) -> None:
    both = {
        "COPYDESK_CONTACT": "mailto:a@x.example",
        "COPYDESK_FETCH_CONTACT": "mailto:b@x.example",
    }

    assert load(room, **both).fetch.contact == "mailto:a@x.example"


@pytest.mark.parametrize(
    ("variable", "given"),
    [
        ("COPYDESK_SCORING_PUBLISH_AT", "high"),
        ("COPYDESK_SCORING_PUBLISH_AT", "65\nx = 1"),
        ("COPYDESK_SITE_TITLE", "two\nlines"),
        ("COPYDESK_SERVE_TRUSTED_PROXIES", "10.0.0.0/8"),
        ("COPYDESK_SERVE_TRUSTED_PROXIES", "[" * 5_000),
        ("COPYDESK_SITE_MAIN_TOPIC", "maybe"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_the_variable(
    room: Path, variable: str, given: str
) -> None:
    assert error_of(room, **{variable: given}).subject == f"environment {variable}"


def test_each_setting_has_a_variable_of_its_own() -> None:
    own = [name for each in config.SECTIONS for names in each.variables.values() for name in names]

    assert {} == {name: count for name, count in Counter(own).items() if count > 1}
    assert all(set(each.variables) == set(each.options) for each in config.SECTIONS)


def test_repeated_tables_have_no_variables() -> None:
    assert {} == {key: names for each in config.BLOCKS for key, names in each.variables.items()}


def test_a_variable_like_a_known_one_is_warned_of(room: Path) -> None:
    settings = load(room, COPYDESK_SERVE_PUBLIC_UR="https://y.example", COPYDESK_SHOESIZE="43")

    told = "no such setting; did you mean COPYDESK_SERVE_PUBLIC_URL?"
    assert (f"environment COPYDESK_SERVE_PUBLIC_UR: {told}",) == settings.warnings


# Secrets.


def test_a_secret_is_read_from_the_file_that_its_variable_names(room: Path, secret: Path) -> None:
    settings = load(room, COPYDESK_SMTP_PASSWORD_FILE=secret)

    assert (SECRET, "environment COPYDESK_SMTP_PASSWORD_FILE", ()) == (
        settings.mail.smtp.password,
        settings.origins["mail.smtp.password"],
        settings.warnings,
    )
    assert SECRET not in repr(config.rows(settings)) + repr(settings)


def test_a_secret_is_read_from_a_systemd_credential(room: Path, secret: Path) -> None:
    secret.rename(secret.with_name("COPYDESK_SMTP_PASSWORD"))

    assert load(room, CREDENTIALS_DIRECTORY=secret.parent).mail.smtp.password == SECRET


def test_a_variable_counts_before_a_credential(room: Path, secret: Path) -> None:
    secret.rename(secret.with_name("COPYDESK_SMTP_PASSWORD"))
    settings = load(room, CREDENTIALS_DIRECTORY=secret.parent, COPYDESK_SMTP_PASSWORD="other")

    assert settings.mail.smtp.password == "other"


def test_the_key_and_the_token_of_the_metrics_are_secrets_too(room: Path, secret: Path) -> None:
    key, token = secret.with_name("key"), secret.with_name("token")
    key.write_text(base64.b64encode(bytes(32)).decode() + "\r\n")
    token.write_text("t0ken")
    for file in (key, token):
        file.chmod(0o400)
    settings = load(room, COPYDESK_KEY_FILE=key, COPYDESK_METRICS_TOKEN_FILE=token)

    assert (bytes(32), "t0ken") == (settings.key, settings.metrics_token)


def test_a_variable_that_the_owner_named_may_have_a_file(room: Path, secret: Path) -> None:
    source = '[[source]]\nurl = "https://s.example"\nheaders_env = { Authorization = "S_TOKEN" }\n'
    (room / "beat.toml").write_text(MAIL + source)
    [options] = load(room, S_TOKEN_FILE=secret).source_options.values()

    assert {"Authorization": SECRET} == options.headers


def _write(data: bytes, mode: int = 0o600) -> object:
    def spoil(file: Path) -> None:
        file.write_bytes(data)
        file.chmod(mode)

    return spoil


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)


def _give_away(file: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to another user")
    os.chown(file, 12_345, -1)


def _link_from_open_folder(file: Path) -> None:
    file.rename(file.parent.parent / "elsewhere")
    file.symlink_to(file.parent.parent / "elsewhere")
    file.parent.chmod(0o777)


SPOILT = {
    "missing": (Path.unlink, "cannot be read (No such file or directory)"),
    "a folder": (lambda file: (file.unlink(), file.mkdir()), "not a regular file"),
    "a pipe": (_pipe, "not a regular file"),
    "empty": (_write(b""), "is empty"),
    "a line end alone": (_write(b"\n"), "is empty"),
    "two lines": (_write(SECRET.encode() * 2 + b"\n" + SECRET.encode()), "more than one line"),
    "a NUL": (_write(SECRET.encode() + b"\0"), "more than one line"),
    "no text": (_write(b"\xff\xfe" + SECRET.encode()), "is not UTF-8"),
    "ten megabytes": (_write(SECRET.encode() * 400_000), "64000 bytes"),
    "written by everybody": (_write(SECRET.encode(), 0o666), "run `chmod 600`"),
    "in a folder of everybody": (lambda file: file.parent.chmod(0o777), "chmod o-w"),
    "linked from a folder of everybody": (_link_from_open_folder, "chmod o-w"),
    "another user's": (_give_away, "belongs to another user"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_file_that_is_no_good_secret_is_refused(room: Path, secret: Path, case: str) -> None:
    spoil, told = SPOILT[case]
    spoil(secret)  # type: ignore[operator]
    error = error_of(room, COPYDESK_SMTP_PASSWORD_FILE=secret)

    assert told.replace("_", "") in f"{error} {error.hint}".replace(",", "")
    assert "COPYDESK_SMTP_PASSWORD_FILE" in str(error)


def test_a_folder_of_everybody_with_the_sticky_bit_is_good(room: Path, secret: Path) -> None:
    secret.parent.chmod(0o1777)  # as /tmp: nobody else can replace the file

    assert load(room, COPYDESK_SMTP_PASSWORD_FILE=secret).mail.smtp.password == SECRET


def test_a_secret_is_given_once(room: Path, secret: Path) -> None:
    error = error_of(room, COPYDESK_SMTP_PASSWORD="x", COPYDESK_SMTP_PASSWORD_FILE=secret)

    assert "unset one of the two variables" == error.hint
