"""The picture that a filed story gets: the best that can be had, and within its owners' rights."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from copydesk import building, editing, illustrate
from copydesk.news import Image, Verdict
from copydesk.newsroom import Silence, open_newsroom
from illustrate.draw import drawn, encoded, fetched
from world.later import WALL_PAGE, WALL_RECORD, forget_memory, run, story
from world.newsroom import KEY, NOW, WALL, Answer, newsroom, page, record_web, run_git, small_web

pytestmark = pytest.mark.slow

ENVIRON = {"COPYDESK_KEY": KEY}
TITLE = "Sea wall to rise by two metres"
LEAD = "https://gull.example/img/sea-wall.jpg"
SECOND = "https://gull.example/img/school.jpg"
HEAD = (
    f'<meta property="og:image" content="{LEAD}">'
    '<meta property="og:image:alt" content="The sea wall at low tide">'
)
FIGURE = (
    f'<figure><img src="{SECOND}" width="900" height="600" alt="The school behind the wall">'
    "<figcaption>The school on Lower Street. Photo: Ada Holm</figcaption></figure>"
)


def photo(width: int, height: int) -> Answer:
    return Answer(body=encoded(drawn(width, height)), kind="image/jpeg")


def web(
    tmp_path: Path,
    pictures: Mapping[str, Answer],
    *,
    head: str = HEAD,
    answers: Mapping[str, Answer] | None = None,
) -> Path:
    """Record the small web with a wall story that has two pictures; an absent one is a 404."""
    wall = page(TITLE, WALL, head=head)
    wall = Answer(body=wall.body.replace(b"<p>Engineers", FIGURE.encode() + b"<p>Engineers"))
    return record_web(
        tmp_path / "web.warc.gz", {**small_web(), WALL_PAGE: wall, **pictures, **(answers or {})}
    )


def images(root: Path) -> tuple[Image, ...]:
    return story(root, WALL_RECORD).images


def cached(root: Path) -> list[str]:
    return [path.name for path in (root / ".copydesk" / "pictures").glob("*.webp")]


def built(root: Path, environ: Mapping[str, str] = ENVIRON) -> str:
    """Build the site; give the page of the wall story."""
    with open_newsroom(root, NOW, environ) as opened:
        building.build(opened, Silence())
        return (opened.site / "news" / Path(WALL_RECORD).stem / "index.html").read_text("utf-8")


def test_a_picture_comes_with_its_size_and_with_what_it_shows(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}))

    lead = Image(url=LEAD, width=1200, height=800, is_cached=True, title="The sea wall at low tide")
    assert (lead,) == images(root)


def test_a_picture_has_no_forms_until_a_page_shows_it(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more="[scoring]\npublish_at = 190\n")
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}))
    (image,) = images(root)
    assert ((LEAD, True), []) == ((image.url, image.is_cached), cached(root))

    word = Verdict(by="Ed", at=NOW, said="publish", why="so")
    with open_newsroom(root, NOW, ENVIRON) as opened:
        editing.file_verdict(opened, WALL_RECORD, word)

    assert "<img" in built(root)
    assert 2 == len(cached(root))
    assert (image,) == images(root)


def test_what_waits_for_an_editor_has_its_forms(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more='[review]\nmode = "hold"\n')
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}))

    assert 2 == len(cached(root))


def test_a_round_has_the_forms_made_before_it_builds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a mock, since the build would make what the readers have not
    monkeypatch.setattr("copydesk.building._build.make_waiting", lambda *_: None)
    root = newsroom(tmp_path / "beat")

    run(root, web(tmp_path, {LEAD: photo(1200, 800)}))

    assert 2 == len(cached(root))


@pytest.mark.parametrize("full", [False, True])
def test_a_build_makes_the_forms_that_a_killed_round_left(tmp_path: Path, full: bool) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}))
    page, made = built(root), sorted(cached(root))
    shutil.rmtree(root / ".copydesk" / "pictures")
    if not full:  # nothing of the last build is known
        (root / ".copydesk" / "pages.sqlite").unlink()
    with open_newsroom(root, NOW, ENVIRON) as opened:
        opened.album.keep_original(illustrate.measure_picture(LEAD, photo(1200, 800).body))
        building.build(opened, Silence(), building.BuildOptions(full=full))

    assert made == sorted(cached(root))
    assert page == built(root)


def test_a_letter_has_the_pictures_whose_forms_a_killed_round_left(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}))
    shutil.rmtree(root / ".copydesk" / "pictures")
    shutil.rmtree(root / ".copydesk" / "site")
    (root / ".copydesk" / "pages.sqlite").unlink()
    with open_newsroom(root, NOW, ENVIRON) as opened:
        opened.album.keep_original(illustrate.measure_picture(LEAD, photo(1200, 800).body))
    with (root / "beat.toml").open("a") as beat:
        beat.write('\n[[letter]]\nid = "daily"\nat = "08:30"\nzone = "UTC"\n')
    run_git(root, "commit", "-qam", "a letter")

    assert run(root, web(tmp_path, {}), 1).complete

    (issue,) = (root / "_newsletters").glob("*.html")
    (picture,) = sorted(cached(root), key=len)[:1]
    assert picture.removesuffix(".webp") in issue.read_text("utf-8")


def test_where_the_first_cannot_be_had_the_next_stands_in_with_its_credit(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web(tmp_path, {SECOND: photo(900, 600)}))

    (image,) = images(root)
    assert (SECOND, 900) == (image.url, image.width)
    assert "school" in image.title.lower()
    assert "Ada Holm" in image.attribution


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"<html>No leeching!</html>", kind="image/jpeg"),
        Answer(body=encoded(drawn(900, 600))[:2000], kind="image/jpeg"),
        Answer(status="403 Forbidden"),
        Answer(body=encoded(drawn(60, 60)), kind="image/jpeg"),
    ],
    ids=["a page", "cut off", "a guard", "an icon"],
)
def test_what_is_no_picture_is_left_out(tmp_path: Path, answer: Answer) -> None:
    root = newsroom(tmp_path / "beat")
    run(root, web(tmp_path, {LEAD: answer}))

    assert () == images(root)


def test_the_reference_has_no_place_for_words_on_a_picture(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more='[scoring]\nprofile = "everyday"\n')
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}))

    assert (Image(url=LEAD, width=1200, height=800, is_cached=True),) == images(root)


@pytest.mark.parametrize(
    "more",
    ['[pictures]\nshow = "none"\n', '[[source]]\nurl = "https://x.example/f"\n'],
    ids=["the site's rule", "another source's"],
)
def test_a_rule_says_whether_pictures_are_taken(tmp_path: Path, more: str) -> None:
    root = newsroom(tmp_path / "beat", more=more)
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}))

    assert ("none" in more) == (not images(root)) == (not cached(root))


def test_a_sources_own_rule_holds_for_it_alone(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace('"The Gull"', '"The Gull"\npictures = "none"'))
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}))

    assert ((), []) == (images(root), cached(root))


def test_a_picture_that_is_shown_from_its_publisher_is_not_kept(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more='[pictures]\nshow = "hotlink"\n')
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}))

    (image,) = images(root)
    assert (LEAD, 1200, False) == (image.url, image.width, image.is_cached)
    assert [] == cached(root)


@pytest.mark.parametrize(
    "head", ["noimageindex", "max-image-preview:none", "noimageai, noimageindex"]
)
def test_a_publisher_that_refuses_its_pictures_is_obeyed(tmp_path: Path, head: str) -> None:
    root = newsroom(tmp_path / "beat")
    refusal = f'{HEAD}<meta name="robots" content="{head}">'
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}, head=refusal))

    assert ((), []) == (images(root), cached(root))


def test_a_publisher_that_refuses_quotation_gets_a_headline_only(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    refusal = f'{HEAD}<meta name="robots" content="nosnippet">'
    run(root, web(tmp_path, {}, head=refusal))

    assert (TITLE, "", ("ai-input", "snippet")) == (
        story(root).title,
        story(root).excerpt,
        story(root).refuses,
    )


def forget_articles(root: Path) -> None:
    shutil.rmtree(root / ".copydesk" / "articles")


@pytest.mark.parametrize(
    ("lost", "environ"),
    [
        ((), ENVIRON),
        ((forget_memory,), ENVIRON),
        ((forget_memory, forget_articles), ENVIRON),
        ((forget_memory,), {}),
        ((forget_articles,), {}),
    ],
    ids=["nothing", "the memory", "memory and articles", "memory and key", "articles and key"],
)
def test_a_sources_new_rule_holds_for_all_that_it_listed(
    tmp_path: Path, lost: tuple[Callable[[Path], None], ...], environ: Mapping[str, str]
) -> None:
    root = newsroom(tmp_path / "beat")
    beat = root / "beat.toml"
    many = "https://many.example/feed.xml"
    beat.write_text(beat.read_text("utf-8").replace("https://gull.example/feed.xml", many))
    feed = small_web()["https://gull.example/feed.xml"]
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}, answers={many: feed}))
    assert "<img" in built(root)

    beat.write_text(beat.read_text("utf-8").replace('"The Gull"', '"The Gull"\npictures = "none"'))
    for lose in lost:
        lose(root)

    assert "<img" not in built(root, environ)


def test_a_publishers_rule_holds_for_what_others_list(tmp_path: Path) -> None:
    rule = '[[source]]\nurl = "https://feeds.gull.example/x"\npictures = "none"\n'
    root = newsroom(tmp_path / "beat", more=rule)
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}))

    assert ((), []) == (images(root), cached(root))


@pytest.mark.parametrize("show", ["cached", "hotlink"])
def test_a_card_is_known_from_round_to_round(tmp_path: Path, show: str) -> None:
    root = newsroom(tmp_path / "beat", more=f'[pictures]\nshow = "{show}"\n')
    had(root, show, 1, 2, 3)
    run(root, web(tmp_path, {LEAD: photo(1200, 800), SECOND: photo(900, 600)}))

    assert [SECOND] == [image.url for image in images(root)]


@pytest.mark.parametrize("show", ["cached", "hotlink"])
def test_what_turns_out_to_be_a_card_is_shown_no_longer(tmp_path: Path, show: str) -> None:
    root = newsroom(tmp_path / "beat", more=f'[pictures]\nshow = "{show}"\n')
    run(root, web(tmp_path, {LEAD: photo(1200, 800)}))
    assert "<img" in built(root)

    had(root, show, 1, 2, 3)

    assert "<img" not in built(root)
    assert [LEAD] == [image.url for image in images(root)]


def had(root: Path, show: str, *numbers: int) -> None:
    """Have had the lead picture's bytes for other articles of its site, under other addresses."""
    with open_newsroom(root, NOW, ENVIRON) as opened:
        add = opened.album.add if show == "cached" else opened.album.measure_only
        for number in numbers:
            url = f"https://cdn.example/{number}.jpg"
            add(url, fetched(photo(1200, 800).body, url))
            opened.album.note(url, f"https://www.gull.example/news/{number}")
