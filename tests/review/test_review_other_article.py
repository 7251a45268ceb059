"""What is a state of the article that was filed, and what is another, a wall or a hacked page."""

from __future__ import annotations

import pytest

from copydesk.review import corrections

TITLE = "Sea wall to rise by two metres"
TEXT = (
    "The council of Port Sable voted on Thursday to raise the sea wall by two metres.\n"
    "Engineers told the meeting that the stone of 1911 had lost a third of its height.\n"
    "The work begins in March and costs 41 million crowns, of which the province pays half.\n"
    "The mayor, Ilse Brandt, said that the town had waited long enough, and would wait no longer.\n"
    "Residents of Lower Street asked for a gate that stays open in summer and in dry autumns."
)
SPAM = (
    "The best online casino bonus codes of this year are waiting for every new player today.\n"
    "Our experts tested two hundred slot machines and poker rooms so that you can win big.\n"
    "Click the button below and receive fifty free spins that are worth a thousand dollars.\n"
    "Payments are made within minutes to all major cards, and the support answers at night."
)
DEVELOPED = (
    "Cranes arrived before dawn, and by noon the first stones had been lifted from the harbour.\n"
    "Port Sable will sleep behind scaffolding until March, says Ilse Brandt, who leads the town.\n"
    "Nobody at the corner of Lower Street complained about noise this Thursday morning.\n"
    "Some brought coffee to the drivers, others photographs of the flood that started it all.\n"
    "A contractor from the capital counts on ninety days without storms to finish everything."
)
SEALS = (
    "Grey seals have returned to the skerries for the first time since 1974, a count shows.\n"
    "Marine biologists put it down to the closing of the works and to cleaner water there.\n"
    "Fishermen are less pleased, and want every torn net paid for by the fund of the province.\n"
)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Best casino bonuses to win big", SPAM),
        ("Sea view villas cheap", SPAM),
        ("Casino bonus", SPAM),
        (TITLE, SPAM),
        (f"{TITLE} | Casino", SPAM),
        (TITLE, f"{SPAM}\n{TEXT.partition(chr(10))[0]}"),
        ("Grey seals are back on the coast", SEALS),
        (TITLE, TEXT.partition("\n")[0]),
        (TITLE, ""),
        ("Sea wall will rise by two metres", ""),
        ("Otters counted", TEXT.partition("\n")[0]),
    ],
    ids=[
        "spam with a short word in common",
        "spam with one word in common",
        "spam",
        "spam under the same headline",
        "spam under a longer headline",
        "spam around one old sentence",
        "another article",
        "a wall",
        "nothing",
        "nothing under a new headline",
        "one old sentence under another headline",
    ],
)
def test_what_is_no_state_of_the_article(title: str, text: str) -> None:
    assert corrections.is_other_article(TITLE, TEXT, title, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Port Sable: after long years the sea defences grow", TEXT),
        ("A town behind stone", "\n".join(TEXT.split("\n")[:4])),
        (TITLE, "\n".join(TEXT.split("\n")[:2])),
        (TITLE, f"{SEALS}{SPAM}\n{DEVELOPED}\n{TEXT}"),
        (TITLE, DEVELOPED),
        (f"Withdrawn: {TITLE}", "This article was withdrawn, since its figures are not confirmed."),
    ],
    ids=[
        "a new headline",
        "a new headline and a sentence less",
        "half of it cut",
        "a live blog that grew",
        "a story that developed",
        "a retraction",
    ],
)
def test_what_is_a_state_of_the_article(title: str, text: str) -> None:
    assert not corrections.is_other_article(TITLE, TEXT, title, text)


def test_a_stub_grows_into_an_article_under_its_headline_alone() -> None:
    stub = "The council of Port Sable has voted on the sea wall. More follows soon."
    assert not corrections.is_other_article(
        TITLE, stub, "Sea wall will rise by two metres", DEVELOPED
    )
    assert not corrections.is_other_article(TITLE, stub, "Port Sable decides", f"{stub}\n{TEXT}")
    assert not corrections.is_other_article(TITLE, "", TITLE, TEXT)
    assert corrections.is_other_article(TITLE, stub, "Casino bonus to win big", SPAM)
    assert corrections.is_other_article(TITLE, "", "Casino bonus to win big", SPAM)


def test_a_text_without_capitals_is_told_by_pairs_of_characters() -> None:
    title = "市议会决定加高海堤"
    text = (
        "市议会周四投票决定将沿海的海堤加高两米。工程师告诉会议，石头已经失去了三分之一的高度。"
        "工程将于三月开始，耗资四千一百万克朗，其中一半由省政府支付。"
    )
    spam = (
        "今年最好的在线赌场奖金代码正在等待每一位今天注册的新玩家，而且不需要存款。"
        "我们的专家测试了两百台老虎机和扑克室，让您可以毫无风险地赢得大奖。"
    )
    assert corrections.is_other_article(title, text, title, spam)
    assert corrections.is_other_article(title, text, "最好的在线赌场", spam)
    assert not corrections.is_other_article(
        title, text, "海堤的未来", f"{text}市长说大家等得够久了。"
    )
