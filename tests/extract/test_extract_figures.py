"""Pictures: one name for all sizes of one, the words that go with it, what may be offered."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from copydesk.extract.declared import collect
from copydesk.extract.page import open_document
from copydesk.extract.pictures import (
    clean_credit,
    figure_key,
    figures,
    is_description,
    size_of,
    split_credit,
    srcset,
    widest,
)
from copydesk.news.article import Figure
from extract.given import BODY, URL, document, lead, page

CDN = "https://cdn.harbour.example"
SITE = "https://www.harbour.example"
TITLE = "Ferry runs aground off Saltholm"


def offered(head: str = "", body: str = BODY, image: str = "") -> tuple[Figure, ...]:
    """Give the figures of an article's markup around a head and a body."""
    opened = open_document(page(document(head, body)))
    return figures(opened, collect(opened), replace(lead(), image=image), URL)


def og(*addresses: str) -> str:
    return "".join(f"<meta property='og:image' content='{address}'>" for address in addresses)


SAME = [
    (f"{CDN}/2026/ferry.jpg", f"{CDN}/2026/ferry-1200x630.jpg"),
    (f"{CDN}/2026/ferry.jpg", f"{CDN}/2026/ferry.jpg?resize=640,480&ssl=1"),
    (f"{CDN}/2026/ferry.jpg", "http://cdn.harbour.example/2026/ferry.jpg.webp"),
    (f"{CDN}/2026/ferry-scaled.jpg", f"{CDN}/2026/ferry-e1410810325559.png"),
    (f"{CDN}/2026/ferry.jpg", f"{CDN}/2026/w_1200/ferry.jpg"),
    (f"{CDN}/2026/ferry.jpg", f"{CDN}/2026/c_fill,f_auto,w_1200/ferry.jpg"),
    (f"{CDN}/2026/ferry.jpg", f"{CDN}/2026/1280/720/ferry.jpg"),
    (f"{CDN}/2026/ferry.jpg", f"{CDN}/styles/lead/public/2026/ferry.jpg?itok=xyz"),
    (f"{CDN}/2026/ferry.jpg", "https://cdn4.harbour.example/2026/thumbnails/ferry.jpg"),
    (f"{CDN}/a/ferry.jpg", f"https://resize.example/fit-in/600x0/{CDN}/a/ferry.jpg"),
    (f"{CDN}/a/ferry.jpg", "https://i0.proxy.example/cdn.harbour.example/a/ferry.jpg?w=10"),
    (
        f"{CDN}/a/ferry.jpg",
        "https://www.b.example/_i?url=https%3A%2F%2Fcdn.harbour.example%2Fa%2Fferry.jpg&w=9",
    ),
    (f"{CDN}/b/s1600/ferry.jpg", f"{CDN}/b/w640-h480/ferry.jpg"),
    (f"{CDN}/im-4711/social", f"{CDN}/im-4711?width=1280&size=1.5"),
    (f"{CDN}/vi/AbC-_fGhIj0/hqdefault.jpg", f"{CDN}/vi/AbC-_fGhIj0/maxresdefault.jpg"),
    (f"{CDN}/4711/master/2000.jpg", f"{CDN}/4711/500.jpg"),
    (f"{CDN}/4711/15/rawImage.jpg", f"{CDN}/4711/15/gallery_medium.jpg"),
]
OTHER = [
    (f"{CDN}/2026/ferry-1.jpg", f"{CDN}/2026/ferry-2.jpg"),
    (f"{CDN}/i/IMG_1024.jpg", f"{CDN}/i/IMG_2048.jpg"),
    (f"{CDN}/2026/03/ferry.jpg", f"{CDN}/2026/04/ferry.jpg"),
    (f"{CDN}/picture.php?id=7&w=640", f"{CDN}/picture.php?id=8&w=640"),
    (f"{CDN}/a/ferry.jpg", "https://cdn.quay.example/a/ferry.jpg"),
    (f"{CDN}/640x480.jpg", f"{CDN}/800x600.jpg"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_picture_has_one_name(one: str, other: str) -> None:
    assert figure_key(one) == figure_key(other) != ""


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_pictures_have_two_names(one: str, other: str) -> None:
    assert figure_key(one) != figure_key(other)


@pytest.mark.parametrize(
    "text", ["", "ferry.jpg", "data:image/png;base64,AA", "mailto:a@b.example"]
)
def test_what_is_no_web_address_has_no_name(text: str) -> None:
    assert "" == figure_key(text)


@pytest.mark.parametrize(
    ("address", "size"),
    [
        (f"{CDN}/0x0:2040x1360/1200x628/ferry.jpg", (1200, 628)),
        (f"{CDN}/ferry.jpg?w=640&h=480", (640, 480)),
        (f"{CDN}/ferry.jpg?resize=640%2C480", (640, 480)),
        (f"{CDN}/w_1280,c_fill/ferry.jpg", (1280, 0)),
        (f"{CDN}/w640-h480/ferry.jpg", (640, 480)),
        (f"{CDN}/2026/03/10/ferry.jpg", (0, 0)),
    ],
)
def test_an_address_may_say_its_size(address: str, size: tuple[int, int]) -> None:
    assert size == size_of(address)


def test_a_srcset_is_read_with_and_without_blanks() -> None:
    assert [("a", 320, 1.0), ("b", 640, 1.0), ("c", 0, 2.0), ("d,e", 0, 1.0)] == list(
        srcset(" a 320w,b 640w, c 2x,\n d,e")
    )


@pytest.mark.parametrize(
    ("value", "chosen"),
    [
        ("a 320w, b 1600w, c 5000w", ("b", 1600)),
        ("a 320w, c 2400w", ("c", 2400)),
        ("b 2000w, c 5000w", ("b", 2000)),
        ("a, b 2x, c 3x", ("b", 0)),
        ("data:image/gif;base64,AA 1600w, a 400w", ("a", 400)),
        ("", ("", 0)),
    ],
)
def test_the_widest_that_a_page_needs_is_taken(value: str, chosen: tuple[str, int]) -> None:
    assert chosen == widest(srcset(value))


def test_a_picture_is_offered_once_in_all_its_sizes() -> None:
    head = og("/i/bank-300x200.jpg") + "<meta name='twitter:image' content='/i/bank.webp'>"
    body = "<img src='/i/bank-1024x683.jpg' width='1024' height='683'>" + BODY

    (found,) = offered(head, body)

    assert f"{SITE}/i/bank-1024x683.jpg" == found.url
    assert (1024, 683) == (found.width, found.height)
    assert "og:image + twitter:image + hero" == found.origin


def test_an_original_of_a_camera_gives_way_to_a_size_for_the_page() -> None:
    head = (
        og("/i/bank-5472x3648.jpg") + "<meta name='twitter:image' content='/i/bank-1200x800.jpg'>"
    )

    assert [f"{SITE}/i/bank-1200x800.jpg"] == [one.url for one in offered(head)]


def test_five_pictures_are_offered_at_most_the_declared_ones_first() -> None:
    body = BODY + "".join(
        f"<p><img src='/i/quay{n}.jpg' width='900' height='600'></p>" for n in range(9)
    )

    found = offered(og("/i/bank.jpg"), body)

    assert ["og:image", "img", "img", "img", "img"] == [one.origin for one in found]
    assert f"{SITE}/i/bank.jpg" == found[0].url


def test_a_portrait_behind_the_picture_is_offered_by_nobody() -> None:
    head = og("/i/bank.jpg", "https://secure.gravatar.example/avatar/4711?s=600")

    assert [f"{SITE}/i/bank.jpg"] == [one.url for one in offered(head)]


def test_the_feeds_picture_agrees_with_the_pages() -> None:
    (found,) = offered(og("/i/bank.jpg"), image=f"{SITE}/i/bank-640x480.jpg")

    assert (f"{SITE}/i/bank.jpg", "og:image + lead") == (
        found.url,
        found.origin,
    )


CAPTION = "<figcaption>The sandbank at low tide</figcaption></figure>"
ALTS = [
    ("<img src='/i/bank.jpg' alt='The sandbank at low tide'>", "The sandbank at low tide"),
    ("<img src='/i/bank.jpg' alt='IMG_4711.jpg'>", ""),
    ("<img src='/i/bank.jpg' alt='featured image'>", ""),
    (f"<figure><img src='/i/bank.jpg' alt=''>{CAPTION}", "The sandbank at low tide"),
    (f"<figure><img src='/i/bank.jpg' alt='{TITLE}'>{CAPTION}", "The sandbank at low tide"),
    (f"<img src='/i/bank.jpg' alt='{TITLE}'>", TITLE),
    ("<img src='/i/bank.jpg' alt='Tide &amp;amp; sand'>", "Tide & sand"),
    ("<img src='/i/bank.jpg' alt='Photo: Kim Holm'>", ""),
]


@pytest.mark.parametrize(("shown", "alt"), ALTS)
def test_the_words_for_a_picture_are_words(shown: str, alt: str) -> None:
    (found,) = offered(og("/i/bank.jpg"), shown + BODY)

    assert alt == found.alt


def test_the_pages_own_alt_stands_before_a_caption() -> None:
    head = og("/i/bank.jpg") + "<meta property='og:image:alt' content='A ferry on sand'>"
    shown = "<figure><img src='/i/bank.jpg'><figcaption>Low tide</figcaption></figure>"

    assert "A ferry on sand" == offered(head, shown + BODY)[0].alt


def test_words_are_cut_at_300_characters() -> None:
    shown = f"<img src='/i/bank.jpg' alt='{'The sandbank at low tide ' * 30}'>"

    assert 200 < len(offered(og("/i/bank.jpg"), shown + BODY)[0].alt) <= 300


CREDITS = [
    ("The bank at low tide. Photo: Kim Holm", "The bank at low tide.", "Kim Holm"),
    ("The bank at low tide (Foto: Kim Holm/dpa)", "The bank at low tide", "Kim Holm/dpa"),
    ("The bank at low tide. © Kim Holm", "The bank at low tide.", "Kim Holm"),
    (
        "The bank at low tide. Kim Holm / Getty Images",
        "The bank at low tide.",
        "Kim Holm / Getty Images",
    ),
    ("The bank at low tide. Picture by Kim Holm", "The bank at low tide.", "Kim Holm"),
    ("Image: The bank lies dry at low tide", "Image: The bank lies dry at low tide", ""),
    ("The bank at low tide", "The bank at low tide", ""),
    ("The bank at low tide. | REUTERS", "The bank at low tide.", "REUTERS"),
    ("A man walks past the Reuters building", "A man walks past the Reuters building", ""),
    ("The bank in the Sound / picture alliance", "The bank in the Sound", "picture alliance"),
    ("Photo Illustration: ferry captains", "Photo Illustration: ferry captains", ""),
    ("Photo: two ferries in the harbour", "Photo: two ferries in the harbour", ""),
    ("The bank at low tide. Photo: private", "The bank at low tide.", "private"),
    (
        "FILE PHOTO: The bank at low tide, 9 March. REUTERS/Kim Holm",
        "FILE PHOTO: The bank at low tide, 9 March.",
        "REUTERS/Kim Holm",
    ),
]
MAKERS = [
    ("Credit... Kim Holm/The Quay", "Kim Holm/The Quay"),
    ("Bild © Kim Holm", "Kim Holm"),
    ("© Provided by Quay Ltd", "Quay Ltd"),
    ("Photo iStock", "iStock"),
    ("Photo Club Saltholm", "Photo Club Saltholm"),
    ("Love thy neighbour. Photo: Kim Holm/AFP", "Kim Holm/AFP"),
    ("imago/Holm Foto: Kim Holm", "imago/Holm, Kim Holm"),
    ("@KimHolm", ""),
    ("https://quay.example/kim", ""),
]


@pytest.mark.parametrize(("caption", "shown", "credit"), CREDITS)
def test_a_caption_parts_into_what_it_shows_and_whose_it_is(
    caption: str, shown: str, credit: str
) -> None:
    assert (shown, credit) == split_credit(caption)


@pytest.mark.parametrize(("said", "maker"), MAKERS)
def test_a_credit_is_the_name_alone(said: str, maker: str) -> None:
    assert maker == clean_credit(said)


@pytest.mark.parametrize("said", [TITLE, "Ferry runs aground at Saltholm", "Two of us"])
def test_the_headline_is_no_credit(said: str) -> None:
    shown = f"<figure><img src='/i/bank.jpg'><small class='credit'>{said}</small></figure>"
    expected = said if said.startswith("Two") else ""

    assert expected == offered("", shown + BODY)[0].credit


# a picture that only the head declares, one that the article shows, whether they are one
TWINS = [
    ("2023-dogs-2e16d0ba.fill-1200x630-c0.jpg", "2023-dogs-2e16d0ba.fill-735x490.jpg", True),
    ("csm_captains_360895fa54.jpg", "csm_captains_440885809a.jpg", True),
    ("captains.jpg_895565321.jpg", "captains.jpg_131879570.jpg", True),
    ("bank7056_v-contentxl.jpg", "bank7056_v-einspaltig.jpg", True),
    ("bank_v-contentxl.jpg", "bank_v-einspaltig.jpg", False),
    ("meeting-of-captains_opengraph.jpg", "meeting-of-captains_quay_global.jpg", True),
    ("meeting-of-captains_dogs.jpg", "meeting-of-captains_quay_global.jpg", False),
    ("captains-dogs-1.jpg", "captains-dogs-2.jpg", False),
    ("captains-dogs-a.jpg", "captains-dogs-b.jpg", False),
    ("GettyImages-930608614.jpg", "GettyImages930608614jpg-18e9717d10ff350b-320.webp", True),
    ("GettyImages-930608614.jpg", "GettyImages-930608615.jpg", False),
    ("20260310-captains.jpg", "20260310-dogs.jpg", False),
    ("9302026-captains.jpg", "9302026-dogs.jpg", False),
    ("9302026.jpg", "tidal-bank-9302026.jpg", True),
    ("header-1.jpg", "header-c705cef008.jpg", False),
    ("preview_360895fa54.jpg", "preview_440885809a.jpg", False),
    ("captains-bank.jpg", "csm_captains-bank_440885809a.jpg", True),
]
AWAY = f"{SITE}/news/9302026"


@pytest.mark.parametrize(("declared", "shown", "is_one"), TWINS)
def test_a_crop_has_the_credit_of_its_picture(declared: str, shown: str, is_one: bool) -> None:
    body = f"{BODY}<figure><img src='/b/{shown}' alt='Dry sand'>"
    body += "<figcaption>Photo: Kim Holm</figcaption></figure>"
    opened = open_document(page(document(og(f"/a/{declared}"), body + BODY), url=AWAY))

    first = figures(opened, collect(opened), lead(AWAY), AWAY)[0]

    assert f"{SITE}/a/{declared}" == first.url
    assert (("Dry sand", "Kim Holm") if is_one else ("", "")) == (first.alt, first.credit)


@pytest.mark.parametrize(
    ("names", "credit"),
    [
        (("tidal-bank-9302026", "dogs"), "Kim Holm"),
        (("tidal-bank-9302026", "dogs-9302026"), ""),
        (("tidal-bank-9302026-c705cef008", "tidal-bank-9302026-b5e0929985"), "Kim Holm"),
    ],
)
def test_two_that_might_be_the_picture_lend_it_nothing(names: tuple[str, str], credit: str) -> None:
    shown = BODY.join(
        f"<figure><img src='/b/{name}.jpg'><figcaption>Photo: {maker}</figcaption></figure>"
        for name, maker in zip(names, ("Kim Holm", "Mo Lund"), strict=True)
    )
    opened = open_document(page(document(og("/a/9302026.jpg"), BODY + shown + BODY), url=AWAY))

    assert credit == figures(opened, collect(opened), lead(AWAY), AWAY)[0].credit


def test_pictures_with_the_same_words_are_one() -> None:
    head = og("/a/12.jpg") + "<meta property='og:image:alt' content='Dry sand on the bank'>"
    shown = "<figure><img src='/b/7.jpg' alt='Dry sand on the bank'>"
    shown += "<figcaption>Photo: Kim Holm</figcaption></figure>"

    assert "Kim Holm" == offered(head, BODY + shown + BODY)[0].credit


HERO = "<figure><img src='/b/{}' alt='{}'><figcaption>Photo: Kim Holm</figcaption></figure>"


@pytest.mark.parametrize(
    ("hero", "credit"),
    [
        (HERO.format("7.jpg", "The ferry off Saltholm"), "Kim Holm"),
        (HERO.format("7.jpg", "A crane"), ""),
        (HERO.format("7.jpg", "The ferry off Saltholm") + HERO.format("8.jpg", "A crane"), ""),
        (HERO.format("captainsdogs-275_6.jpg", "A crane"), "Kim Holm"),
    ],
)
def test_the_hero_in_its_place_lends_a_declared_picture_its_credit(hero: str, credit: str) -> None:
    assert credit == offered(og("/a/captainsdogs-275_7.jpg"), hero + BODY)[0].credit


def test_a_credit_in_the_data_stands_before_one_in_the_caption() -> None:
    picture = {"url": "/i/bank.jpg", "creator": {"@type": "Person", "name": "Kim Holm"}}
    told = json.dumps({"@type": "NewsArticle", "image": picture})
    head = f"<script type='application/ld+json'>{told}</script>"
    shown = "<figure><img src='/i/bank.jpg'><figcaption>Photo: Mo Lund</figcaption></figure>"

    assert "Kim Holm" == offered(head, shown + BODY)[0].credit


def test_a_credit_is_found_by_the_name_of_its_block() -> None:
    shown = (
        "<div class='lead-media'><img src='/i/bank.jpg'><p class='caption'>Low tide at the bank</p>"
        "<span class='photo-credit'>Kim Holm</span></div>"
    )

    (found,) = offered("", shown + BODY)

    assert ("Low tide at the bank", "Kim Holm") == (found.alt, found.credit)


@pytest.mark.parametrize(
    ("behind", "credit"),
    [
        ("Two lifeboats lie beside the bank. Kim Holm/Getty Images", "Kim Holm/Getty Images"),
        ("Two lifeboats lie beside the bank. (Photo: Kim Holm)", "Kim Holm"),
        ("Two lifeboats lie beside the bank, Reuters reported on Monday.", ""),
        ("Photo: Kim Holm. The lifeboats have been there since the morning.", ""),
        ("Two lifeboats lie beside the bank (Feb. 4) AP", ""),
        ("The lifeboats have been there. " * 12 + "Kim Holm/Getty Images", ""),
    ],
)
def test_a_paragraph_behind_a_figure_may_end_in_its_credit(behind: str, credit: str) -> None:
    shown = f"<figure><img src='/i/bank.jpg'></figure><p>{behind}</p>"

    assert credit == offered("", shown + BODY)[0].credit


def test_the_writers_line_is_no_credit() -> None:
    shown = (
        "<div><img src='/i/bank.jpg' width='900' height='600'><div class='credit'>By Mo Lund, "
        "Monday, March 9, 2026 10:42</div></div>"
    )

    assert "" == offered("", shown + BODY)[0].credit


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("A ferry on a sandbank", True),
        ("Ferry", True),
        ("ferry_aground-2", False),
        ("ferry.jpg", False),
        ("Image 3", False),
        ("Symbolbild", False),
        ("Open image in gallery", False),
        ("4711", False),
        ("", False),
    ],
)
def test_a_description_is_no_files_name(words: str, is_one: bool) -> None:
    assert is_one == is_description(words)
