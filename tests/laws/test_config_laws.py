"""Laws of the room config: whatever stands in a file, one clear error or settings come out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import config
from copydesk.errors import ConfigError, UsageError
from copydesk.kit import text
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


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=40), max_size=4))
def test_what_is_said_of_a_new_beat_is_what_is_read_of_it(title: str, topics: list[str]) -> None:
    new = config.NewBeat(title=title, topics=tuple(topics), sources=("https://b.example/",))
    try:
        composed = config.compose_newsroom(new)
    except UsageError:
        return

    with tempfile.TemporaryDirectory() as folder:
        for path, written in composed.items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_bytes(written.encode())
        beat = config.load(Path(folder), {}).beat

    assert (text.fold(title), [*map(text.fold, topics)]) == (
        beat.title,
        [topic.name for topic in beat.topics],
    )
    assert all(topic.keywords == (topic.name,) for topic in beat.topics)
    assert beat.topic == (beat.topics[0].name if len(topics) == 1 else "")
