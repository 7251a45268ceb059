"""How like two documents are: by words in any form, by names, by meaning where it is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copydesk import measure
from copydesk.judge.clustering import Stream
from copydesk.judge.clustering.documents import NewsDocument
from judge.covered import QUAKES, ROBOT, document


def like(one: str, other: str, language: str = "en") -> float:
    [found] = measure.similarities(
        [(document("a", one, language=language), document("b", other, language=language))]
    )
    return found


@pytest.mark.parametrize(
    ("language", "one", "same", "other"),
    [
        ("en", "Fishermen protested", "Fisherman protests", "Fishing rod sold"),
        ("de", "Hafenarbeiter streiken", "Streik der Hafenarbeiter", "Hafen gesperrt"),
        ("de", "Impfstoffzulassung verzögert", "Zulassung des Impfstoffs", "Zuckerrüben geerntet"),
        ("ru", "Выборы в Вельморе", "Вельмора выбирает", "Вельветовые куртки"),
        ("es", "Huelga de pescadores", "Los pescadores, en huelga", "Pesca de altura"),
        ("fi", "Velmoran satamassa", "Velmoran satama", "Velmun talossa"),
        ("zh", "维尔莫拉港口罢工", "港口罢工维尔莫拉", "维生素价格上涨"),
    ],
)
def test_other_forms_of_words_are_alike(language: str, one: str, same: str, other: str) -> None:
    assert like(one, same, language) > 2 * like(one, other, language)


def test_accents_and_capitals_do_not_part_names() -> None:
    assert like("Şimşek Müller", "SIMSEK MULLER") > 0.5


def test_equal_documents_are_fully_alike_and_empty_ones_not_at_all() -> None:
    assert like(QUAKES[0], QUAKES[0]) == pytest.approx(1.0, abs=1e-3)
    assert like("", "") == like("", QUAKES[0]) == 0.0
    assert measure.similarities([]) == []


def test_stop_words_are_no_likeness() -> None:
    assert like("What the mayor did after it was over", "Who the whales are and what they do") < 0.1


def test_words_of_every_day_count_less_than_rare_ones() -> None:
    usual = like("Government says new plan on Monday", "Government says year of people on Monday")
    rare = like("Bakers of Velmora sue Saltholm", "Bakers of Velmora paint Saltholm")
    assert like("Penguins sue zeppelin", "Penguins paint zeppelin") > 0.4
    assert rare > 0.4
    assert usual < 1


def test_headlines_weigh_against_long_texts() -> None:
    text = "The court of Velmora heard the case of the harbour contracts. " * 30
    charge, verdict = "Orlov charged with bribery", "Jury clears Orlov"
    pairs = [
        (document("a", charge, text=text), document("b", other, text=text))
        for other in (charge, verdict)
    ]
    same, other = measure.similarities(pairs)
    assert other < same - 0.1


NEAR = bytes([10, 236, 30, 5] * 96)
FAR = bytes([226, 7, 3, 40] * 96)


def placed(vector: bytes, first: bytes = NEAR) -> tuple[str, float]:
    stream = Stream()
    stream.add(replace(document("a", QUAKES[0]), vector=first))
    place = stream.place(replace(document("b", QUAKES[2]), vector=vector))
    return place.group, place.similarity


def test_meaning_counts_beside_words() -> None:
    words = placed(b"")[1]
    assert placed(NEAR)[1] > words > placed(FAR)[1]


@pytest.mark.parametrize("vector", [b"", bytes(384)])
def test_where_meaning_is_not_known_words_count_as_ever(vector: bytes) -> None:
    assert placed(vector) == placed(b"", b"") == placed(NEAR, vector)


def test_meaning_alone_brings_nothing_together() -> None:
    stream = Stream()
    stream.add(replace(document("a", QUAKES[0]), vector=NEAR))
    assert stream.add(replace(document("b", ROBOT), vector=NEAR)) == "b"


def test_what_a_stream_has_seen_is_rarer_no_more() -> None:
    def joined(before: int) -> float:
        stream = Stream()
        for at in range(before):
            stream.add(document(f"x{at}", f"Velmora ra{at}ku to{at}mi ze{at}bo"))
        stream.add(document("a", "Velmora bakers sue"))
        place = stream.place(document("b", "Velmora whales sing"))
        return {place.group: place.similarity, **dict(place.near)}.get("a", 0.0)

    assert joined(300) < joined(0) - 0.1


def test_a_text_counts_by_its_beginning() -> None:
    def place(text: str) -> str:
        stream = Stream()
        stream.add(document("a", "Storm", text=f"{QUAKES[0]}. {QUAKES[1]}."))
        return stream.add(NewsDocument(key="b", title="Update", text=text))

    assert place(f"{QUAKES[2]}. {QUAKES[4]}.") == "a"
    assert place("Penguins heard a robot choir sing. " * 60 + f"{QUAKES[2]}. {QUAKES[4]}.") == "b"


@pytest.mark.parametrize(
    "other", ["48.000 seals counted", "48000 seals counted", "48\u202f000 seals counted"]
)
def test_a_figure_is_one_word_in_every_spelling(other: str) -> None:
    assert like("48,000 seals counted", other) == pytest.approx(1.0, abs=1e-3)


def test_two_figures_have_no_zeros_in_common() -> None:
    assert like("Hall for 48,000", "Boat of 13,000") == 0.0


@pytest.mark.parametrize(
    ("running", "plain"),
    [
        ("LIVE: Harbour of Velmora closed", "Harbour of Velmora closed"),
        ("Harbour of Velmora closed - live updates", "Harbour of Velmora closed"),
        ("Velmora quake latest: harbour closed", "Velmora quake: harbour closed"),
        ("Liveticker: Hafen gesperrt", "Hafen gesperrt"),
    ],
)
def test_the_fixed_part_of_a_running_headline_is_no_likeness(running: str, plain: str) -> None:
    assert like(running, plain) == pytest.approx(1.0, abs=1e-3)


def test_a_live_concert_is_no_running_headline() -> None:
    assert like("Penguins live: robot orchestra plays", "Live by the sea") == 0.0
    assert like("Penguins watch live concert", "Penguins watch concert") < 0.96


NAME = "Quillmarsh"
SPEECH = (
    f"{NAME} opened the new tram line and praised its drivers. {NAME} rode to the last stop; "
    "children waved paper flags, ate a bun and told jokes about wheels, tunnels and timetables. "
    "Passengers will pay two crowns a ride, half of what the ferry costs, until autumn. Critics "
    f"call the depot ugly, too near the orchard. {NAME}, {NAME} again, {NAME} everywhere."
)
LAWSUIT = (
    f"A judge threw out the complaint of a former gardener against {NAME}. Lawyers had argued "
    f"nine months over unpaid wages and a broken greenhouse. {NAME} was not in court. The verdict "
    f"may be appealed within thirty days, said a clerk. {NAME} denied all: {NAME} owes nobody "
    f"anything, neither spades nor boots, compost or rakes, {NAME} said, leaving by the back door."
)


def test_one_famous_name_brings_no_articles_together() -> None:
    stream = Stream()
    stream.add(document("a", f"{NAME}, {NAME}", text=SPEECH))
    [found] = stream.compare(document("b", f"{NAME}: {NAME}", text=LAWSUIT))
    assert found.similarity > found.needed
    assert found.veto == "likeness"
    assert stream.add(document("b", f"{NAME}: {NAME}", text=LAWSUIT)) == "b"
