"""The gate: what a model wrote from reports is shown only if the reports say it."""

from __future__ import annotations

import pytest

from copydesk.model.gate import (
    DraftSentence,
    GateResult,
    GateRule,
    MemberText,
    check_headline,
    check_sentences,
    split_draft,
)

FLOOD = """River bursts its banks in Velmora
The Tarn river burst its banks in Velmora on Tuesday after two days of rain, \
and 2,984 people had to leave their homes.
“We have not seen water like this since 1953,” said Mayor Ilse Brandt. \
She asked for boats.
Former governor Paul Renn, who lives in Osterby, called the warnings late. \
“Nobody rang a bell,” he told reporters.
Police did not confirm reports that three persons are missing. The damage may reach $40 million."""
AID = """Velmora asks the World Health Organization for help
The World Health Organization will send 12 doctors to Velmora, its spokeswoman \
Ana Duarte said on Wednesday.
French engineers repaired the bridge at Osterby within 30 hours.
The company Halvorsen denied that its dam had failed. \
Residents in Osterby still have no drinking water."""
MEMBERS = (MemberText(name="flood", text=FLOOD), MemberText(name="aid", text=AID))


def ask(
    sentence: str, *cites: int, members: tuple[MemberText, ...] = MEMBERS, language: str = "en"
) -> GateResult:
    draft = DraftSentence(text=sentence, cites=cites or tuple(range(1, len(members) + 1)))
    return check_sentences([draft], members, language, least=1)


def rule(sentence: str, *cites: int) -> GateRule | None:
    left_out = ask(sentence, *cites).left_out
    return left_out[0].rule if left_out else None


@pytest.mark.parametrize(
    "sentence",
    [
        "About 3,000 people had to leave their homes when the Tarn burst its banks in Velmora.",
        "After two days of rain, nearly 3,000 people had to leave their homes on Tuesday.",
        "Mayor Ilse Brandt said: “We have not seen water like this since 1953.”",
        "Mayor Ilse Brandt said: «We have not seen water like this since 1953.»",
        "Paul Renn, the former governor, called the warnings late.",
        "The damage may reach $40m.",
        "The WHO will send twelve doctors to Velmora.",
        "Engineers from France repaired the bridge at Osterby.",
        "Halvorsen denied that its dam had failed.",
        "Halvorsen denied that its dam had failed, while residents in Osterby still have no water.",
        "Police did not confirm that 3 persons are missing.",
    ],
)
def test_what_the_members_say_passes(sentence: str) -> None:
    assert () == ask(sentence).left_out


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Paul Renn said: “I blame the mayor for all of this.”", GateRule.QUOTATION),
        ("Mayor Ilse Brandt said: “We have seen water like this since 1953.”", GateRule.QUOTATION),
        ("Paul Renn said: “We have not seen water like this since 1953.”", GateRule.SPEAKER),
        ("Some 7,400 people had to leave their homes.", GateRule.NUMBER),
        ("In Velmora 12 people had to leave their homes.", GateRule.NUMBER),
        ("The damage may reach €40 million.", GateRule.NUMBER),
        ("More than 3,000 people had to leave their homes.", GateRule.NUMBER),
        ("The WHO will send 30 doctors to Velmora.", GateRule.NUMBER),
        ("The Tarn river burst its banks in Osterby on Tuesday.", GateRule.NAME),
        ("The Tarn river burst its banks in Montevideo on Tuesday.", GateRule.NAME),
        ("Italian engineers repaired the bridge at Osterby.", GateRule.NAME),
        ("Governor Paul Renn called the warnings late.", GateRule.TITLE),
        ("Minister Paul Renn called the warnings late.", GateRule.TITLE),
        ("Former mayor Ilse Brandt asked for boats.", GateRule.TITLE),
        ("Police confirmed that three persons are missing.", GateRule.NEGATION),
        ("The damage will reach $40 million, and may not be paid.", GateRule.NEGATION),
        ("The company Halvorsen did not repair the bridge.", GateRule.NEGATION),
        ("Residents in Osterby have drinking water.", GateRule.NEGATION),
        ("Halvorsen said that its dam had failed.", GateRule.NEGATION),
        ("The wild horses galloped through burning streets of Velmora.", GateRule.WORDS),
        (
            "The river burst its banks in Velmora on Tuesday after two days of rain.",
            GateRule.COPIED,
        ),
        (
            "Le fleuve est sorti de son lit dans la ville et les gens sont partis.",
            GateRule.LANGUAGE,
        ),
        ("The WHO will send 12 doctors to [Velmora](https://velmora.example).", GateRule.MARKS),
        ("The WHO will send 12 doctors to Velmora\u202e.", GateRule.MARKS),
        ("The WHO will send <b>12 doctors</b> to Velmora.", GateRule.MARKS),
        ("The WHO will send 12 doctors. " * 40, GateRule.MARKS),
        ("", GateRule.MARKS),
    ],
)
def test_what_the_members_do_not_say_is_left_out(sentence: str, expected: GateRule) -> None:
    assert expected == rule(sentence)


@pytest.mark.parametrize("cites", [(0,), (3,), (-1,), (1, 9)])
def test_a_sentence_names_members_that_exist(cites: tuple[int, ...]) -> None:
    assert GateRule.SOURCE == rule("The damage may reach $40m.", *cites)


def test_a_sentence_without_members_is_left_out() -> None:
    draft = DraftSentence(text="The damage may reach $40m.", cites=())

    assert GateRule.SOURCE == check_sentences([draft], MEMBERS, "en").left_out[0].rule


def test_a_place_of_a_member_that_is_not_cited_is_foreign() -> None:
    assert GateRule.NAME == rule("The WHO will send 12 doctors to Osterby and Tarn.", 2)


def test_gate_and_prompt_read_the_same_text() -> None:
    shortened = (MemberText(name="flood", text=FLOOD.splitlines()[0]), MEMBERS[1])

    left_out = ask("The damage may reach $40m.", members=shortened).left_out

    assert [GateRule.NUMBER] == [left.rule for left in left_out]


def test_fewer_than_two_sentences_are_no_summary() -> None:
    drafts = [
        DraftSentence(text="The damage may reach $40m.", cites=(1,)),
        DraftSentence(text="The damage may reach $90m.", cites=(1,)),
    ]

    result = check_sentences(drafts, MEMBERS, "en")

    assert ((), 1) == (result.sentences, len(result.left_out))


def test_a_sentence_carries_the_names_of_its_members_and_no_numbers() -> None:
    drafts = [
        DraftSentence(text="The damage may reach $40m [1].", cites=(1, 1)),
        DraftSentence(text="The WHO will send 12 doctors to Velmora. [2]", cites=(2,)),
    ]

    shown = check_sentences(drafts, MEMBERS, "en").sentences

    assert [("The damage may reach $40m.", ("flood",))] == [(s.text, s.stories) for s in shown[:1]]
    assert "The WHO will send 12 doctors to Velmora." == shown[1].text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He lives in the U.S. [5]. She left.", ["He lives in the U.S.", "She left."]),
        ("It rained. [1] Then it stopped [2, 3].", ["It rained.", "Then it stopped."]),
        ("The U.S. Congress met [1].", ["The U.S. Congress met."]),
        ("雨が降った。川があふれた。", ["雨が降った。", "川があふれた。"]),
        ("", []),
    ],
)
def test_several_sentences_are_cut_rightly(text: str, expected: list[str]) -> None:
    assert expected == split_draft(text)


def test_members_that_contradict_each_other_can_both_be_told() -> None:
    members = (
        MemberText(
            name="a",
            text="Fire in Arvik\nTen workers died in the fire at the Arvik mill on Monday.",
        ),
        MemberText(
            name="b",
            text="Mill burns\nTwelve workers died in the fire at the Arvik mill on Monday.",
        ),
    )

    assert () == ask("The fire killed 10 workers at the mill.", 1, members=members).left_out
    assert () == ask("The fire killed 12 workers at the mill.", 2, members=members).left_out
    assert ask("The fire killed 12 workers at the mill.", 1, members=members).left_out


KNOWN = {
    "de": (
        (
            "Hochwasser in Velmora\n"
            "In Velmora mussten am Dienstag 2.984 Menschen ihre Häuser verlassen, teilte "
            "Bürgermeisterin Ilse Brandt mit.\n"
            "Die Polizei bestätigte die Zahl der Vermissten nicht."
        ),
        "Rund 3000 Menschen mussten in Velmora ihre Häuser verlassen.",
        "Rund 5000 Menschen mussten in Velmora ihre Häuser verlassen.",
        "Die Polizei bestätigte die Zahl der Vermissten.",
    ),
    "fr": (
        (
            "Crue à Velmora\n"
            "À Velmora, 2 984 personnes ont dû quitter leurs maisons mardi, selon la maire "
            "Ilse Brandt.\n"
            "La police n'a pas confirmé le nombre de disparus."
        ),
        "Environ 3 000 personnes ont dû quitter leurs maisons à Velmora.",
        "Environ 5 000 personnes ont dû quitter leurs maisons à Velmora.",
        "La police a confirmé le nombre de disparus.",
    ),
    "es": (
        (
            "Crecida en Velmora\n"
            "En Velmora, 2.984 personas dejaron sus casas el martes, dijo la alcaldesa Ilse "
            "Brandt.\n"
            "La policía no confirmó el número de desaparecidos."
        ),
        "Unas 3.000 personas dejaron sus casas en Velmora.",
        "Unas 5.000 personas dejaron sus casas en Velmora.",
        "La policía confirmó el número de desaparecidos.",
    ),
    "it": (
        (
            "Piena a Velmora\n"
            "A Velmora 2.984 persone hanno lasciato le case martedì, ha detto la sindaca "
            "Ilse Brandt.\n"
            "La polizia non ha confermato il numero dei dispersi."
        ),
        "Circa 3.000 persone hanno lasciato le case a Velmora.",
        "Circa 5.000 persone hanno lasciato le case a Velmora.",
        "La polizia ha confermato il numero dei dispersi.",
    ),
    "nl": (
        (
            "Hoogwater in Velmora\n"
            "In Velmora moesten dinsdag 2.984 mensen hun huizen verlaten, zei burgemeester "
            "Ilse Brandt.\n"
            "De politie bevestigde het aantal vermisten niet."
        ),
        "Ongeveer 3.000 mensen moesten hun huizen in Velmora verlaten.",
        "Ongeveer 5.000 mensen moesten hun huizen in Velmora verlaten.",
        "De politie bevestigde het aantal vermisten.",
    ),
    "pt": (
        (
            "Cheia em Velmora\n"
            "Em Velmora, 2.984 pessoas deixaram as casas na terça-feira, disse a prefeita "
            "Ilse Brandt.\n"
            "A polícia não confirmou o número de desaparecidos."
        ),
        "Cerca de 3.000 pessoas deixaram as casas em Velmora.",
        "Cerca de 5.000 pessoas deixaram as casas em Velmora.",
        "A polícia confirmou o número de desaparecidos.",
    ),
}


@pytest.mark.parametrize("language", KNOWN)
def test_all_rules_hold_in_seven_languages(language: str) -> None:
    text, true, wrong_number, lost_negation = KNOWN[language]
    members = (MemberText(name="a", text=text),)

    assert () == ask(true, members=members, language=language).left_out
    for sentence, expected in ((wrong_number, GateRule.NUMBER), (lost_negation, GateRule.NEGATION)):
        assert [expected] == [
            left.rule for left in ask(sentence, members=members, language=language).left_out
        ]
    foreign = ask(true.replace("Velmora", "Osterby"), members=members, language=language)
    assert [GateRule.NAME] == [left.rule for left in foreign.left_out]


OTHERS = {
    "ja": (
        "洪水\n北川市で火曜日、川があふれ、3000人が避難した。死者はいない。",
        "北川市で3000人が避難した。",
        "南川市で5000人が避難した。",
    ),
    "zh": (
        "洪水\n北川市星期二发生洪水，3000人撤离。警方没有确认死亡人数。",
        "北川市3000人撤离。",
        "北川市5000人撤离。",
    ),
    "th": (
        "น้ำท่วม\nน้ำท่วมเมืองเชียงใหม่เมื่อวันอังคาร ประชาชน 3000 คนอพยพ",
        "ประชาชน 3000 คนอพยพ",
        "ประชาชน 5000 คนอพยพ",
    ),
    "ar": (
        "فيضان\nغادر 3000 شخص منازلهم في مدينة البصرة يوم الثلاثاء",
        "غادر 3000 شخص مدينة البصرة",
        "غادر 3000 شخص مدينة الموصل",
    ),
    "he": (
        "שיטפון\n3000 תושבים עזבו את העיר חיפה ביום שלישי",
        "3000 תושבים עזבו את חיפה",
        "3000 תושבים עזבו את אילת",
    ),
    "hi": (
        "बाढ़\nमंगलवार को पटना शहर में 3000 लोग घर छोड़कर गए",
        "पटना में 3000 लोग घर छोड़कर गए",
        "जयपुर में 3000 लोग घर छोड़कर गए",
    ),
    "ko": (
        "홍수\n화요일 부산에서 주민 3000명이 대피했다",
        "부산에서 주민 3000명이 대피했다",
        "대구에서 주민 3000명이 대피했다",
    ),
    "ru": (
        "Наводнение\nВо вторник в городе Вельск 3000 жителей покинули дома",
        "3000 жителей покинули дома в городе Вельск",
        "3000 жителей покинули дома в городе Омск",
    ),
}


@pytest.mark.parametrize("language", OTHERS)
def test_other_scripts_pass_what_is_said_and_nothing_else(language: str) -> None:
    text, true, wrong = OTHERS[language]
    members = (MemberText(name="a", text=text),)

    assert () == ask(true, members=members, language=language).left_out
    assert 1 == len(ask(wrong, members=members, language=language).left_out)


def test_a_text_without_sentence_marks_is_read() -> None:
    members = (
        MemberText(
            name="a", text="Ten boats sank\nTen boats sank off Arvik on Monday no sailors were hurt"
        ),
    )

    assert () == ask("On Monday, ten boats sank off Arvik.", members=members).left_out


@pytest.mark.parametrize(
    "text",
    [
        "“" * 100_000,
        "a " * 50_000,
        "1,000," * 15_000,
        "' a" * 30_000,
        "111 " * 25_000,
        "about million " * 7_000,
        "1" * 100_000,
        "A.B." * 25_000,
        "“a” said B. " * 8_000,
    ],
)
def test_hostile_members_and_drafts_end(text: str) -> None:
    members = (MemberText(name="a", text=text),)

    drafts = [DraftSentence(text=draft, cites=(1,)) for draft in (text, text[:500])]

    assert GateRule.MARKS == check_sentences(drafts, members, "en").left_out[0].rule


def test_two_hundred_members_are_read() -> None:
    members = tuple(MemberText(name=str(at), text=FLOOD) for at in range(200))

    assert () == ask("The damage may reach $40m.", members=members).left_out


@pytest.mark.parametrize(
    ("original", "translated", "languages"),
    [
        (
            "Hochwasser in Velmora: 3000 Menschen fliehen",
            "Flood in Velmora: 3,000 people flee",
            "de en",
        ),
        ("Macron trifft Scholz in Berlin", "Macron meets Scholz in Berlin", "de en"),
        ("French minister denies plan", "La ministre française nie le plan", "en fr"),
        ("Путин встретился с Макроном в Москве", "Putin met with Macron in Moscow", "ru en"),
    ],
)
def test_a_faithful_headline_passes(original: str, translated: str, languages: str) -> None:
    left = check_headline(original, translated, *languages.split())

    assert left is None or (languages == "ru en" and left.rule is GateRule.NAME)


@pytest.mark.parametrize(
    ("original", "translated", "expected"),
    [
        (
            "Hochwasser in Velmora: 3000 Menschen fliehen",
            "Flood in Velmora: 5,000 people flee",
            GateRule.NUMBER,
        ),
        ("Hochwasser in Velmora", "Flood in Osterby", GateRule.NAME),
        ("Minister tritt nicht zurück", "Minister to resign", GateRule.NEGATION),
        ("Deutscher Minister in Frankreich", "German minister in Italy", GateRule.NAME),
        ("Brandt: „Wir helfen“ in Velmora", "Brandt will help in Velmora", GateRule.QUOTATION),
        ("Regen", "Rain will fall everywhere in the country for the next ten days", GateRule.WORDS),
        ("Regen in Velmora", "<b>Rain</b> in Velmora", GateRule.MARKS),
    ],
)
def test_a_headline_that_says_something_else_is_refused(
    original: str, translated: str, expected: GateRule
) -> None:
    left = check_headline(original, translated, "de", "en")

    assert left is not None
    assert expected == left.rule
