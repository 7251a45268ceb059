"""What languages are called and how HTML names them."""

from __future__ import annotations

import pytest

from copydesk.kit.text import language_name
from copydesk.rendering import language_tag


@pytest.mark.parametrize(
    ("code", "name"), [("de", "Deutsch"), ("fr", "Français"), ("ja", "日本語"), ("tlh", "tlh")]
)
def test_a_language_is_called_what_it_calls_itself_or_its_code(code: str, name: str) -> None:
    assert name == language_name(code)


@pytest.mark.parametrize(
    ("locale", "tag"),
    [("en-us", "en-US"), ("DE", "de"), ("zh-hant", "zh-hant"), ("../en", ""), ("", "")],
)
def test_a_locale_is_named_as_html_wants_it(locale: str, tag: str) -> None:
    assert tag == language_tag(locale)
