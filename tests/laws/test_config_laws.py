"""Laws of the room config: whatever stands in a file, one clear error or settings come out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import config
from copydesk.errors import ConfigError
from copydesk.news import Source

KEYS = st.sampled_from(
    [f"{section.name}.{name}" for section in config.SECTIONS for name in section.options]
)
LITERALS = st.one_of(
    st.integers().map(str),
    st.floats().map(str),
    st.booleans().map(lambda flag: str(flag).lower()),
    st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="'")).map(
        lambda text: f"'{text}'"
    ),
    st.just("[]"),
    st.just("{}"),
    st.just("1979-05-27"),
)
LINES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40)


def load(text: bytes) -> config.Settings | None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "beat.toml").write_bytes(text)
        try:
            return config.load(Path(folder), {})
        except ConfigError:
            return None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_settings_or_one_clear_error(data: bytes) -> None:
    load(data)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEYS, LITERALS, max_size=4))
def test_any_value_under_any_key_is_taken_or_refused_by_name(values: dict[str, str]) -> None:
    values = {"site.title": "'T'", **values}
    load("\n".join(f"{key} = {value}" for key, value in values.items()).encode())


@settings(max_examples=60, deadline=None)
@given(LINES, st.lists(LINES.filter(str.strip), max_size=3), st.booleans())
def test_an_added_source_is_the_one_that_is_read(name: str, words: list[str], sure: bool) -> None:
    source = Source(
        url="https://b.example/",
        name=name.strip(),
        include=tuple(word.strip() for word in words),
        official=sure,
    )
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "beat.toml").write_text('[site]\ntitle = "T"\n')
        assert config.add_source(root, source)
        assert config.load(root, {}).beat.sources == (source,)


def test_the_laws_know_every_section() -> None:
    sections = (*config.SECTIONS, *config.BLOCKS)
    assert {"site", "fetch", "source"} <= {section.name for section in sections}
