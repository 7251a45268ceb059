"""Where a filed story stands can be asked, in both profiles, of records as rounds file them."""

from __future__ import annotations

import shutil
import tarfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk import archive
from copydesk.editing.stories import StoryQuestion, list_stories
from copydesk.news import Standing
from copydesk.newsroom import Troubles, open_newsroom
from copydesk.newsroom.standings import read_rules, standing_of
from copydesk.newsroom.starts import adopt
from world.command import copydesk
from world.newsroom import NOW, WALL, feed, newsroom, page, record_web, run_git, small_web
from world.shared import SHARED, needs_shared

pytestmark = pytest.mark.slow

SEA_WALL = "2026-11-19-sea-wall-to-rise-by-two-metres"
SEALS = "2026-11-19-grey-seals-are-back-on-the-coast"
BAKERY = "2026-11-19-bakery-wins-prize"
COPY = "2026-11-19-port-sable-has-voted-for-its-sea-wall"
TERN = '\n[[source]]\nurl = "https://tern.example/feed.xml"\nname = "The Tern"\n'
EVERYDAY = 'profile = "everyday"\npublish_at = 10\n{more}[scoring.everyday]\ngrouping = true\n'
BEATS = {
    "copydesk": "[scoring]\n{more}",
    "everyday": "[scoring]\n" + EVERYDAY,
    "copydesk, all held": '[review]\nmode = "hold"\n[scoring]\n{more}',
    "everyday, all held": '[review]\nmode = "hold"\n[scoring]\n' + EVERYDAY,
    "copydesk, high": "[scoring]\npublish_at = 185\n{more}",
    "everyday, high": "[scoring]\n" + EVERYDAY.replace("10", "60"),
}


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give newsrooms that took in four stories, one a copy and one off the beat, kept."""
    folder, roots = tmp_path_factory.mktemp("filed"), {}
    pages = small_web()
    wall, when = "https://tern.example/wall", "Thu, 19 Nov 2026 12:00:00 GMT"
    title = "Port Sable has voted for its sea wall"
    pages["https://tern.example/feed.xml"] = feed((title, wall, when))
    pages[wall] = page(title, WALL, date="2026-11-19T12:00:00Z")
    web = record_web(folder / "web.warc.gz", pages)
    for name, beat in BEATS.items():
        more = beat.format(more='off_beat = "keep"\n')
        root = roots[name] = newsroom(folder / name.replace(", ", "-"), more=more + TERN)
        said = copydesk("-C", root, "--now", NOW.isoformat(), "run", "--web", web)
        assert said.code == 0, said.err
        assert len(list((root / "_news").iterdir())) == 4
    return roots


def explained(root: Path, name: str) -> dict[str, Any]:
    now = (NOW + timedelta(hours=1)).isoformat()
    said = copydesk("-C", root, "--now", now, "explain", "--json", name)
    assert said.code == 0, said.err
    return dict(said.json())


WORDS = ("--why", "so", "--as", "Ed")
VERDICTS = [
    ("hold", SEA_WALL, "held"),
    ("reject", SEA_WALL, "rejected"),
    ("remove", SEA_WALL, "removed"),
    ("publish", BAKERY, "published"),
    ("hold", BAKERY, "held"),
]


@pytest.mark.parametrize(
    ("beat", "name", "standing", "state"),
    [
        ("copydesk", SEA_WALL, "published", "published"),
        ("everyday", SEA_WALL, "published", "published"),
        ("copydesk", COPY, "copy", "copy"),
        ("everyday", COPY, "behind-leader", "unpublished"),
        ("copydesk", BAKERY, "off-beat", "unpublished"),
        ("everyday", BAKERY, "off-beat", "unpublished"),
        ("copydesk, all held", SEALS, "held", "unpublished"),
        ("everyday, all held", SEALS, "held", "unpublished"),
        ("copydesk, high", SEALS, "below-gate", "unpublished"),
        ("everyday, high", SEALS, "below-gate", "unpublished"),
    ],
)
def test_a_story_stands_where_it_was_filed(
    filed: dict[str, Path], beat: str, name: str, standing: str, state: str
) -> None:
    told = explained(filed[beat], name)

    assert (standing, state) == (told["standing"], told["state"])
    assert told["gone"] is False


@pytest.mark.parametrize("beat", ["copydesk", "everyday"])
@pytest.mark.parametrize(("word", "name", "standing"), VERDICTS)
def test_an_editors_word_decides_it(
    filed: dict[str, Path], tmp_path: Path, beat: str, word: str, name: str, standing: str
) -> None:
    root = Path(shutil.copytree(filed[beat], tmp_path / "beat"))

    assert copydesk("-C", root, "verdict", name, word, *WORDS).code == 0

    assert standing == explained(root, name)["standing"]


@pytest.mark.parametrize("beat", ["copydesk", "everyday"])
def test_a_block_rules_out_what_is_judged_by_it(
    filed: dict[str, Path], tmp_path: Path, beat: str
) -> None:
    root = Path(shutil.copytree(filed[beat], tmp_path / "beat"))
    now = (NOW + timedelta(hours=2)).isoformat()
    assert copydesk("-C", root, "rule", "block", "gull.example", *WORDS).code == 0

    assert "published" == explained(root, SEA_WALL)["standing"]  # nothing has moved yet
    assert copydesk("-C", root, "--now", now, "rejudge", "--apply").code == 0

    assert "ruled-out" == explained(root, SEA_WALL)["standing"]


@pytest.mark.parametrize("beat", ["copydesk", "everyday"])
def test_a_story_that_todays_topics_leave_out_is_off_the_beat(
    filed: dict[str, Path], tmp_path: Path, beat: str
) -> None:
    root = Path(shutil.copytree(filed[beat], tmp_path / "beat"))
    settings, topic = root / "beat.toml", root / "_data/topics/00-coast.yaml"
    settings.write_text(settings.read_text("utf-8").replace('off_beat = "keep"\n', ""), "utf-8")
    topic.write_text(topic.read_text("utf-8").replace("  - coast\n", "  - lighthouse\n"), "utf-8")
    run_git(root, "commit", "-qam", "other topics")
    now = (NOW + timedelta(hours=2)).isoformat()
    assert copydesk("-C", root, "--now", now, "rejudge", "--apply").code == 0

    assert "off-beat" == explained(root, SEALS)["standing"]

    assert copydesk("-C", root, "rule", "retopic", SEALS, "Coast", *WORDS).code == 0
    assert copydesk("-C", root, "--now", now, "rejudge", "--apply").code == 0
    assert "off-beat" != explained(root, SEALS)["standing"]


def test_a_merged_story_stands_behind_its_leader(filed: dict[str, Path], tmp_path: Path) -> None:
    root = Path(shutil.copytree(filed["copydesk"], tmp_path / "beat"))
    web = record_web(tmp_path / "web.warc.gz", small_web())
    assert copydesk("-C", root, "rule", "merge", SEA_WALL, SEALS, *WORDS).code == 0
    now = (NOW + timedelta(minutes=30)).isoformat()
    assert copydesk("-C", root, "--now", now, "run", "--web", web).code == 0

    stands = Counter(explained(root, name)["standing"] for name in (SEA_WALL, SEALS))

    assert {"published": 1, "behind-leader": 1} == stands


@pytest.mark.parametrize("beat", ["copydesk", "everyday"])
def test_a_lead_may_be_dropped(tmp_path: Path, beat: str) -> None:
    root = newsroom(tmp_path / "beat", more=BEATS[beat].format(more=""))
    web = record_web(tmp_path / "web.warc.gz", small_web())
    assert copydesk("-C", root, "--now", NOW.isoformat(), "run", "--web", web).code == 0

    told = explained(root, "https://gull.example/bakery")

    assert ("dropped", "dropped") == (told["standing"], told["state"])


@needs_shared
def test_each_story_of_an_adopted_site_stands_somewhere(tmp_path: Path) -> None:
    with tarfile.open(SHARED / "reference" / "powerapps-site.tar.gz") as packed:
        for member in packed:
            name = member.name.partition("/")[2] or member.name
            if name.startswith(("_news", "_data", "_config.yml")):
                packed.extract(member, tmp_path, filter="data")
    root = next(tmp_path.rglob("_news")).parent
    adopt(root, NOW)

    with open_newsroom(root, NOW, {}) as opened:
        stories = list(archive.Archive(root).stories(Troubles()))
        rules = read_rules(root, opened.beat, NOW)
        stands = {story.path: standing_of(rules, story, lambda _: None) for story in stories}

        listed = list_stories(opened, StoryQuestion(limit=-1)).stories

    assert stands == {one.path: Standing(one.standing) for one in listed}
    is_shown = {story.path for story in stories if story.published}
    assert is_shown == {path for path, one in stands.items() if one is Standing.PUBLISHED}
    behind = {story.path for story in stories if story.heat == -1 and not story.published}
    assert behind == {path for path, one in stands.items() if one is Standing.BEHIND_LEADER}
    assert set(stands.values()) <= {
        *(Standing.PUBLISHED, Standing.BEHIND_LEADER, Standing.BELOW_GATE, Standing.HELD)
    }
