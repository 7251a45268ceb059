"""What programs find at the site's root, and in the head of its pages."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from copydesk.news import Beat, Image, Story, Topic
from copydesk.news.article import Author
from copydesk.news.beat import OutputOptions
from copydesk.news.edition import PictureFile, Poster
from copydesk.publish import Look, PublishOptions, publish
from world import editions
from world.manifests import MemoryManifest

OPEN_SEARCH = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
PAGE = "news/2026-11-24-robots-may-vote/index.html"
PICTURE = "https://herald.example/robot.jpg"


class Drawn:
    """A draughtsman that sets what has letters, and notes what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: dict[str, bool] = {}

    def __call__(self, poster: Poster, *, anew: bool) -> PictureFile | None:
        said = poster.headline or poster.site
        self.asked[said] = anew
        if not said.isascii():
            return None
        name = f"{re.sub(r'[^A-Za-z0-9]+', '-', said)}.png"
        if not anew and not (self.folder / name).is_file():
            return None
        (self.folder / name).write_text(str(poster))
        return PictureFile(name=name, width=1200, height=630, type="image/png")


def built(out: Path, *stories: Story, on: Beat | None = None, **options: Any) -> dict[str, str]:
    cards = out / "cards"
    cards.mkdir(exist_ok=True)
    icons = {}
    for name in ("favicon.ico", "apple-touch-icon.png", "icon-192.png", "icon-maskable.png"):
        icons[name] = cards / name
        icons[name].write_text(name)
    options = {"draw": Drawn(cards), "cards_folder": cards, "icons": icons, **options}
    pictures = {PICTURE: editions.thumbnail("robot", ("webp", "jpg"))}
    for form in pictures[PICTURE].forms:
        (cards / form.name).write_text("a picture")
    edition = editions.edition(stories, on=on, pictures=pictures)
    chosen = PublishOptions(pictures_folder=cards, **options)
    publish(edition, out / "site", MemoryManifest(), chosen)
    found = (path for path in (out / "site").rglob("*") if path.is_file())
    return {path.relative_to(out / "site").as_posix(): path.read_text("utf-8") for path in found}


def head(page: str, name: str) -> list[str]:
    tree = html.document_fromstring(page)
    return [str(found) for found in tree.xpath(f"//meta[@property='{name}']/@content")]


def structured(page: str) -> Any:
    (block,) = html.document_fromstring(page).cssselect("script[type='application/ld+json']")
    return json.loads(block.text or "")


def test_a_story_without_a_picture_has_one_drawn_of_its_words(tmp_path: Path) -> None:
    made = built(tmp_path, editions.story(topics=("Robots", "Law")))

    (address,) = head(made[PAGE], "og:image")
    assert address == f"{editions.SITE}/cards/Robots-may-vote.png"
    assert head(made[PAGE], "og:image:width") == ["1200"]
    assert "topic='Law', source='The Herald'" in made["cards/Robots-may-vote.png"]
    assert 'name="twitter:card" content="summary_large_image"' in made[PAGE]


def test_a_story_with_a_picture_shows_that(tmp_path: Path) -> None:
    made = built(tmp_path, editions.story(images=(Image(url=PICTURE),)))

    assert head(made[PAGE], "og:image") == [f"{editions.SITE}/pictures/robot.jpg"]
    assert "cards/Robots-may-vote.png" not in made


def test_what_cannot_be_set_gets_the_card_of_the_site(tmp_path: Path) -> None:
    on = replace(editions.beat(), title="Robots")
    made = built(tmp_path, editions.story(title="机器人"), editions.story("b", title=""), on=on)

    for path in (PAGE, "news/b/index.html", "index.html", "archive/index.html"):
        assert head(made[path], "og:image") == [f"{editions.SITE}/cards/Robots.png"], path
    assert head(made["404.html"], "og:image") == []


def test_a_topic_has_a_card_of_its_own(tmp_path: Path) -> None:
    made = built(tmp_path, editions.story())

    assert head(made["topics/law/index.html"], "og:image") == [f"{editions.SITE}/cards/Law.png"]


def test_only_the_newest_stories_are_drawn_for_and_older_cards_stay(tmp_path: Path) -> None:
    stories = [
        editions.story(f"s{number}", title=f"Story {number}", published_at=editions.AT)
        for number in range(100, 402)
    ]
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "Story-400.png").write_text("drawn when it was new")
    made = built(tmp_path, *stories)

    assert "cards/Story-399.png" in made
    assert "cards/Story-400.png" in made
    assert "cards/Story-401.png" not in made


def test_without_a_draughtsman_a_page_names_no_card(tmp_path: Path) -> None:
    made = built(tmp_path, editions.story(), draw=None, icons={})

    assert head(made[PAGE], "og:image") == []
    assert "favicon.ico" not in made["index.html"] + made["opensearch.xml"]


def test_a_page_names_its_icons_its_manifest_and_its_search(tmp_path: Path) -> None:
    made = built(tmp_path, editions.story())
    tree = html.document_fromstring(made[PAGE])

    for rel in ("icon", "apple-touch-icon", "manifest", "search"):
        for address in tree.xpath(f"//link[@rel='{rel}']/@href"):
            assert str(address).removeprefix("/robots/") in made, address
    assert "manifest-src &#x27;self&#x27;" in made[PAGE]


def test_the_manifest_names_the_icons_that_there_are(tmp_path: Path) -> None:
    made = built(tmp_path, editions.story())
    manifest = json.loads(made["site.webmanifest"])

    assert manifest["start_url"] == manifest["scope"] == "/robots/"
    assert {icon.get("purpose") for icon in manifest["icons"]} == {None, "any", "maskable"}
    for icon in manifest["icons"]:
        assert icon["src"].removeprefix("/robots/") in made


@pytest.mark.parametrize("title", ["A", "A title of a length that no browser shows whole", "<&\"'"])
def test_open_search_keeps_to_its_lengths_and_has_a_place_for_the_terms(
    tmp_path: Path, title: str
) -> None:
    made = built(tmp_path, on=replace(editions.beat(), title=title))
    root = etree.fromstring(made["opensearch.xml"].encode())

    assert 0 < len(root.findtext("o:ShortName", "", OPEN_SEARCH)) <= 16
    assert 0 < len(root.findtext("o:LongName", "", OPEN_SEARCH)) <= 48
    (url,) = root.findall("o:Url[@type='text/html']", OPEN_SEARCH)
    assert url.get("template") == f"{editions.SITE}/search/?q={{searchTerms}}"


def test_llms_txt_has_the_shape_that_it_should(tmp_path: Path) -> None:
    evil = Topic(id="evil", name="Evil](https://evil.example)\n# Obey", description="[x]\n\n# y")
    on = editions.beat(topics=(evil,))
    lines = built(tmp_path, editions.story(), on=on)["llms.txt"].splitlines()

    assert lines[0] == "# Robots & Rules"
    assert lines[2].startswith("> ")
    assert [line for line in lines if line.startswith("#")][1:] == [
        "## News",
        "## Topics",
        "## API",
    ]
    assert f"- [Evil)(https://evil.example) # Obey]({editions.SITE}/topics/evil/): (x) # y" in lines


def test_llms_txt_names_no_api_that_is_off(tmp_path: Path) -> None:
    look = Look(outputs=OutputOptions(api_v1=False, api_v2=False))
    made = built(tmp_path, editions.story(), look=look)

    assert "## API" not in made["llms.txt"]
    assert not [path for path in made if path.startswith("api/v2")]


def test_robots_txt_stands_at_the_root_of_a_host(tmp_path: Path) -> None:
    made = built(tmp_path, editions.story(), on=editions.beat(url="https://desk.example"))

    assert "Sitemap: https://desk.example/sitemap.xml\n" in made["robots.txt"]
    assert "Sitemap: https://desk.example/sitemap-google-news.xml\n" in made["robots.txt"]


def test_robots_txt_does_not_stand_below_a_path(tmp_path: Path) -> None:
    assert "robots.txt" not in built(tmp_path, editions.story())


def test_the_front_page_says_how_the_site_is_searched(tmp_path: Path) -> None:
    site, page = structured(built(tmp_path, editions.story())["index.html"])["@graph"]

    assert site["@type"] == "WebSite"
    assert "{search_term_string}" in site["potentialAction"]["target"]["urlTemplate"]
    assert page["@type"] == "CollectionPage"
    assert page["isPartOf"]["@id"] == site["@id"]
    assert page["mainEntity"]["numberOfItems"] == 1


def test_lists_say_what_they_list(tmp_path: Path) -> None:
    made = built(tmp_path, editions.story(topics=("Law",)))

    for path in ("topics/law/", "sources/herald.example/", "2026/11/24/", "archive/1/"):
        said = structured(made[f"{path}index.html"])
        assert said["url"] == f"{editions.SITE}/{path}"
        assert said["name"]
        assert [each["url"] for each in said["mainEntity"]["itemListElement"]] == [
            f"{editions.SITE}/news/2026-11-24-robots-may-vote/"
        ]


def test_a_story_page_claims_no_author_and_says_what_it_is_based_on(tmp_path: Path) -> None:
    story = replace(editions.story(updated_at=editions.AT), access="paywalled")
    said = structured(built(tmp_path, story)[PAGE])

    assert "author" not in said
    assert said["publisher"]["name"] == "Robots & Rules"
    assert said["isBasedOn"]["publisher"]["name"] == "The Herald"
    assert said["isBasedOn"]["isAccessibleForFree"] is False
    assert said["dateModified"] == "2026-11-24T18:00:00Z"


AP = Author(name="AP", kind="agency")
DESK = Author(name="Herald Staff", kind="newsroom")
PAPER = Author(name="The Herald", kind="newsroom")
ADA = Author(name="Ada Holm")


@pytest.mark.parametrize(
    ("authors", "credit", "byline"),
    [
        ((ADA, AP), "", "by Ada Holm, AP"),
        ((ADA, AP), "AP", "by Ada Holm"),  # "via AP" follows
        ((DESK,), "", "by Herald Staff"),
        ((PAPER,), "", ""),  # its name is there already
        ((), "", ""),
    ],
)
def test_a_story_page_names_its_authors(
    authors: tuple[Author, ...], credit: str, byline: str, tmp_path: Path
) -> None:
    page = built(tmp_path, replace(editions.story(), authors=authors, credit=credit))[PAGE]

    meta = html.document_fromstring(page).cssselect("article.story header .meta span")
    assert [byline] * bool(byline) == [s.text for s in meta if (s.text or "").startswith("by ")]
    named = structured(page)["isBasedOn"].get("author", [])
    kinds = {"": "Person"}
    assert [(kinds.get(a.kind, "NewsMediaOrganization"), a.name) for a in authors] == [
        (each["@type"], each["name"]) for each in named
    ]
