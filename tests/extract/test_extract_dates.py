"""One time as somebody wrote it: in figures, in words, with a zone or without; or no time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from copydesk.extract.when import moments
from copydesk.extract.when.moments import Evidence, Moment

TEN = datetime(2018, 2, 5, 10, tzinfo=UTC)
NINE = TEN.replace(hour=9)
THE_DAY = TEN.replace(hour=0)
FIFTH = date(2018, 2, 5)


def read(value: str, evidence: Evidence = moments.NO_EVIDENCE) -> Moment:
    found = moments.parse(value, "test", evidence)
    assert found is not None, value
    return found


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2018-02-05T10:00:00+01:00", NINE),
        ("2018-02-05T10:00:00+0100", NINE),
        ("2018-02-05 10:00:00 +0100", NINE),
        ("2018-02-05T10:00:00.000000000Z", TEN),
        ("20180205T100000Z", TEN),
        ("2018-02-05 10:00:00 UTC", TEN),
        ("Mon, 05 Feb 2018 10:00:00 GMT", TEN),
        ("Mon Feb 05 2018 10:00:00 GMT+0100 (CET)", NINE),
        ("Mon Feb 5 10:00:00 CET 2018", NINE),
        ("Fri, 5 Feb 18 10:00:00 -0500", TEN.replace(hour=15)),
        ("February 5, 2018 5:00 am EST", TEN),
        ("Feb. 5, 2018 5 a.m. ET", TEN),
        ("10:00 GMT, 5 February 2018", TEN),
        ("5 February 2018 at 15:30 IST", TEN),
        ("1517824800", TEN),
        ("1517824800.25", TEN),
        ("1517824800000", TEN),
        ("/Date(1517824800000)/", TEN),
    ],
)
def test_a_time_with_its_zone_is_exact(value: str, at: datetime) -> None:
    found = read(value)

    assert (at, True) == (found.at, found.exact)


@pytest.mark.parametrize(
    "value",
    [
        "2018-02-05T10:00:00",
        "2018/02/05 10:00",
        "2018-2-5 10:00",
        "5.2.2018, 10:00 Uhr",
        "05.02.18 10.00 Uhr",
        "10:00, 5 February 2018",
        "10:00 AM, Feb 5, 2018",
        "2018年2月5日 10時00分",
        "2018년 2월 5일 10:00",
        "2018년 2월 5일 오전 10:00",
        "5 février 2018 à 10h00",
        "2018-02-05T10:00:00 02:00",
        "2018-02-05T10:00:00+99:00",
    ],
)
def test_a_time_without_a_zone_is_not_exact_and_keeps_its_day(value: str) -> None:
    found = read(value)

    assert (TEN, False, FIFTH) == (found.at, found.exact, found.day)


@pytest.mark.parametrize(
    "value",
    [
        *("2018-02-05", "20180205", "2018/02/05", "5.2.2018", "5. 2. 2018", "5.2.18", "5-Feb-18"),
        *("5th of February 2018", "February 5th, 2018", "Feb 5 2018", "2018 Feb 5", "2018-Feb-05"),
        *("2018-02-05T00:00:00Z", "2018-02-05T00:00:00+09:00", "2018-02-05T24:00:00"),
        *("2018.02.05", "2018. február 5.", "5 tháng 2, 2018", "5 tháng 2 năm 2018"),
    ],
)
def test_a_day_alone_is_that_day(value: str) -> None:
    found = read(value)

    assert (THE_DAY, False, FIFTH) == (found.at, found.exact, found.day)


@pytest.mark.parametrize(
    "value",
    [
        *("", "0000-00-00", "0000-00-00T00:00:00", "1970-01-01", "1970-01-01T00:00:00Z", "0", "12"),
        *("9999-12-31T23:59:59Z", "2018-13-45", "99/99/9999", "31.2.2018", "Tuesday", "2018"),
        *("February 2018", "5 Foo 2018", "192.168.12.11", "version 1.2.3.4", "now", "null"),
        *("0001-01-01T00:00:00+14:00", "12345678901234567890", "5 weeks ago"),
    ],
)
def test_what_names_no_possible_day_is_no_date(value: str) -> None:
    assert moments.parse(value) is None


@pytest.mark.parametrize(
    "value",
    [
        *(
            "5 Feb 2018 10:00 PM",
            "5 Feb 2018 at 10 p.m.",
            "10:00pm, 5 Feb 2018",
            "5 Feb 2018 22h00",
        ),
        *("2018年2月5日 下午10:00", "2018년 2월 5일 오후 10:00", "2018年2月5日 午後10時00分"),
    ],
)
def test_the_second_half_of_the_day_has_many_names(value: str) -> None:
    assert read(value).at == TEN.replace(hour=22)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2018-02-05T22:30:00-05:00", FIFTH),
        ("2018-02-06T00:30:00+02:00", date(2018, 2, 6)),
        ("2018-02-05T22:30:00", FIFTH),
        ("2018-02-05T22:30:00Z", None),
        ("2018-02-05T22:30:00+00:00", None),
        ("1517824800", None),
    ],
)
def test_the_day_is_the_one_where_it_was_written(value: str, day: date | None) -> None:
    assert day == read(value).day


@pytest.mark.parametrize(
    ("value", "evidence", "day"),
    [
        ("05/02/2018", Evidence(day_first=True), FIFTH),
        ("02/05/2018", Evidence(day_first=False), FIFTH),
        ("05-02-2018", Evidence(day_first=True), FIFTH),
        ("02/05/2018", Evidence(days=frozenset({date(2018, 2, 6)})), FIFTH),
        ("02/05/2018", Evidence(until=date(2018, 3, 1)), FIFTH),
        ("Mon, 02/05/2018 - 22:30", Evidence(), FIFTH),
        ("Mon, 02/05/2018 - 22:30", Evidence(day_first=True), FIFTH),
        ("25/12/2018", Evidence(day_first=False), date(2018, 12, 25)),
        ("12/25/2018", Evidence(day_first=True), date(2018, 12, 25)),
        ("05/05/2018", Evidence(), date(2018, 5, 5)),
    ],
)
def test_figures_are_read_by_evidence(value: str, evidence: Evidence, day: date) -> None:
    assert day == read(value, evidence).at.date()


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(),
        Evidence(days=frozenset({date(2018, 3, 20)})),
        Evidence(days=frozenset({date(2018, 2, 5), date(2018, 5, 2)})),
    ],
)
def test_figures_without_evidence_are_no_date(evidence: Evidence) -> None:
    assert moments.parse("05/02/2018", "test", evidence) is None


@pytest.mark.parametrize(
    ("passage", "day_first"),
    [("on 25/12/2018 and", True), ("on 12/25/2018 and", False), ("1/2/2018 25.12.2018", None)],
)
def test_one_day_above_twelve_tells_how_figures_stand(passage: str, day_first: bool | None) -> None:
    assert day_first is moments.order(passage)


@pytest.mark.parametrize(
    "words",
    [
        *("5 February 2018", "5. Februar 2018", "5. Feber 2018", "5 février 2018", "5 FÉV. 2018"),
        *("5 de febrero de 2018", "5 de febrero del 2018", "5 febbraio 2018", "5 feb. 2018"),
        *("5 de fevereiro de 2018", "5 februari 2018", "5 lutego 2018 r.", "5 февраля 2018 г."),
        *("5 Şubat 2018 Pazartesi", "5. helmikuuta 2018", "5. února 2018", "5. februára 2018"),
        *("5 februarie 2018", "5 Φεβρουαρίου 2018", "5 лютого 2018", "5 февруари 2018"),
        *("5 de febrer de 2018", "5. veebruar 2018", "5 Februari 2018", "maandag 5 februari 2018"),
        *("vendredi 5 fevrier 2018", "5. veljače 2018", "5 فبراير 2018"),
    ],
)
def test_the_languages_of_europe_name_their_months(words: str) -> None:
    assert THE_DAY == read(words).at


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("ET", date(2018, 2, 5), -5),
        ("ET", date(2018, 7, 5), -4),
        ("ET", date(2018, 3, 10), -5),
        ("ET", date(2018, 3, 11), -4),
        ("PT", date(2018, 11, 3), -7),
        ("PT", date(2018, 11, 4), -8),
        ("MESZ", date(2018, 7, 5), 2),
        ("jst", date(2018, 2, 5), 9),
    ],
)
def test_a_zone_is_known_by_its_name(name: str, day: date, hours: int) -> None:
    away = moments.zone_offset(name, day)

    assert away is not None
    assert 3_600 * hours == away.total_seconds()


def test_a_word_that_is_no_zone_has_no_offset() -> None:
    assert moments.zone_offset("UHR", FIFTH) is None
    assert not read("5 Feb 2018, 10:00 CLICK").exact


@pytest.mark.parametrize(
    "path",
    [
        *("/2018/02/05/ferry", "/2018/2/5/ferry.html", "/news/2018-02-05-ferry", "/x/20180205/y"),
        *("/ferry-2018.02.05", "/2018/feb/05/ferry"),
        *(
            "/2018feb05/ferry",
            "/201802/t20180205_123.html",
            "/2018/0205/ferry",
            "/x?date=2018-02-05",
        ),
    ],
)
def test_an_address_holds_its_day(path: str) -> None:
    assert moments.day_in_address(f"https://www.harbour.example{path}") == FIFTH


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/2018/02/ferry",
            "/ferry-420180205123",
            "/2018/13/45/x",
            "/20160820205919/x",
            "/1970/01/01",
        ),
        *("/2018", "/", "/v2.0.18/x", "/2018/ferry/05"),
    ],
)
def test_other_figures_of_an_address_are_no_day(path: str) -> None:
    assert moments.day_in_address(f"https://www.harbour.example{path}") is None


def test_an_address_may_hold_a_month_only() -> None:
    assert moments.month_in_address("https://www.harbour.example/2018/02/ferry") == (2018, 2)
    assert moments.month_in_address("https://www.harbour.example/2018/13/ferry") is None
