"""The settings of [model]: what they may be, and that the key stands nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import config
from copydesk.errors import ConfigError
from copydesk.news.summary import ModelOptions
from world.newsroom import newsroom

URL = 'url = "http://127.0.0.1:11434/v1"'


def load(root: Path, lines: str, key: str = "") -> ModelOptions:
    environ = {"COPYDESK_MODEL_KEY": key} if key else {}
    return config.load(newsroom(root, more=f"[model]\n{lines}\n", git=False), environ).model


def test_without_settings_nothing_is_asked(tmp_path: Path) -> None:
    options = load(tmp_path, "")

    assert not any(options.has(use) for use in ("summary", "headline", "digest", "remark"))
    assert "" == options.key


@pytest.mark.parametrize("missing", ["url", "name", "uses"])
def test_a_model_needs_an_address_a_name_and_uses(tmp_path: Path, missing: str) -> None:
    lines = {"url": URL, "name": 'name = "tiny"', "uses": 'uses = ["summary"]'}
    del lines[missing]

    assert not load(tmp_path, "\n".join(lines.values())).has("summary")


def test_only_what_is_named_is_asked_for(tmp_path: Path) -> None:
    options = load(tmp_path, f'{URL}\nname = "tiny"\nuses = ["summary", "topics"]')

    assert [True, False, True] == [options.has(use) for use in ("summary", "digest", "topics")]


def test_the_key_is_from_the_environment_and_never_shown(tmp_path: Path) -> None:
    options = load(tmp_path, URL, key="sk-secret")

    assert "sk-secret" == options.key
    with pytest.raises(ConfigError, match="key"):
        load(tmp_path / "other", f'{URL}\nkey = "sk-secret"')


@pytest.mark.parametrize("key", ["sk\nX-Other: 1", "sk\r1", "\0", "sk\udc80"])
def test_a_key_that_is_no_plain_line_is_refused_without_being_shown(
    tmp_path: Path, key: str
) -> None:
    with pytest.raises(ConfigError) as error:
        load(tmp_path, URL, key=key)

    assert key not in f"{error.value}{error.value.hint}{error.value.subject}"


@pytest.mark.parametrize(
    "line",
    [
        'url = "ftp://127.0.0.1/v1"',
        'url = "127.0.0.1:11434"',
        'url = "file:///etc/passwd"',
        'uses = ["summary", "poem"]',
        'uses = "summary"',
        "most_tokens_a_day = -1",
        "most_tokens_a_day = 1.5",
        "timeout_seconds = 0",
        "timeout_seconds = nan",
        "parallel = 0",
        "parallel = 33",
        "reports = 1",
        "reports = 13",
        "newest_hours = 0",
        "renew_hours = -1",
        'stale = "keep"',
        'not_sources = ["https://gull.example/x"]',
        "price_in = -1.0",
        "price_in = nan",
        "most_spent_a_day = nan",
        "most_spent_a_day = -1",
        'name = "a\\nb"',
        'nmae = "tiny"',
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError, match=r"model\.|beat\.toml"):
        load(tmp_path, line)
