"""The excerpt: real descriptions, whole sentences, never more than the rule allows."""

from __future__ import annotations

import pytest

from copydesk.extract import words
from copydesk.extract.declared import Declared
from copydesk.extract.words import clean_description, is_notice, is_slogan
from copydesk.news.beat import ExcerptRule
from extract.given import SENTENCES, lead

RULE = ExcerptRule()
TEXT = "\n\n".join(SENTENCES * 2)


def declared(description: str = "", author: str = "") -> Declared:
    meta = {"og:description": (description,), "author": (author,)}
    told = {name: values for name, values in meta.items() if values[0]}
    return Declared(meta=told, links={}, article={}, video={})


def find(description: str, body: str = TEXT, rule: ExcerptRule = RULE, author: str = "") -> str:
    found = words.excerpt(declared(description, author), lead(), "Ferry runs aground", body, rule)
    return found[0]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (ExcerptRule(max_characters=0), ("", "")),
        (ExcerptRule(max_share=0.0), ("", "")),
        (ExcerptRule(max_characters=100, max_share=1.0), (SENTENCES[0], "text")),
        (ExcerptRule(max_characters=70, max_share=1.0), (f"{SENTENCES[0][:58]}…", "text")),
        (ExcerptRule(max_characters=20, max_share=1.0), ("", "")),
        (ExcerptRule(max_characters=300, max_share=0.02), ("", "")),
    ],
)
def test_the_rule_bounds_the_excerpt(rule: ExcerptRule, expected: tuple[str, str]) -> None:
    assert expected == words.excerpt(declared(), lead(), "", TEXT, rule)


@pytest.mark.parametrize("rule", [ExcerptRule(max_characters=0), ExcerptRule(max_share=0.0)])
def test_where_nothing_may_be_shown_no_description_is(rule: ExcerptRule) -> None:
    assert "" == find(SENTENCES[1], rule=rule)


def test_a_description_in_a_script_without_blanks_is_known_by_its_pairs() -> None:
    body = "渡轮周一凌晨四点在沙洲上搁浅，港务局说没有人受伤。九十名乘客全部由两艘救生艇接走。" * 9
    said = "昨天清晨有一艘载着九十名乘客的大型船只搁浅，后来大家都平安无事地回到了家里。"

    assert said == find(said, body)


def test_a_word_that_the_text_has_is_no_half_of_one() -> None:
    assert "Saltholm is waiting for the spring…" == find("Saltholm is waiting for the spring...")


def test_a_share_of_the_text_bounds_a_description_too() -> None:
    body = TEXT[:350]

    found = find(
        "The ferry ran onto a sandbank at about four in the morning and is stuck there", body
    )

    assert "The ferry ran onto a sandbank at about four in the morning and is…" == found
    assert len(found) <= len(body) // 5


def test_a_fragment_of_a_few_words_is_worse_than_nothing() -> None:
    clause = "The ferry sits on a bank of sand, and nobody on the island knows when it will float."

    assert "" == find(SENTENCES[1], TEXT[:280])
    assert "" == find(clause, clause, ExcerptRule(max_characters=50, max_share=1.0))


def test_paragraphs_far_below_a_menu_are_the_beginning() -> None:
    menu = "\n\n".join(f"Pier {number}" for number in range(60))

    assert SENTENCES[0] == find("", f"{menu}\n\n{SENTENCES[0]}", ExcerptRule(max_share=1.0))


def test_a_caption_is_no_article_of_which_a_share_could_be_taken() -> None:
    assert SENTENCES[1] == find(SENTENCES[1], SENTENCES[1] + "\n\nSource: Tidal TV")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Saltholm has waited for the spring tide for a week", None),
        (
            "Saltholm has waited for the spring tide for the",
            "Saltholm has waited for the spring tide…",
        ),
        ("Saltholm has waited for the spring tide on 3. and 4.", None),
        (
            "Saltholm waits. The spring tide is late, says the",
            "Saltholm waits. The spring tide is late, says…",
        ),
        ("Nobody was hurt, and all ninety passengers", SENTENCES[1]),
    ],
)
def test_there_is_an_ellipsis_only_where_a_text_was_cut(said: str, expected: str | None) -> None:
    assert (expected or said) == find(said)


def test_a_description_goes_on_in_its_own_block_only() -> None:
    standfirst = "The ferry is stuck on a sandbank in the middle of the sound"

    assert standfirst == find(standfirst, f"{standfirst}\n\n{TEXT}")
    assert standfirst == find(f"{standfirst}...", f"{standfirst}\n\n{TEXT}")
    assert f"{standfirst}, they say." == find(standfirst, f"{standfirst}, they say.\n\n{TEXT}")


def test_a_sentence_cut_in_a_script_without_blanks_says_more_with_less() -> None:
    rule = ExcerptRule(max_characters=40, max_share=1.0)

    assert (
        30
        <= len(find("", "渡轮周一凌晨四点在沙洲上搁浅而九十名乘客全部由两艘救生艇接走" * 3, rule))
        <= 40
    )


@pytest.mark.parametrize(
    "said",
    [
        "Ferry runs aground - Harbour Times - the paper of the islands",
        "harbour.example | Ferry runs aground",
        "Innovative ideas for quays and everything about modern piers",
        "Ferry Sandbank Harbour Passengers Lifeboats Noon",
        "Posted by Ada Holm, Harbour Desk The ferry is stuck on a sandbank.",
        "By Ada Lund Engineers of the ferry line want to wait for a tide.",
        "Why the ferry ran aground ✓ What engineers say ✓ Read it now!",
    ],
)
def test_a_tagline_the_title_and_an_advertisement_give_way_to_the_text(said: str) -> None:
    assert SENTENCES[0] == find(said, rule=ExcerptRule(max_characters=100))


def test_what_the_site_declares_as_its_own_is_not_about_the_article() -> None:
    own = "The ferry and the harbour, the captain and the tide."
    node = {"@type": "WebSite", "description": own}
    meta = Declared(
        meta={"description": (own, SENTENCES[2])}, links={}, article={}, video={}, nodes=(node,)
    )

    assert (SENTENCES[2], "description") == words.excerpt(meta, lead(), "", TEXT, RULE)


def test_what_the_data_of_the_page_says_of_the_article_needs_no_word_of_the_text() -> None:
    said = "Nothing here resembles it, yet someone wrote it down twice."
    meta = Declared(
        meta={"description": (said,)}, links={}, article={"description": said}, video={}
    )

    assert "" != find(said)
    assert said != find(said)
    assert (said, "description") == words.excerpt(meta, lead(), "", TEXT, RULE)


def test_a_share_of_the_whole_says_that_the_whole_is_not_known() -> None:
    stub = ExcerptRule(max_share=1.0)

    assert SENTENCES[1] == find(SENTENCES[1], "The ferry ran aground.", stub)


def test_without_any_text_the_number_of_characters_is_the_bound() -> None:
    assert SENTENCES[1] == find(SENTENCES[1], "")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("The ferry is stuck. It waits...", "The ferry is stuck."),
        ("The ferry ran aground… and it waits", "The ferry ran aground… and it waits"),
        ("The ferry is stuck and waits for the tide", "The ferry is stuck and waits for the tide"),
        ("The ferry is stuck. “It waits. And", "The ferry is stuck."),
        ("By Ada Holm The ferry is stuck on a sandbank.", "The ferry is stuck on a sandbank."),
        ("By Per Lund: The ferry is stuck on a sandbank.", "The ferry is stuck on a sandbank."),
        ("By noon the ferry: still stuck on a bank.", "By noon the ferry: still stuck on a bank."),
    ],
)
def test_a_description_ends_and_begins_well(said: str, expected: str) -> None:
    assert expected == find(said, author="Ada Holm")


def test_of_the_ends_that_fit_one_that_closes_its_quotations_is_better() -> None:
    said = (
        'The ferry is stuck on a sandbank. "We wait. Then we pull," said Ada Holm of the harbour.'
    )

    assert "The ferry is stuck on a sandbank." == find(said, rule=ExcerptRule(max_characters=50))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("## What we know\n\nThe ferry sank.", "The ferry sank."),
        ("Ada Holm, Saltholm\n\nThe ferry sank.", "The ferry sank."),
        ("> She sank, he said.\n\nThe ferry sank.", "The ferry sank."),
        ("We use cookies to improve.\n\nThe ferry sank.", "The ferry sank."),
        ("By ADA HOLM The ferry sank.", "The ferry sank."),
        ("or look for it below?\n\nThe ferry sank.", "The ferry sank."),
        ("Now playing: The tide turns.\n\nThe ferry sank.", "The ferry sank."),
        ("06.05.2026 The ferry sank.", "The ferry sank."),
        ("06.05.2026 was the day of it.", "06.05.2026 was the day of it."),
        (
            "FREE QUAY TEST 2026\n\nSubscribe to Updates\n\nAll Our Piers Here",
            "",
        ),
        ("- fish\n- chips", "fish chips"),
        ("The ferry sank.\nIt lies deep.", "The ferry sank. It lies deep."),
        ("Tom &amp;amp; Ada left.", "Tom & Ada left."),
        ("", ""),
    ],
)
def test_a_text_begins_with_its_first_sentence(body: str, expected: str) -> None:
    assert expected == words.beginning(body, ExcerptRule(max_share=1.0))


@pytest.mark.parametrize(
    "tail",
    [
        *(" The post Ferry appeared first on Harbour Times.", " Continue reading →", " Read more…"),
        *(" Der Beitrag Fähre erschien zuerst auf Hafenblatt.", " Weiterlesen »", " […]"),
        *(" Read more at harbour.example.", " Lire la suite", " Find out more here."),
    ],
)
def test_what_an_engine_adds_is_cut_off(tail: str) -> None:
    assert "The ferry sank." == clean_description("The ferry sank." + tail)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Tom &amp;amp; Ada &amp;#8217;s", "Tom & Ada ’s"),
        ("<p>It sank.</p><p>We wait.</p>", "It sank. We wait."),
        ("It sank.We wait.", "It sank. We wait."),
        ("Version 2.Beta of a.Example", "Version 2.Beta of a.Example"),
        ("Facebook0Tweet12Print0 The ferry sank.", "The ferry sank."),
        ("It sank.\\n We wait.", "It sank. We wait."),
        ("Share this on WhatsAppThe ferry sank.", "The ferry sank."),
        ("31.10.2026, 10.19 Uhr : The ferry sank.", "The ferry sank."),
        ("It sank … Lesen fortsetzen →", "It sank …"),
    ],
)
def test_a_description_becomes_plain_text(raw: str, expected: str) -> None:
    assert expected == clean_description(raw)


@pytest.mark.parametrize(
    "line",
    [
        *("We use cookies to improve.", "Wir verwenden Cookies.", "JavaScript is disabled here."),
        *("Subscribe to our weekly newsletter", "Nous utilisons des cookies"),
    ],
)
def test_a_notice(line: str) -> None:
    assert is_notice(line)


@pytest.mark.parametrize(
    "line",
    [
        *("Get the latest news from Saltholm", "ferry, port, tide, Saltholm island, harbour"),
        *(
            "Your trusted source for harbour news",
            "Just another Quay site",
            "渡轮，盐岛，搁浅，新闻",
        ),
    ],
)
def test_a_slogan(line: str) -> None:
    assert is_slogan(line)


@pytest.mark.parametrize(
    "line",
    [
        *("The latest ferry is stuck off Saltholm.", "Welcome to the new ferry of the island."),
        *(
            "Ada, Per, Åse and I left. We came back.",
            "★★★☆ for a ferry that waits.",
            "他说，船长看见，航标已经漂移了很远，没有人受伤。",
        ),
    ],
)
def test_a_sentence_is_no_slogan(line: str) -> None:
    assert not is_slogan(line)
    assert not is_notice(line)
