"""The desk's page of settings: what beat.toml says, changed by an owner, line by line."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from world.command import copydesk
from world.desk import desk_newsroom, stories
from world.newsroom import run_git
from world.served_desk import Answer, Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom

pytestmark = pytest.mark.slow

SETTINGS = "/desk/settings/"
MORE = """\
[scoring]   # how
publish_at = 60   # for now

[[letter]]
id = "daily"   # at seven
days = ["friday", "monday"]

[mail]
postal_address = "Quay 1 <Gull>"
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = tmp_path_factory.mktemp("settings") / "beat"
    desk_newsroom(root, stories(2), more=MORE)
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return served.owner()


@pytest.fixture(autouse=True)
def as_it_was(served: ServedNewsroom) -> Iterator[None]:
    head, path = run_git(served.root, "rev-parse", "HEAD").strip(), served.root / "beat.toml"
    before = path.read_text("utf-8")
    yield
    if path.is_symlink():
        path.unlink()
    path.write_text(before, "utf-8")
    path.chmod(0o644)
    run_git(served.root, "reset", "-q", "--hard", head)


def beat(served: ServedNewsroom) -> str:
    return (served.root / "beat.toml").read_text("utf-8")


def form_of(body: str) -> dict[str, str]:
    """Return what the form would send unchanged; ticked boxes only where it has one."""
    part = body[body.index('action="/desk/settings/"') :]
    form = {}
    for tag in re.findall(r"<input [^>]*>", part):
        (name,) = re.findall(r' name="([^"]*)"', tag)
        if 'type="checkbox"' not in tag or " checked" in tag:
            form[name] = html.unescape(re.findall(r' value="([^"]*)"', tag)[0])
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', part):
        form[name] = re.findall(r'value="(\w+)" selected', options)[0]
    return {name: value for name, value in form.items() if "days" not in name}


def save(anna: Browser, **changes: str) -> Answer:
    form = form_of(anna.get(SETTINGS).body)
    return anna.post(SETTINGS, {**form, **changes})


def test_the_page_shows_the_file_and_its_defaults(anna: Browser) -> None:
    body = anna.get(SETTINGS).body
    form = form_of(body)

    assert ("Tidewatch", "60", "24") == (
        form["site.title"],
        form["scoring.publish_at"],
        form["front.half_life_hours"],
    )
    assert form["mail.postal_address"] == "Quay 1 <Gull>"
    assert "<code>scoring.publish_at</code> · Default: 70</span>" in body
    assert "<code>front.half_life_hours</code> · Default: 24 · not set in the file" in body
    assert 'name="letter[0].days" value="friday" checked' in body
    assert 'href="/desk/settings/" aria-current="page"' in body
    assert "style=" not in body


def test_only_the_lines_of_the_changed_settings_change_in_one_commit(
    served: ServedNewsroom, anna: Browser
) -> None:
    before = beat(served)

    answer = save(
        anna,
        **{
            "site.title": ' The "Tide" <watch> ',
            "scoring.publish_at": "55",
            "letter[0].at": "06:30",
            "publish.languages": "yes",
            "review.mode": "hold",
        },
    )

    assert answer.status == 303
    wanted = (
        before.replace('title = "Tidewatch"', 'title = "The \\"Tide\\" <watch>"')
        .replace("publish_at = 60", "publish_at = 55")
        .replace('"monday"]\n', '"monday"]\nat = "06:30"\n')
        + '\n[publish]\nlanguages = true\n\n[review]\nmode = "hold"\n'
    )
    assert wanted == beat(served)
    message = run_git(served.root, "log", "-1", "--format=%B")
    assert message.startswith("settings: 5 changed\n\n* site.title = ")
    assert message.rstrip().endswith("by Anna")
    shown = anna.get(answer.headers["location"]).body
    for words in (
        "being rebuilt",
        "until they are rescored",
        "the next issue",
        "Calculate the quality of saved stories again",
    ):
        assert words in shown
    assert "not committed" not in shown


def test_the_commit_is_taken_back_like_other_settings(
    served: ServedNewsroom, anna: Browser
) -> None:
    before = beat(served)
    save(anna, **{"front.half_life_hours": "12.5"})
    commit = run_git(served.root, "rev-parse", "HEAD").strip()

    assert "front.half_life_hours = 12.5" in anna.get("/desk/today/").body
    assert anna.post("/desk/settings/undo", {"commit": commit}).status == 303
    assert before == beat(served)


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("site.locale", "en us!", "expected a language tag"),
        ("site.accent", "#ffd500", "the nearest colour with enough contrast: #"),
        ("site.logo", "nothing.svg", "the logo nothing.svg cannot be read"),
        ("site.logo", "../key.png", "expected the path of an SVG, PNG or WebP file"),
        ("site.contact", "nobody", "expected a mailto: address or a web address"),
        ("scoring.publish_at", "many", "expected a whole number"),
        ("front.half_life_hours", "0", "expected a number"),
        ("letter[0].at", "25:00", "expected a time of day"),
        ("letter[0].days", "someday", "expected a list"),
    ],
)
def test_what_beat_toml_refuses_is_not_written_and_stays_in_the_form(
    served: ServedNewsroom, anna: Browser, path: str, value: str, problem: str
) -> None:
    before = beat(served)

    answer = save(anna, **{path: value, "site.description": "Of tides"})

    assert answer.status == 409
    assert problem in answer.body
    assert 'value="Of tides"' in answer.body
    assert before == beat(served)


def test_colour_and_logo_are_set_and_the_colour_is_shown_on_both_grounds(
    served: ServedNewsroom, anna: Browser
) -> None:
    (served.root / "mark.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')

    answer = save(anna, **{"site.accent": "#17603C", "site.logo": "mark.svg"})

    assert 303 == answer.status
    assert 'accent = "#17603C"\nlogo = "mark.svg"\n' in beat(served)
    body = anna.get(answer.headers["location"]).body
    assert 'fill="#17603c"' in body
    assert 'fill="#171614"' in body
    assert "style=" not in body


def test_nothing_changed_is_said(served: ServedNewsroom, anna: Browser) -> None:
    answer = save(anna)
    assert (answer.status, "nothing would change" in answer.body) == (409, True)


def test_settings_that_have_no_field_are_not_written(served: ServedNewsroom, anna: Browser) -> None:
    forged = {
        "desk.user_header": "X-Me",
        "letter[7].at": "06:00",
        "source[0].url": "https://x.example/",
    }
    answer = save(anna, **forged)
    assert (answer.status, "nothing would change" in answer.body) == (409, True)


def test_over_somebody_elses_change_only_the_own_fields_are_kept_in_the_form(
    served: ServedNewsroom, anna: Browser
) -> None:
    form = form_of(anna.get(SETTINGS).body)
    theirs = beat(served).replace('title = "Tidewatch"', 'title = "Ebb"').replace("60", "61")
    (served.root / "beat.toml").write_text(theirs)
    run_git(served.root, "commit", "-qam", "theirs")

    refused = anna.post(SETTINGS, {**form, "scoring.publish_at": "55"})

    assert (refused.status, theirs) == (409, beat(served))
    assert "somebody has changed the file in the meantime" in refused.body
    again = form_of(refused.body)
    assert ("Ebb", "55", "61") == (
        again["site.title"],
        again["scoring.publish_at"],
        again["was:scoring.publish_at"],
    )
    assert "Current value in beat.toml: <b>61</b>" in refused.body
    assert anna.post(SETTINGS, again).status == 303
    assert theirs.replace("publish_at = 61", "publish_at = 55") == beat(served)


def test_beside_uncommitted_edits_it_is_written_and_left_so(
    served: ServedNewsroom, anna: Browser
) -> None:
    head = run_git(served.root, "rev-parse", "HEAD")
    mine = f"# mine\n{beat(served)}"
    (served.root / "beat.toml").write_text(mine)

    answer = save(anna, **{"scoring.publish_at": "55"})

    assert mine.replace("publish_at = 60", "publish_at = 55") == beat(served)
    assert head == run_git(served.root, "rev-parse", "HEAD")
    assert "The change is not committed to git" in anna.get(answer.headers["location"]).body


def test_a_file_that_is_no_toml_is_shown_with_its_line_and_nothing_is_written(
    served: ServedNewsroom, anna: Browser
) -> None:
    form = form_of(anna.get(SETTINGS).body)
    broken = beat(served).replace("title =", "title", 1)
    (served.root / "beat.toml").write_text(broken)

    shown = anna.get(SETTINGS).body
    refused = anna.post(SETTINGS, {**form, "site.description": "Of <tides>"})

    assert "beat.toml: line 2, column 7" in shown
    assert 'action="/desk/settings/"' not in shown
    assert (refused.status, "Of &lt;tides&gt;" in refused.body) == (409, True)
    assert broken == beat(served)


def test_a_read_only_file_is_left_alone(served: ServedNewsroom, anna: Browser) -> None:
    before = beat(served)
    (served.root / "beat.toml").chmod(0o444)

    refused = save(anna, **{"scoring.publish_at": "55"})

    assert (refused.status, "the file is read-only" in refused.body) == (409, True)
    assert before == beat(served)


def test_a_link_is_written_through_and_not_committed(
    served: ServedNewsroom, anna: Browser, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "beat.toml"
    elsewhere.write_text(beat(served))
    (served.root / "beat.toml").unlink()
    (served.root / "beat.toml").symlink_to(elsewhere)

    answer = save(anna, **{"scoring.publish_at": "55"})

    assert (answer.status, "changed=&" in answer.headers["location"]) == (303, True)
    assert "publish_at = 55" in elsewhere.read_text()
    assert (served.root / "beat.toml").is_symlink()


def test_owners_alone_see_and_change_settings(served: ServedNewsroom, anna: Browser) -> None:
    before = beat(served)
    made = copydesk("-C", served.root, "desk", "user", "add", "Ben", "--role", "editor")
    (link,) = re.findall(r"(/desk/enter/\S+)", made.out + made.err)
    ben = served.browser()
    ben.post(link)
    form = form_of(anna.get(SETTINGS).body)

    assert (ben.get("/desk/").status, "/desk/settings/" in ben.get("/desk/").body) == (200, False)
    assert 403 == ben.get(SETTINGS).status
    assert 403 == ben.post(SETTINGS, {**form, "site.title": "Ben"}).status
    outside = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert 403 == anna.post(SETTINGS, {**form, "site.title": "Eve"}, outside).status
    assert before == beat(served)
