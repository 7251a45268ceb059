"""Posts are composed within what each network counts, cut between words, and ping nobody."""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, strategies

from copydesk.building import posts
from copydesk.building.posts import composing
from copydesk.building.posts.bluesky import make_record
from copydesk.building.posts.composing import ComposedPost, Network, PostParts, PostTooLong
from copydesk.channels import PostChannel
from copydesk.kit import text
from copydesk.kit.kinds import options_of
from copydesk.kit.options import Unfit
from world import counting, pds
from world.networks import NOON
from world.post_stories import make_stories
from world.posting import DEFAULT_TEMPLATE

MASTODON = composing.make_mastodon()
TEMPLATE = composing.read_post_template(DEFAULT_TEMPLATE)
LINK = "https://news.example.com/news/2026/12/a-story/"
COUNTS = {
    "mastodon": lambda words: counting.of_mastodon(words) / 500,
    "bluesky": lambda words: max(
        len(counting.graphemes(words)) / 300, counting.utf8_bytes(words) / 3_000
    ),
    "discord": lambda words: counting.utf16_units(words) / 2_000,
    "slack": lambda words: counting.utf16_units(words) / 4_000,
    "telegram": lambda words: counting.utf16_units(words) / 4_096,
    "matrix": lambda words: counting.utf8_bytes(words) / 8_000,
}
NETWORKS = (
    MASTODON,
    composing.BLUESKY,
    posts.NETWORKS["discord"].network,
    posts.NETWORKS["slack"].network,
    posts.NETWORKS["telegram"].network,
    posts.NETWORKS["matrix"].network,
)
# what each network takes for a mention, or for a mark that may hide one
MENTIONS = {
    "mastodon": re.compile(r"(?<![=/\w])@\w"),
    "discord": re.compile(r"@(everyone|here)|(?<!\\)<(@|#|:|t:|id:)|(?<!\\)\[|(?<!\\)\*"),
    "slack": re.compile(r"<[!@#]|(?<!\w)@\w|<(?!https?://[^<>|]+>)"),
    "telegram": re.compile(r"(?<![\w/])@\w"),
    "matrix": re.compile(r"(?<![\w/])@\w"),
}


@functools.cache
def stories() -> list[tuple[str, PostParts]]:
    return make_stories(300)


@functools.cache
def compose(parts: PostParts, network: Network = MASTODON) -> ComposedPost:
    post = composing.compose_post(parts, TEMPLATE, network)
    assert isinstance(post, ComposedPost)
    return post


def without_own_link(post: ComposedPost) -> str:
    return "".join(piece.words for piece in post.pieces if piece.kind != "link")


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_posts_of_300_stories_are_within_the_limit(network: Network) -> None:
    shares = [COUNTS[network.name](compose(parts, network).text) for _, parts in stories()]

    assert 300 == len(shares)
    assert max(shares) <= 1
    assert network.name in {"slack", "telegram"} or max(shares) > 0.9


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_posts_of_300_stories_hold_the_whole_link_once(network: Network) -> None:
    for _, parts in stories():
        (link,) = [piece for piece in compose(parts, network).pieces if piece.kind == "link"]
        assert parts.link == link.target == link.words.strip("<>")


@pytest.mark.parametrize("name", MENTIONS)
def test_posts_of_300_stories_ping_nobody(name: str) -> None:
    (network,) = [network for network in NETWORKS if network.name == name]
    url = re.compile(r"https?://[!-~]+")

    for _, parts in stories():
        words = compose(parts, network).text
        words = words if name == "slack" else url.sub("", words)
        assert MENTIONS[name].search(words) is None, words


def test_records_of_300_stories_fit_the_lexicon_with_links_and_tags_at_their_bytes() -> None:
    for language, parts in stories():
        record = make_record(compose(parts, composing.BLUESKY), created=NOON, language=language)
        assert "" == pds.find_fault(record)
        assert "mention" not in str(record.get("facets"))


def test_posts_of_300_stories_are_cut_in_no_word_emoji_or_link() -> None:
    cuts = 0
    for _, parts in stories():
        shown = compose(parts, composing.BLUESKY).text.split("\n\n")
        sources = (text.fold(parts.headline), text.fold(parts.line))
        for paragraph in shown:
            if paragraph.endswith("…"):
                assert any(is_cut_well(source, paragraph[:-1]) for source in sources), paragraph
                cuts += 1

    assert cuts > 100


def is_cut_well(source: str, kept: str) -> bool:
    """Return whether a text was cut after a word; end marks may be lost with the rest."""
    if not source.startswith(kept) or not kept:
        return False
    in_link = any(
        link.start() < len(kept) < link.end() for link in re.finditer(r"https?://\S+", source)
    )
    whole = counting.graphemes(kept) + counting.graphemes(source[len(kept) :])
    left, right = kept[-1], source[len(kept)]
    is_between = not (is_letter(left) and is_letter(right)) or (is_cjk(left) and is_cjk(right))
    run = next(run for run in re.finditer(r"\S+", source) if run.end() >= len(kept))
    is_long = len(counting.graphemes(run[0])) > 60
    return not in_link and whole == counting.graphemes(source) and (is_between or is_long)


def is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


def is_cjk(character: str) -> bool:
    return "\u3040" <= character <= "\u9fff"


def test_a_short_story_is_posted_as_it_is() -> None:
    parts = PostParts(
        headline="Bridge closed", line="For a week.", link=LINK, topics=("Roads", "climate change")
    )

    expected = f"Bridge closed\n\nFor a week.\n\n{LINK}\n\n#Roads #ClimateChange"
    assert expected == compose(parts).text


def test_what_a_story_lacks_leaves_no_empty_lines() -> None:
    assert (
        f"Bridge closed\n\n{LINK}" == compose(PostParts(headline="Bridge closed", link=LINK)).text
    )


def test_a_line_that_repeats_the_headline_is_left_out() -> None:
    parts = PostParts(headline="Bridge closed", line=" Bridge  closed ", link=LINK)

    assert f"Bridge closed\n\n{LINK}" == compose(parts).text


@pytest.mark.parametrize(("more", "is_whole"), [(0, True), (1, False)])
def test_mastodon_counts_a_link_as_23_and_a_family_as_1(more: int, is_whole: bool) -> None:
    words = "👨‍👩‍👧‍👦" * (500 - 23 - 2 - len("end") - 1 + more) + " end"
    parts = PostParts(headline=words, link=f"{LINK}{'long/' * 50}")

    assert is_whole == compose(parts).text.startswith(f"{words}\n")


def test_a_link_that_mastodon_does_not_know_counts_in_full() -> None:
    parts = PostParts(headline="word " * 200, link=f"http://127.0.0.1/{'x' * 100}")

    post = compose(parts)

    assert len(post.text) <= 500


def test_the_limits_of_the_server_are_used() -> None:
    parts = PostParts(headline="Short", line="word " * 400, link=LINK)

    assert (
        1_000 < len(compose(parts, composing.make_mastodon(most=1_200)).text) <= 1_200 + len(LINK)
    )


@pytest.mark.parametrize(
    ("words", "length"), [("@desk@news.example.com hi", 8), ("desk@news.example.com hi", 24)]
)
def test_mastodon_counts_a_mention_without_its_server(words: str, length: int) -> None:
    network = replace(composing.make_mastodon(most=length + 25), write=str)

    assert words in compose(PostParts(headline=words, link=LINK), network).text


def test_first_the_line_is_cut_then_tags_go_then_the_headline_is_cut() -> None:
    line = PostParts(headline="Short", line="word " * 200, link=LINK, topics=("One", "Two"))
    tags = replace(line, headline="many words " * 43)
    headline = replace(line, headline="many words " * 100)

    assert "word…\n\n" in compose(line).text
    assert compose(line).text.endswith("#One #Two")
    assert compose(tags).text.endswith(f"many words\n\n{LINK}")
    assert compose(headline).text.endswith(f"words…\n\n{LINK}")


@pytest.mark.parametrize("end", [", ", " – ", " (", ": “"])
def test_a_cut_text_does_not_end_in_a_loose_mark(end: str) -> None:
    network = composing.make_mastodon(most=23 + 2 + len("Bridge closed") + len(end) + 1)
    parts = PostParts(headline=f"Bridge closed{end}and more words follow", link=LINK)

    assert f"Bridge closed…\n\n{LINK}" == compose(parts, network).text


def test_bluesky_counts_bytes_too() -> None:
    marks = "\u0301" * 30
    parts = PostParts(headline=f"e{marks} " * 100, link=LINK)

    assert 2_500 < counting.utf8_bytes(compose(parts, composing.BLUESKY).text) <= 3_000


def test_tags_go_from_the_last() -> None:
    network = composing.make_mastodon(most=23 + len("Short") + 2 + 2 + len("#One"))
    parts = PostParts(headline="Short", link=LINK, topics=("One", "Two"))

    assert f"Short\n\n{LINK}\n\n#One" == compose(parts, network).text


def test_a_line_of_which_little_is_left_is_dropped() -> None:
    network = composing.make_mastodon(most=23 + len("Short") + 2 + 2 + 10)
    parts = PostParts(headline="Short", line="only a few words would be left", link=LINK)

    assert f"Short\n\n{LINK}" == compose(parts, network).text


def test_a_link_without_room_for_words_is_not_posted() -> None:
    parts = PostParts(headline="Bridge closed", link="https://a.example/" + "x" * 300)

    assert PostTooLong(network="bluesky") == composing.compose_post(
        parts, TEMPLATE, composing.BLUESKY
    )


def test_japanese_is_cut_between_characters_but_not_in_katakana() -> None:
    headline = "橋の修理を承認した" + "フェリーターミナル" * 3
    network = composing.make_mastodon(most=23 + 2 + 15)

    post = compose(PostParts(headline=headline, link=LINK), network)

    assert f"橋の修理を承認した…\n\n{LINK}" == post.text


def test_a_headline_without_spaces_is_cut_between_graphemes() -> None:
    thai = "สภาเมืองอนุมัติการซ่อมสะพานหลังพายุ" * 20

    shown = compose(PostParts(headline=thai, link=LINK), composing.BLUESKY).text.partition("…")[0]

    assert thai.startswith(shown)
    assert 200 < len(counting.graphemes(shown)) < 300
    assert counting.graphemes(thai)[: len(counting.graphemes(shown))] == counting.graphemes(shown)


@pytest.mark.parametrize(
    ("topics", "tags"),
    [
        (("climate change",), ("ClimateChange",)),
        (("AI", "ai", "Ai"), ("AI",)),
        (("2026", "C++", "", "!"), ("C",)),
        (("जलवायु परिवर्तन",), ("जलवायुपरिवर्तन",)),
        (("x" * 65,), ()),
        (tuple(f"topic{number}" for number in range(500)), tuple(f"topic{n}" for n in range(8))),
    ],
)
def test_topics_become_tags(topics: tuple[str, ...], tags: tuple[str, ...]) -> None:
    post = compose(PostParts(headline="Short", link=LINK, topics=topics))

    assert tags == tuple(piece.target for piece in post.pieces if piece.kind == "tag")


def test_slack_gets_no_tag_of_its_own_but_the_link() -> None:
    parts = PostParts(headline="A & B <!channel>", link=f"{LINK}?a=1&b=2")

    expected = f"A &amp; B &lt;!channel&gt;\n\n<{LINK}?a=1&amp;b=2>"
    assert expected == compose(parts, posts.NETWORKS["slack"].network).text


def test_discord_shows_marks_as_they_are() -> None:
    parts = PostParts(headline="# *a* [b](https://c.example/d_e_f) <@1>", link=LINK)

    expected = r"\# \*a\* \[b\](https://c.example/d_e_f) \<@" + "\u20601>"
    assert f"{expected}\n\n{LINK}" == compose(parts, posts.NETWORKS["discord"].network).text


@pytest.mark.parametrize(
    ("after", "shown"),
    [("<@1>", "\\<@\u20601>"), ("新@all*", "新@\u2060all\\*"), ("/@a_b", "/@a_b")],
)
def test_what_stands_behind_a_url_without_a_space_is_no_part_of_it(after: str, shown: str) -> None:
    parts = PostParts(headline=f"See https://a.example{after}", link=LINK)

    assert (
        f"See https://a.example{shown}\n\n{LINK}"
        == compose(parts, posts.NETWORKS["discord"].network).text
    )


def test_the_markup_of_a_post_says_what_its_text_says() -> None:
    for _, parts in stories()[:60]:
        post = compose(parts, posts.NETWORKS["matrix"].network)
        plain = html.unescape(re.sub(r"</?a[^>]*>", "", post.markup.replace("<br>", "\n")))
        assert post.text == plain


def test_pieces_follow_each_other_without_a_gap() -> None:
    post = compose(PostParts(headline="Short", link=LINK, topics=("One", "Two", "Three")))

    kinds = [piece.kind for piece in post.pieces]
    assert all("words" in pair for pair in pairwise(kinds))


@pytest.mark.parametrize("value", ["", "no parts", "{headline", "{title}", "{headline!r}", 5])
def test_a_template_that_cannot_be_filled_is_refused(value: object) -> None:
    (template,) = (each for each in options_of(PostChannel) if each.name == "template")
    with pytest.raises(Unfit):
        template.kind.read(value)


def test_a_template_may_hold_words_of_its_own() -> None:
    template = composing.read_post_template("New: {headline} ({tags})\nRead {link}")
    parts = PostParts(headline="Bridge closed", link=LINK, topics=("Roads",))

    post = composing.compose_post(parts, template, MASTODON)

    assert isinstance(post, ComposedPost)
    assert f"New: Bridge closed (#Roads)\nRead {LINK}" == post.text


def test_an_editors_own_words_keep_their_links_and_tags() -> None:
    words = f"Sorry, @all: see {LINK}. #Correction and no#tag #2026\n\nhttps://a.example/b(c)"

    post = composing.compose_words(words, composing.BLUESKY)

    assert isinstance(post, ComposedPost)
    assert words == post.text
    marks = [(piece.kind, piece.target) for piece in post.pieces if piece.kind != "words"]
    links = [("link", LINK), ("tag", "Correction"), ("link", "https://a.example/b(c")]
    assert links == marks
    assert "" == pds.find_fault(make_record(post, created=NOON))


def test_an_editors_own_words_are_not_cut() -> None:
    whole, more = "x" * 500, "x" * 501

    assert isinstance(composing.compose_words(whole, MASTODON), ComposedPost)
    assert PostTooLong(network="mastodon") == composing.compose_words(more, MASTODON)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_an_editors_own_words_ping_nobody(network: Network) -> None:
    post = composing.compose_words("Hello @everyone <!channel> <@1> @a@b.example", network)

    assert isinstance(post, ComposedPost)
    assert network.name == "bluesky" or MENTIONS[network.name].search(post.text) is None


@given(
    headline=strategies.text(max_size=300),
    line=strategies.text(),
    repeats=strategies.integers(1, 60),
)
@pytest.mark.parametrize("network", NETWORKS[2:], ids=lambda network: network.name)
def test_any_text_is_posted_within_the_limit_and_pings_nobody(
    network: Network, headline: str, line: str, repeats: int
) -> None:
    parts = PostParts(
        headline=f"News {headline}", line=f"@all {line} <!here> " * repeats, link=LINK
    )

    post = composing.compose_post(parts, TEMPLATE, network)

    assert isinstance(post, ComposedPost)
    assert COUNTS[network.name](post.text) <= 1
    assert LINK in post.text
    if network.name in MENTIONS:
        words = without_own_link(post)
        assert MENTIONS[network.name].search(words) is None
