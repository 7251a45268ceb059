"""Values changed in a beat.toml: comments, order and line ends stay, and nothing else changes."""

from __future__ import annotations

import pytest

from copydesk import config
from copydesk.errors import ConfigError
from copydesk.kit.options import SettingValue

BEAT = b"""\
# my beat
[site]
title = "T"   # its title

[scoring]   # how
publish_at = 70        # stories of this quality
off_beat = "drop"      # "keep"

[review]
mode = "gate"

[[source]]
url = "https://a.example/f"   # the first
# named so
name = "A"

[[source]]
url = "https://b.example/f"
trust = "hold"  # for a while
# the end
"""


def test_only_the_line_of_a_value_changes() -> None:
    after = config.change_values(BEAT, {"scoring.publish_at": 80, "source[1].trust": "gate"})
    wanted = BEAT.replace(b"publish_at = 70 ", b"publish_at = 80 ")
    assert wanted.replace(b'trust = "hold"', b'trust = "gate"') == after


def test_what_did_not_stand_there_is_added_where_it_belongs() -> None:
    values: dict[str, int | float | str] = {
        "scoring.points.tease": -3,
        "front.half_life_hours": 12.5,
        "source[0].trust": "hold",
    }
    after = config.change_values(BEAT, values).decode()
    assert 'off_beat = "drop"      # "keep"\n\n[scoring.points]\ntease = -3\n\n[review]' in after
    assert 'name = "A"\ntrust = "hold"\n' in after
    assert after.endswith("# the end\n\n[front]\nhalf_life_hours = 12.5\n")
    added = (
        "[scoring.points]",
        "tease = -3",
        'trust = "hold"',
        "[front]",
        "half_life_hours = 12.5",
    )
    lines = after.replace('name = "A"\ntrust = "hold"', 'name = "A"').splitlines()
    left = [line for line in lines if line and line not in added]
    assert left == [line for line in BEAT.decode().splitlines() if line]


@pytest.mark.parametrize(
    ("beat", "after"),
    [
        (
            b'site.title = "T"\nscoring.publish_at = 3 # x\n',
            b'site.title = "T"\nscoring.publish_at = 4 # x\n',
        ),
        (
            b'[site]\r\ntitle = "T"\r\n[scoring]\r\npublish_at = 3\r\n',
            b'[site]\r\ntitle = "T"\r\n[scoring]\r\npublish_at = 4\r\n',
        ),
        (
            b'\xef\xbb\xbf[site]\ntitle = "T"\n[scoring]\npublish_at = 3\n',
            b'\xef\xbb\xbf[site]\ntitle = "T"\n[scoring]\npublish_at = 4\n',
        ),
        (
            b'[scoring]\npublish_at = 3\n[site]\ntitle = "T"\n',
            b'[scoring]\npublish_at = 4\n[site]\ntitle = "T"\n',
        ),
    ],
    ids=["dotted", "crlf", "bom", "order"],
)
def test_a_file_keeps_how_it_is_written(beat: bytes, after: bytes) -> None:
    assert after == config.change_values(beat, {"scoring.publish_at": 4})


APART = b"""\
[site]
title = "T"

[[source]]
url = "https://a.example/f"

[mail]
from_name = "T"   # ours

[[source]]
url = "https://b.example/f"

[fetch]
delay_seconds = 2.0

[[letter]]
id = "daily"
[[letter.part]]
kind = "lead"
"""


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        ("source[0].trust", "hold", 'a.example/f"\n', 'a.example/f"\ntrust = "hold"\n'),
        ("source[1].trust", "hold", 'b.example/f"\n', 'b.example/f"\ntrust = "hold"\n'),
        ("mail.from_name", "The Gull", '"T"   # ours', '"The Gull"   # ours'),
        ("fetch.delay_seconds", 3, "= 2.0", "= 3"),
        ("letter[0].days", ["monday"], '"daily"\n', '"daily"\ndays = ["monday"]\n'),
        ("publish.languages", True, '"lead"\n', '"lead"\n\n[publish]\nlanguages = true\n'),
    ],
)
def test_blocks_with_other_tables_between_them_stay_where_they_are(
    path: str, value: SettingValue, before: str, after: str
) -> None:
    changed = config.change_values(APART, {path: value})
    assert APART.decode().replace(before, after) == changed.decode()


@pytest.mark.parametrize(
    ("beat", "value", "what"),
    [
        (b'site = {title = "T"}\nscoring = { publish_at = 3 }\n', 4, "cannot be changed"),
        (b'[site]\ntitle = "T"\n' + b"#" * 2_000_000, 4, "too big"),
        (b'[site]\ntitle = "T"\n', 201, "-200 to 200"),
        (b'[site\ntitle = "T"\n', 4, "beat.toml"),
    ],
    ids=["inline", "big", "out of bounds", "broken"],
)
def test_what_cannot_be_kept_or_read_again_is_refused(beat: bytes, value: int, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.change_values(beat, {"scoring.points.tease": value})
    assert what in str(caught.value)


def test_values_are_read_from_the_file_alone_with_defaults_where_it_is_silent() -> None:
    letters = b'[[letter]]\nid = "a"\nat = "06:30"\n[[letter]]\nid = "b"\n'

    found = config.read_values(BEAT + letters, ["scoring.publish_at", "letter.at", "mail.reply_to"])

    assert [(one.path, one.value, one.is_set) for one in found] == [
        ("scoring.publish_at", 70, True),
        ("letter[0].at", "06:30", True),
        ("letter[1].at", "07:00", False),
        ("mail.reply_to", "", False),
    ]


MADE = b"""\
# my beat
[site]
title = "T"

# the first
[[source]]
url = "https://a.example/f"
# named so
include = [
  "tide",
  # and not
]
[source.listing]
item = "li"
written = 2026-01-01

# the second
[[source]]   # ours
url = "https://b.example/f"
# the end of it

[scoring]
publish_at = 70

[[source]]
url = "https://c.example/f"
"""


def test_a_source_goes_with_its_values_and_no_comment_around_it() -> None:
    first = MADE[MADE.index(b"[[source]]") : MADE.index(b"# the second")]
    second = MADE[MADE.index(b"[[source]]   #") : MADE.index(b"# the end of it")]
    third = b'\n[[source]]\nurl = "https://c.example/f"\n'

    assert MADE.replace(first, b"") == config.drop_source(MADE, 0)
    assert MADE.replace(second, b"") == config.drop_source(MADE, 1)
    assert MADE.removesuffix(third) == config.drop_source(MADE, 2)
    windows = MADE.replace(b"\n", b"\r\n")
    assert windows.removesuffix(third.replace(b"\n", b"\r\n")) == config.drop_source(windows, 2)
    alone = b'[site]\ntitle = "T"\n\n[[source]]\nurl = "https://a.example/f"'
    assert config.drop_source(alone, 0) == b'[site]\ntitle = "T"\n'


@pytest.mark.parametrize(
    "text", [b'description = """\\\n[[source]]\\\n"""\n', b'description = "[[source]]"\n']
)
def test_what_only_looks_like_the_head_of_a_source_is_none(text: bytes) -> None:
    site, block = b'[site]\ntitle = "T"\n' + text, b'[["source"]]\nurl = "https://a.example/f"\n'
    assert site == config.drop_source(site + b"\n" + block, 0)


def test_a_source_in_a_list_on_one_line_is_left_to_a_person() -> None:
    beat = b'source = [{ url = "https://a.example/f" }]\n[site]\ntitle = "T"\n'
    with pytest.raises(ConfigError, match="without changing the layout"):
        config.drop_source(beat, 0)


@pytest.mark.parametrize("place", [0, 2, 3, 7])
def test_a_source_that_another_has_taken_the_place_of_is_not_dropped(place: int) -> None:
    with pytest.raises(ConfigError, match="another source"):
        config.drop_source(MADE, place, "https://b.example/f")

    assert b"b.example" not in config.drop_source(MADE, 1, "https://b.example/f")
