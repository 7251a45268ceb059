"""Laws of the room config: whatever stands in a file, one clear error or settings come out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import config
from copydesk.errors import ConfigError, UsageError
from copydesk.kit import text
from copydesk.kit.options import SettingValue
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
        after, _ = config.append_sources(b'[site]\ntitle = "T"\n', [source])
        (root / "beat.toml").write_bytes(after)
        assert config.load(root, {}).beat.sources == (source,)


def test_the_laws_know_every_section() -> None:
    sections = (*config.SECTIONS, *config.BLOCKS)
    assert {"site", "fetch", "source"} <= {section.name for section in sections}


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=40), max_size=4))
def test_what_is_said_of_a_new_beat_is_what_is_read_of_it(title: str, topics: list[str]) -> None:
    topics = [topic.replace(":", ";") for topic in topics]  # words of the topic follow a colon
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


BLOCKS = (
    '[site]  # ours\ntitle = "T"\n',
    '# the first\n[[source]]\nurl = "https://a.example/f"\n  # within\ninclude = [\n "x", # y\n]\n',
    "[[ source ]]\n  url = 'https://b.example/f'\n",
    '[mail]\nfrom_name = "#" # not a comment\n[mail.smtp]\nhost = "h.example"\n',
    '[[letter]]\nid = "daily"\n[[letter.part]]\nkind = "lead"\n',
    "[fetch]\n",
    "[scoring]\npublish_at=70\n\n# between\npoints.tease = -3\n",
    "# alone\n",
)
CHANGES = (
    ("site.title", 'a "b" # c'),
    ("source[0].trust", "hold"),
    ("source[1].name", "Gull"),
    ("mail.from_name", "[[source]]"),
    ("mail.smtp.port", 25),
    ("letter[0].days", ["monday", "friday"]),
    ("fetch.delay_seconds", 2.5),
    ("scoring.publish_at", 60),
    ("scoring.points.tease", -4),
    ("front.half_life_hours", 12.0),
    ("publish.languages", True),
)


def count_same(left: bytes, right: bytes) -> int:
    """Count the bytes with which both begin."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(left), len(right)))


@settings(max_examples=200, deadline=None)
@given(
    st.permutations(BLOCKS),
    st.sampled_from(CHANGES),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "\n\n"]),
    st.booleans(),
)
def test_a_changed_value_leaves_each_other_byte_of_the_file(
    blocks: list[str], change: tuple[str, SettingValue], newline: str, gap: str, ends: bool
) -> None:
    text = gap.join(blocks).replace("\n", newline)
    before = (text if ends else text.removesuffix(newline)).encode()

    after = config.change_values(before, dict([change]))

    start = count_same(before, after)
    end = count_same(before[start:][::-1], after[start:][::-1])
    gone, new = before[start : len(before) - end], after[start : len(after) - end]
    assert (b"\n" not in gone, b"#" in gone) == (True, False) or change[0] == "mail.from_name"
    assert not gone or b"\n" not in new  # a value in its place, or lines of its own
    assert config.change_values(after, dict([change])) == after
    assert (b"\r\n" in after) == (newline == "\r\n")
