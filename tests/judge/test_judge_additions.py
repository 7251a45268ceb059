"""Sentences that other newsrooms' reports add to the main story of an event."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copydesk.judge.coverage import choose_additions
from copydesk.news import Beat, Provider, Reason, Ruling, Shelved, Story, Verdict
from copydesk.news.beat import ExcerptRule, Organization, Scoring
from copydesk.news.story import Addition
from judge.covered import BEAT, NOON, Desk, ruled, story

LEAD = (
    "The council of Port Sable voted on Thursday to raise the sea wall by two metres.\n\n"
    "The work begins in March and costs 41 million crowns, of which the province pays half."
)
NEW = (
    "Engineer Marek Olsen told the council of Port Sable that the sea wall lost 112 stones in May."
)
FILLER = "The council of the town met in the evening to speak about the wall and the harbour.\n\n"


def shelve(name: str = "heron", text: str = NEW, excerpt: str = "") -> Shelved:
    one = story(name, language="en", group="gull", excerpt=excerpt)
    return Shelved(story=one, text=text, quotable=len(text))


def choose(*beside: Shelved, beat: Beat = BEAT, lead: str = LEAD) -> tuple[Addition, ...]:
    leader = replace(shelve("gull", lead), story=story("gull", "Sea wall to rise", group="gull"))
    return choose_additions(leader, beside, beat, {})


def texts(*beside: Shelved, beat: Beat = BEAT) -> list[str]:
    return [addition.text for addition in choose(*beside, beat=beat)]


def test_a_sentence_with_new_facts_is_quoted_with_its_source_and_the_reason() -> None:
    expected = Addition(text=NEW, story="heron", why="name Engineer Marek Olsen, figure 112")
    assert (expected,) == choose(shelve(text=FILLER + NEW))


VOICE = (
    '"The sea has come to our doors four times since Christmas," said Ada Holm, who lives in '
    "Port Sable near the sea wall of the council."
)


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        (VOICE, "name Ada Holm, a person is quoted"),
        ("The sea wall that the council of Port Sable built held 900 tonnes.", "figure 900"),
        ("The council of Port Sable asked Brightwater Stone to build the sea wall.", "Brightwater"),
    ],
)
def test_a_voice_a_figure_and_a_name_are_facts(sentence: str, why: str) -> None:
    assert [sentence] == texts(shelve(text=sentence))
    assert why in choose(shelve(text=sentence))[0].why


SURNAME = f"Engineer Marek Olsen came.\n\n{NEW.replace('Engineer Marek ', '')}"
WITHIN = f"“It was a long night. {NEW} Everybody came,” Ada Holm said."
OTHER_COSTS = "The work on the sea wall in Port Sable costs 55 million crowns."
ARABIC = "صوت مجلس المدينة يوم الخميس على رفع الجدار البحري مترين كاملين في 112 يوما." * 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(NEW.replace("Engineer", "He and engineer"), id="begins with a pronoun"),
        pytest.param(NEW.replace("Engineer", "Meanwhile, engineer"), id="goes on"),
        pytest.param(NEW.replace("Engineer Marek", "The man"), id="says who it is elsewhere"),
        pytest.param(SURNAME, id="surname"),
        pytest.param("On the wall of the council he had lost 112 stones near Port Sable.", id="he"),
        pytest.param(NEW.replace("Engineer", "We asked engineer"), id="speaks of itself"),
        pytest.param(NEW.replace("Marek", "(Photo: Getty) Marek"), id="credits a picture"),
        pytest.param(NEW.replace("told", "told Reuters in"), id="names an agency"),
        pytest.param(f"PORT SABLE - {NEW}", id="dateline"),
        pytest.param(NEW[:-1], id="without a full stop"),
        pytest.param(f"{NEW[:-1]} …", id="breaks off"),
        pytest.param(NEW.replace("told", '"told'), id="half of a quotation"),
        pytest.param(WITHIN, id="within one"),
        pytest.param(f"“It was a long night for us.\n\n“{NEW} Everybody came.”", id="paragraphs"),
        pytest.param(f"- {NEW}", id="in a list"),
        pytest.param(f"> {NEW}", id="in a quotation"),
        pytest.param(f"## {NEW}", id="heading"),
        pytest.param("\n\n".join([NEW] * 1000), id="a thousand times"),
        pytest.param(NEW.replace("112", "112 in 2"), id="fine"),
        pytest.param(OTHER_COSTS, id="contradicts"),
        pytest.param(LEAD.replace("Thursday", "Friday"), id="says nothing new"),
        pytest.param("Marek Olsen won a prize for the rye bread of his bakery in Oslo.", id="off"),
        pytest.param(NEW.replace(".", " ") * 9000, id="no full stops"),
        pytest.param("议会周四投票决定将海堤加高两米，耗资4100万克朗。" * 20, id="chinese"),
        pytest.param(ARABIC, id="arabic"),
    ],
)  # fmt: skip
def test_what_does_not_stand_alone_is_not_quoted(text: str, request: pytest.FixtureRequest) -> None:
    is_fine = request.node.callspec.id == "fine"
    assert is_fine == bool(texts(shelve(text=text)))


def verdict(said: str) -> Verdict:
    return Verdict(by="Ed", at=NOON, said=said, why="so")  # type: ignore[arg-type]


OWNED = {
    name: Organization(domain=name, name=name, owner="One Owner")
    for name in ("gull.example", "heron.example")
}
NONE = Ruling(
    said="set", by="Ed", at=NOON, why="court", stories=("heron",), values=("additions", "none")
)
BLOCK = Ruling(said="block", by="Ed", at=NOON, why="so", values=("heron.example",))


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": verdict("hold")},
        {"verdict": verdict("reject")},
        {"verdict": verdict("remove")},
        {"reasons": (Reason(about="held", why="waits"),)},
        {"reasons": (Reason.exclusion("blocked by Ed: heron.example (so)"),)},
        {"copy_of": "gull"},
        {"access": "gone"},
        {"refuses": ("snippet",)},
        {"credit": "Reuters"},
        {"language": "de"},
        {"provider": Provider(name="Gull", domain="gull.example")},
        {"provider": None},
    ],
    ids=" ".join,
)
def test_some_reports_are_never_quoted(fields: dict[str, object]) -> None:
    lender = shelve()
    assert texts(lender)
    assert [] == texts(replace(lender, story=replace(lender.story, **fields)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "beat",
    [
        replace(BEAT, organizations=OWNED),
        replace(BEAT, rulings=(NONE,)),
        replace(BEAT, rulings=(replace(NONE, stories=("gull",)),)),
        replace(BEAT, rulings=(BLOCK,)),
        replace(BEAT, excerpt=ExcerptRule(additions=0)),
        replace(BEAT, excerpt=ExcerptRule(max_characters=50)),
        replace(BEAT, locale="de"),
        replace(BEAT, scoring=Scoring(profile="everyday")),
    ],
    ids=["owner", "rule", "rule on the main story", "block", "off", "short", "locale", "everyday"],
)
def test_owner_rules_and_settings_forbid_to_quote(beat: Beat) -> None:
    assert [] == texts(shelve(), beat=beat)


def test_excerpt_and_sentence_together_stay_within_what_may_be_shown() -> None:
    lender = shelve(excerpt="An excerpt.")
    whole = len(NEW) + len("An excerpt.")

    assert [NEW] == texts(replace(lender, quotable=whole))
    assert [] == texts(replace(lender, quotable=whole - 1))


def test_a_text_that_two_newsrooms_have_is_neither_ones_own() -> None:
    assert [] == texts(shelve(), shelve("crow"))


OTHERS = (
    "Mayor Ilse Brandt said in Port Sable that the council pays 300 divers for the sea wall.",
    "Fisherman Jon Dahl told the council of Port Sable that the sea wall needs 17 gates.",
    "Teacher Eva Moen asked the council of Port Sable to move 260 pupils from the sea wall.",
    "Baker Tor Lund gave the council of Port Sable 5,000 crowns for the sea wall.",
)


def test_at_most_three_newsrooms_are_quoted_with_a_sentence_each() -> None:
    lenders = [shelve(f"n{at}", f"{FILLER}{text}") for at, text in enumerate(OTHERS)]
    lenders[0] = shelve("n0", f"{OTHERS[0]}\n\n{NEW}")
    chosen = choose(*lenders)

    assert 3 == len(chosen)
    assert 3 == len({addition.story for addition in chosen})


def test_sixty_newsrooms_and_long_texts_are_searched_in_part() -> None:
    lenders = [shelve(f"n{at}", FILLER * 12_000) for at in range(60)]  # 1 MB each
    lenders[0] = shelve("n0", f"{NEW}\n\n{FILLER * 12_000}")
    assert [NEW] == texts(*lenders)


DE = "Ingenieurin Eva Moen sagte dem Rat von Port Sable, dass die Mauer am Meer 112 Steine verlor."


def test_german_sentences_are_quoted_on_a_german_site() -> None:
    lender = shelve(text=f"Der Rat stritt lange.\n\nSie lobte 300 Taucher aus dem Meer.\n\n{DE}")
    lender = replace(lender, story=replace(lender.story, language="de"))
    lead = "Der Rat von Port Sable will die Mauer am Meer erhöhen, sagte die Stadt den Bürgern."
    assert [DE] == [one.text for one in choose(lender, beat=replace(BEAT, locale="de"), lead=lead)]


# ---- in a round: the record of the main story has them, as long as they may be shown


class QuotingDesk(Desk):
    """A desk whose publishers let all of their texts be quoted."""

    def __init__(self, beat: Beat = BEAT) -> None:
        super().__init__(beat)
        self.texts = {"gull": LEAD, "heron": NEW}
        self.round(wall("gull", 90), wall("heron", 80))

    def read(self, name: str) -> Shelved:
        shelved = super().read(name)
        return replace(shelved, quotable=len(shelved.text) or None)

    @property
    def shown(self) -> dict[str, list[str]]:
        filed = self.filed.items()
        return {name: [a.text for a in one.additions] for name, one in filed if one.additions}


def wall(name: str, quality: int) -> Story:
    return story(name, "Sea wall of Port Sable to rise by two metres", quality, language="en")


def test_the_record_of_the_main_story_has_them() -> None:
    assert {"gull": [NEW]} == QuotingDesk().shown


def test_another_main_story_has_other_ones() -> None:
    desk = QuotingDesk()
    desk.beat = replace(BEAT, rulings=(ruled("lead", "heron"),))
    desk.round()
    assert {"heron"} == desk.leaders()
    assert "gull" not in desk.shown


@pytest.mark.parametrize("said", ["hold", "reject", "remove"])
def test_the_next_round_drops_the_sentence_of_a_report_that_an_editor_stopped(said: str) -> None:
    desk = QuotingDesk()
    desk.filed["heron"] = replace(desk.filed["heron"], verdict=verdict(said))
    desk.round()
    assert {} == desk.shown


@pytest.mark.parametrize("name", ["gull", "heron"])
def test_the_next_round_obeys_a_rule_against_them(name: str) -> None:
    desk = QuotingDesk()
    desk.beat = replace(BEAT, rulings=(replace(NONE, stories=(name,)),))
    desk.round()
    assert {} == desk.shown


def test_a_corrected_report_is_quoted_as_it_is_now() -> None:
    desk = QuotingDesk()
    other = NEW.replace("112", "350")
    desk.texts = {**desk.texts, "heron": other}
    assert set() == desk.round()  # nothing new, nothing changes
    desk.rejudged = frozenset({"_news/heron.md"})
    desk.round()
    assert {"gull": [other]} == desk.shown


def test_without_a_stored_text_the_sentence_stays_until_its_report_may_not_be_quoted() -> None:
    desk = QuotingDesk()
    desk.texts = {}
    desk.round(wall("crow", 70))
    assert {"gull": [NEW]} == desk.shown
    desk.filed["heron"] = replace(desk.filed["heron"], access="gone")
    desk.round()
    assert {} == desk.shown
