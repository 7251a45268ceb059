"""Stories in six languages for posts, with everything in them that a network could misread."""

from __future__ import annotations

import random

from copydesk.building.posts.composing import PostParts

_WORDS = {
    "en": "council votes harbour bridge repair after storm damage river mayor says budget for new "
    "school library opens researchers find older map ferry line returns",
    "de": "Stadtrat beschließt Hafenbrücke Verkehrswegeplanungsbeschleunigungsgesetz nach Unwetter "
    "Bürgermeisterin kündigt Haushalt für neue Schule an Forschende finden ältere Karte",
    "fr": "le conseil approuve la réparation du pont après l’orage une école s’ouvre "
    "près du fleuve des chercheurs découvrent une carte plus ancienne « inédite »",
    "ar": "المجلس يصوّت على إصلاح الجسر بعد العاصفة "
    "والميناء يعود إلى العمل في المدينة الجديدة قرب النهر",
    "hi": "परिषद ने तूफ़ान के बाद पुल की मरम्मत को मंज़ूरी दी नया विद्यालय क्षेत्र में खुलेगा और पुस्तकालय स्थिति सुधरी",
    "ja": "市議会は嵐の後の橋の修理を承認した。 新しい学校が川の近くに開く、 "
    "研究者は古い地図を発見した。 フェリーラインが戻る",
}
LANGUAGES = tuple(_WORDS)
TRAPS = (
    "@everyone",
    "@here",
    "<!channel>",
    "<@123456>",
    "<@&77>",
    "@stranger",
    "@stranger@other.example",
    "＠full",
    "👨‍👩‍👧‍👦",
    "👍🏽👍🏿",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "🇩🇪🇫🇷🇯🇵",
    "https://evil.example/a_b_c?x=1&y=%20(2)",
    "(http://a.example)",
    "[click](https://evil.example)",
    "**bold** _and_ `code` ||spoiler||",
    "\u200fright\u200e-to-left\u202e",
    "e\u0301\u0323\u0308",
    "x" * 70,
    "a & b < c > d",
    "# heading",
    "\x00\t\n",
    "각각",
    "/start",
)


def make_stories(count: int = 300) -> list[tuple[str, PostParts]]:
    """Return stories, each with its language; they are the same at every call."""
    chance = random.Random(35)
    return [_make_story(chance, number) for number in range(count)]


def _make_story(chance: random.Random, number: int) -> tuple[str, PostParts]:
    language = LANGUAGES[number % len(LANGUAGES)]
    topics = [
        chance.choice(
            ["climate change", "AI", "Ölpreis", "2026", "जलवायु", "気候", "C++", "a-b c", "سياسة"]
        )
        for _ in range(chance.choice([0, 1, 3, 500]))
    ]
    return language, PostParts(
        headline=_write(chance, language, chance.choice([3, 8, 12, 40, 90])),
        line=_write(chance, language, chance.choice([0, 10, 30, 90, 600])),
        link=f"https://news.example.com/news/12/{'long-' * chance.choice([1, 5, 20])}{number}/",
        topics=tuple(topics),
    )


def _write(chance: random.Random, language: str, count: int) -> str:
    words = _WORDS[language].split()
    text = [chance.choice(words) for _ in range(count)]
    for _ in range(min(count, chance.choice([0, 1, 2, 6]))):
        text.insert(chance.randrange(len(text) + 1), chance.choice(TRAPS))
    return ("" if language == "ja" and chance.random() < 0.5 else " ").join(text)
