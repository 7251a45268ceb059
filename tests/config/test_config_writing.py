"""What this room writes: sources into beat.toml, a beat.toml for an adopted site, its reference."""

from __future__ import annotations

import os
import tarfile
import tomllib
from datetime import date
from operator import attrgetter
from pathlib import Path

import pytest

from copydesk import config
from copydesk.errors import ConfigError
from copydesk.news import Beat, Source
from copydesk.news.beat import Scoring
from copydesk.news.source import ListingRule
from world.shared import SHARED, needs_shared

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "beat-toml.md"
RULE = ListingRule(item='a[title="x"]', date="time", written=date(2026, 11, 24))
BEAT = """\
# my own words
[site]   # kept
title = "T"

[[source]]
url    = "https://a.example/feed"   # the first
include = [
  "ai",  # not the airline
]

[review]
mode = "hold"
"""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "beat.toml").write_text(BEAT)
    return tmp_path


def add(root: Path, *sources: Source) -> int:
    """Add sources to a beat.toml; return how many it lacked."""
    after, added = config.append_sources((root / "beat.toml").read_bytes(), sources)
    (root / "beat.toml").write_bytes(after)
    return len(added)


def test_an_added_source_is_read_back_and_all_else_stays(room: Path) -> None:
    source = Source(
        url="https://b.example/feed?a=1",
        name='The "B" \\ Ü\u200d',
        kind="feed",
        official=True,
        trust="hold",
        include=("a b", 'c"d'),
        language="de",
        listing=RULE,
    )

    added = add(room, source)

    assert added
    assert (room / "beat.toml").read_text().startswith(BEAT)
    settings = config.load(room, {})
    assert source == settings.beat.sources[1]
    assert "hold" == settings.review.mode


def test_a_source_that_is_there_is_not_added_again(room: Path) -> None:
    before = (room / "beat.toml").read_bytes()

    assert not add(room, Source(url="http://a.example/feed/#top"))
    assert before == (room / "beat.toml").read_bytes()


def test_many_sources_are_added_in_one_go_each_once(room: Path) -> None:
    sources = [Source(url=f"https://s{number % 50}.example/") for number in range(100)]

    added = add(room, *sources)

    assert 50 == added
    assert 51 == len(config.load(room, {}).beat.sources)
    assert 0 == add(room, *sources)


ENDINGS = {
    "no line feed at the end": b'[site]\ntitle = "T"',
    "windows": b'[site]\r\ntitle = "T"\r\n',
    "a comment at the end": b'[site]\ntitle = "T"\n# bye',
    "a byte order mark": b'\xef\xbb\xbf[site]\ntitle = "T"\n',
}


@pytest.mark.parametrize("case", ENDINGS)
def test_a_source_is_added_after_any_ending(tmp_path: Path, case: str) -> None:
    before = ENDINGS[case]
    (tmp_path / "beat.toml").write_bytes(before)

    add(tmp_path, Source(url="https://b.example/"))

    after = (tmp_path / "beat.toml").read_bytes()
    assert after.startswith(before)
    assert (b"\r\n" in before) == (b"\r\n[[source]]\r\n" in after)
    assert ["https://b.example/"] == [
        source.url for source in config.load(tmp_path, {}).beat.sources
    ]


REFUSED = {
    "no address": Source(url="ftp://b.example/"),
    "two lines": Source(url="https://b.example/", name="a\nb"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_source_that_could_not_be_read_back_is_not_written(room: Path, case: str) -> None:
    with pytest.raises(ConfigError):
        add(room, REFUSED[case])

    assert BEAT == (room / "beat.toml").read_text()


def test_a_beat_with_inline_sources_is_left_alone(tmp_path: Path) -> None:
    text = 'source = [{ url = "https://a.example/" }]\n[site]\ntitle = "T"\n'
    (tmp_path / "beat.toml").write_text(text)

    with pytest.raises(ConfigError) as caught:
        add(tmp_path, Source(url="https://b.example/"))

    assert "[[source]]" in caught.value.hint
    assert text == (tmp_path / "beat.toml").read_text()


CONFIG_YML = """\
title: 'Say "Power" Every Day'
url: https://pages.example/
baseurl: "/power"
webUrl: https://power.example/daily/
locale: en_GB
topic: Power
defaults: &defaults
  layout: post
more:
  <<: *defaults
"""


def test_an_adopted_site_keeps_its_own_rules_and_addresses(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text(CONFIG_YML)

    text = config.compose_adoption(tmp_path)

    (tmp_path / "beat.toml").write_text(text)
    settings = config.load(tmp_path, {})
    assert ('Say "Power" Every Day', "https://power.example/daily", "en-GB", "Power") == (
        settings.beat.title,
        settings.beat.url,
        settings.beat.locale,
        settings.beat.topic,
    )
    assert "https://pages.example/power" == settings.publish.api_url == settings.beat.api_url
    assert Scoring(profile="everyday", off_beat="keep") == settings.beat.scoring


def test_a_site_that_says_nothing_but_its_title_can_be_adopted(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("title: T\n")

    tables = tomllib.loads(config.compose_adoption(tmp_path))

    assert {"title": "T", "timezone": "America/Los_Angeles"} == tables["site"]
    assert {"api_v1": True} == tables["publish"]


NOT_ADOPTABLE = {
    "no _config.yml": (None, "the folder has no _config.yml"),
    "no title": ("url: https://x.example\n", "_config.yml: title: this field is missing"),
    "an address that is none": ("title: T\nwebUrl: 'nowhere'\n", "_config.yml: webUrl: expected"),
    "invalid YAML": ("title: T: U\n", "_config.yml: line 1, column 9"),
}


@pytest.mark.parametrize("case", NOT_ADOPTABLE)
def test_what_cannot_be_adopted_is_said(tmp_path: Path, case: str) -> None:
    text, what = NOT_ADOPTABLE[case]
    if text is not None:
        (tmp_path / "_config.yml").write_text(text)

    with pytest.raises(ConfigError) as caught:
        config.compose_adoption(tmp_path)

    assert str(caught.value).startswith(what)


@needs_shared
def test_the_reference_site_is_adopted_with_all_it_knows(tmp_path: Path) -> None:
    wanted = ("/_config.yml", "/_data/", "/assets/")
    with tarfile.open(SHARED / "reference" / "powerapps-site.tar.gz") as archive:
        members = [
            member for member in archive if any(name in f"/{member.name}" for name in wanted)
        ]
        archive.extractall(tmp_path, members=members, filter="data")
    root = next(tmp_path.rglob("_config.yml")).parent

    (root / "beat.toml").write_text(config.compose_adoption(root))

    beat = config.load(root, {}).beat
    assert (7, 70, 87) == (len(beat.topics), len(beat.organizations), len(beat.logos))
    assert "Power Apps" == beat.topics[0].name == beat.topic


def test_the_reference_page_is_the_one_the_table_makes() -> None:
    assert config.reference_page() == PAGE.read_text(), "run: ./run.sh docs"


def test_every_option_says_what_it_is_for() -> None:
    for section in (*config.SECTIONS, *config.BLOCKS):
        for name, option in section.options.items():
            assert option.about.endswith("."), f"{section.name}.{name}"
            assert option.required or _accepts_its_default(option.kind.read, option.default)


def _accepts_its_default(read: object, default: object) -> bool:
    """Decide whether a default could stand in the file; "" and None stand for what is not given."""
    assert callable(read)
    given = list(default) if isinstance(default, tuple) else default
    return given in ("", None) or bool(read(given) == default)


def test_what_no_file_says_is_the_default_of_its_field(tmp_path: Path) -> None:
    (tmp_path / "beat.toml").write_text('[site]\ntitle = "T"\n')

    settings = config.load(tmp_path, {})

    assert Beat(title="T") == settings.beat
    for section in config.SECTIONS:
        held: object = attrgetter(section.path)(settings)
        for name, option in section.options.items():
            assert option.required or option.default == getattr(held, name), section.name


def test_every_value_of_a_beat_has_an_origin_and_every_origin_a_value(room: Path) -> None:
    add(room, Source(url="https://b.example/", listing=RULE))
    with (room / "beat.toml").open("a") as file:
        file.write('[[host]]\nname = "a.example"\n')

    settings = config.load(room, {})

    assert sorted(settings.origins) == sorted(path for path, _, _ in config.rows(settings))
    assert len(settings.origins) == len(list(settings.origins))


NO_ORIGIN = ("nothing", "source[0].nothing", "source[9].url", "source[x].url", "hosts[0].name")


@pytest.mark.parametrize("path", NO_ORIGIN)
def test_a_path_that_is_none_has_no_origin(room: Path, path: str) -> None:
    assert path not in config.load(room, {}).origins


def test_loading_asks_the_given_environment_only(
    room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPYDESK_CONTACT", "mailto:wrong@b.example")

    assert "" == config.load(room, {}).fetch.contact
    assert "mailto:wrong@b.example" == config.load(room, os.environ).fetch.contact
