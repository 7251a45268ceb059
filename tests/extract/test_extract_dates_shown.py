"""Dates that a page shows to its readers: which of them is the article's, and what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk import extract
from copydesk.news import Article
from extract.given import BEAT, BODY, NOW, SENTENCES, article, document, lead, page

URL = "https://www.harbour.example/ferry"
TEN = datetime(2026, 2, 5, 10, tzinfo=UTC)
THE_DAY = TEN.replace(hour=0)
NEXT_DAY = datetime(2026, 2, 6, 11, 30, tzinfo=UTC)


def read(body: str, *, lang: str = "en", head: str = "", masthead: str = "") -> Article:
    """Read an article whose address tells no date."""
    html = document(head, body).replace("lang='en'", f"lang='{lang}'")
    html = html.replace("<body>", f"<body>{masthead}")
    found = extract.read(page(html, url=URL), lead(URL), BEAT)
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "Published: 5 February 2026 10:00. Last updated 6 February 2026 11:30"),
        ("de", "Veröffentlicht am 05.02.2026 um 10:00 Uhr | Aktualisiert am 06.02.2026, 11:30 Uhr"),
        ("de", "Erstellt: 05.02.2026, 10:00 Uhr, zuletzt geändert: 06.02.2026, 11:30 Uhr"),
        ("fr", "Publié le 05/02/2026 à 10h00 - Modifié le 06/02/2026 à 11h30"),
        ("es", "Publicado el 5 de febrero de 2026 a las 10:00. Actualizado: 06/02/2026 11:30"),
        ("it", "Pubblicato il 5 febbraio 2026 alle 10.00 (aggiornato 6 febbraio 2026 11.30)"),
        ("pt-BR", "05/02/2026 10h00 - Atualizado em 06/02/2026 11h30"),
        ("nl", "Gepubliceerd: 5 februari 2026 10:00 | Bijgewerkt: 6 februari 2026 11:30"),
        ("pl", "Opublikowano: 5 lutego 2026, 10:00 Aktualizacja: 6 lutego 2026, 11:30"),
        ("ru", "Опубликовано 5 февраля 2026, 10:00 / Обновлено 6 февраля 2026, 11:30"),
        ("tr", "Giriş: 05.02.2026 10:00 | Güncelleme: 06.02.2026 11:30"),
        ("sv", "Publicerad 5 februari 2026 kl 10.00 | Uppdaterad 6 februari 2026 kl 11.30"),
        ("da", "Publiceret 5. februar 2026 kl. 10.00 – opdateret 6. februar 2026 kl. 11.30"),
        ("fi", "Julkaistu 5.2.2026 klo 10.00, päivitetty 6.2.2026 klo 11.30"),
        ("ja", "公開 2026年2月5日 10:00 更新 2026年2月6日 11:30"),
        ("ko", "입력 2026.02.05 10:00 | 수정 2026.02.06 11:30"),
        ("zh", "发布时间：2026-02-05 10:00 更新：2026-02-06 11:30"),
    ],
)
def test_a_line_tells_both_times_in_its_language(lang: str, line: str) -> None:
    found = read(f"<p>{line}</p>{BODY}", lang=lang)

    assert (TEN, NEXT_DAY) == (found.published_at, found.updated_at)


@pytest.mark.parametrize(
    "line",
    [
        "<time>5 Feb 2026, 10:00 GMT</time>",
        "<time datetime=''>5 Feb 2026, 10:00 GMT</time>",
        "<time datetime='2026-02-05T11:00+01:00'>yesterday</time>",
        "<abbr class='published' title='2026-02-05T11:00:00+01:00'>5 Feb</abbr>",
        "<span itemprop='datePublished' content='2026-02-05T11:00:00+01:00'>5 Feb</span>",
        "<meta itemprop='datePublished' content='2026-02-05T11:00:00+01:00'>",
        "<relative-time datetime='2026-02-05T10:00:00Z'>in February</relative-time>",
        "<div class='dateline'><span>Thu 5 Feb 2026</span> <span>at 10:00am GMT</span></div>",
        "<p>Mara Holt | 11:00 CET, 5 February 2026 | 4 min read</p>",
    ],
)
def test_a_time_beside_the_headline_is_exact(line: str) -> None:
    assert read(line + BODY).published_at == TEN


@pytest.mark.parametrize(
    "line",
    [
        "<dl><dt>Date</dt><dd>5 Feb 2026</dd><dt>Author</dt><dd>Mara</dd></dl>",
        "<table><tr><td>Published:</td><td>5 Feb 2026</td></tr></table>",
        "<a href='/@mara'>Mara Holt</a> <span>·</span> <span>Feb 5, 2026</span> <i>4 min read</i>",
        "<p>FEB 05, 2026</p>",
        "<a href='/ferry'>February 5, 2026</a>",
        "<p>After the storm, by Mara Holt-Andersen | 5 February 2026</p>",
    ],
)
def test_a_day_beside_the_headline_is_found(line: str) -> None:
    found = read(line + BODY)

    assert (THE_DAY, "2026-02-05") == (found.published_at, found.published_day)


@pytest.mark.parametrize(
    "line",
    [
        f"<p>It was opened on 3 May 2021. {' '.join(SENTENCES)}</p>",
        "<footer>© 2 February 2026 Harbour Times</footer>",
        "<p>Retrieved 2 February 2026</p>",
        "<p>Photo: Mara Holt, 2 February 2026</p>",
        "<p>Deadline: 2 February 2026</p>",
        "<p>Open 2 February 2026 – 4 February 2026</p>",
        "<div class='comments'><p>2 February 2026: Well done.</p></div>",
        "<ul class='calendar'><li>2 February 2026</li></ul>",
        "<p class='teaser'><a href='/other'>2 February 2026: another ship</a></p>",
        "<p><a href='/other'>2 February 2026: another ship</a></p>",
        "<select><option>2 February 2026</option></select>",
        "<table><tr><td>2 February 2026</td><td>12 ferries</td></tr></table>",
        "<table><tr><td><time datetime='2026-02-02'>2 Feb</time></td><td>12</td></tr></table>",
        "<p>Released with version 1.2.26</p>",
    ],
)
def test_a_date_of_something_else_is_not_the_articles(line: str) -> None:
    with_another = read(f"<p>Mara Holt, 5 February 2026</p>{line}{BODY}")
    before_it = read(f"{line}<p>Mara Holt, 5 February 2026</p>{BODY}")

    assert THE_DAY == with_another.published_at == before_it.published_at


def test_what_the_feed_tells_stands_before_what_is_only_shown() -> None:
    html = document(body=f"<p>Mara Holt, 5 February 2026</p>{BODY}")
    told = replace(lead(URL), published_at=NOW.replace(day=9))

    found = extract.read(page(html, url=URL), told, BEAT)

    assert isinstance(found, Article)
    assert ("lead", NOW.replace(day=9)) == (found.origins["published_at"], found.published_at)


@pytest.mark.parametrize(
    ("declared", "day"),
    [
        ("2026-02-05T22:30:00-05:00", "2026-02-05"),
        ("2026-02-05T22:30:00Z", "2026-02-05"),
        ("2026-02-05T22:30:00", "2026-02-05"),
        ("2026-02-05", "2026-02-05"),
    ],
)
def test_the_publishers_day_is_kept(declared: str, day: str) -> None:
    found = article(f"<meta property='article:published_time' content='{declared}'>")

    assert day == found.published_day == extract.fields(found)["published_day"]["value"]


def test_a_day_in_utc_is_the_one_that_readers_see_in_the_time_element() -> None:
    found = read(f"<time datetime='2026-02-05T23:30:00Z'>6 February 2026</time>{BODY}")

    assert found.published_at == datetime(2026, 2, 5, 23, 30, tzinfo=UTC)
    assert found.published_day == "2026-02-06"


def test_the_same_moment_with_its_zone_tells_the_day() -> None:
    head = (
        "<meta property='article:published_time' content='2026-02-06T06:35:29Z'>"
        "<meta name='parsely-pub-date' content='2026-02-05T22:35:29-08:00'>"
    )

    assert read(BODY, head=head).published_day == "2026-02-05"


def test_an_address_that_agrees_with_utc_settles_the_day() -> None:
    url = "https://www.harbour.example/2026/02/05/ferry"
    head = "<meta property='article:published_time' content='2026-02-05T23:30:00Z'>"
    html = document(head, f"<p>Mara Holt, 6 February 2026</p>{BODY}")

    found = extract.read(page(html, url=url), lead(url), BEAT)

    assert isinstance(found, Article)
    assert found.published_day == "2026-02-05"


def test_a_days_own_clock_never_moves_the_time() -> None:
    head = "<meta property='article:published_time' content='2026-02-05T23:30:00Z'>"

    found = read(f"<p>Mara Holt, 6 February 2026</p>{BODY}", head=head)

    assert found.published_at == datetime(2026, 2, 5, 23, 30, tzinfo=UTC)
    assert found.published_day == "2026-02-06"


def test_a_day_farther_than_any_zone_is_another_day() -> None:
    head = "<meta property='article:published_time' content='2026-02-05T23:30:00Z'>"

    found = read(f"<p>Mara Holt, 8 February 2026</p>{BODY}", head=head)

    assert found.published_day == "2026-02-05"


def test_today_above_the_headline_is_the_mastheads() -> None:
    found = read(BODY, masthead="<p class='date'>Tuesday, 10 March 2026</p>")

    assert found.origins["published_at"] == "found"


def test_today_in_the_byline_is_the_articles() -> None:
    found = read(f"<p>Mara Holt, 10 March 2026</p>{BODY}")

    assert found.published_at == NOW.replace(hour=0)
    assert found.origins["published_at"] == "byline"


def test_a_site_name_above_is_not_the_headline() -> None:
    html = (
        "<html lang='en'><title>Ferry aground | harbour.example</title>"
        "<body><h1>harbour.example</h1><p>1 March 2026</p><p>Market day</p>"
        f"<h2>Ferry aground</h2><p>Mara Holt</p><p>5 February 2026</p>{BODY}</body></html>"
    )

    found = extract.read(page(html, url=URL), lead(URL), BEAT)

    assert isinstance(found, Article)
    assert found.published_at == THE_DAY


@pytest.mark.parametrize(
    ("url", "elsewhere"),
    [
        ("https://www.harbour.example/2025/02/ferry", ""),
        (URL, "<img src='/pictures/20250205-ferry.jpg' alt=''>"),
        (URL, "<a href='/days/2025-02-05/'>All of that day</a>"),
    ],
)
def test_a_day_without_a_year_is_of_a_year_that_something_tells(url: str, elsewhere: str) -> None:
    html = document(body=f"<p class='date'>5 February, 10:00</p>{BODY}{elsewhere}")

    found = extract.read(page(html, url=url), lead(url), BEAT)

    assert isinstance(found, Article)
    assert found.published_at == TEN.replace(year=2025)


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://www.harbour-example.co.uk/ferry", "02/01/2026"),
        ("https://www.harbour-example.us/ferry", "01/02/2026"),
    ],
)
def test_a_country_writes_its_figures_in_its_way(url: str, written: str) -> None:
    html = document(body=f"<p>Posted {written}</p>{BODY}")

    found = extract.read(page(html, url=url), lead(url), BEAT)

    assert isinstance(found, Article)
    assert found.published_at == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_video_is_published_when_it_is_uploaded() -> None:
    head = (
        "<script type='application/ld+json'>"
        '{"@type":"VideoObject","name":"Ferry","uploadDate":"2026-02-05T10:00:00Z"}</script>'
    )

    assert read(BODY, head=head).published_at == TEN


def test_a_change_in_the_moment_of_the_fetch_is_none() -> None:
    change = "<meta property='article:modified_time' content='2026-03-10T11:59:50Z'>"
    article_ = "<meta property='article:published_time' content='2026-02-05T10:00:00Z'>"

    assert read(BODY, head=article_ + change).updated_at is None


def test_a_publication_in_the_moment_of_the_fetch_gives_way_to_the_feed() -> None:
    head = "<meta property='article:published_time' content='2026-03-10T11:59:50Z'>"
    told = NOW.replace(day=9)

    assert article(head).published_at == NOW.replace(hour=11, minute=59, second=50)
    assert article(head, published_at=told).published_at == told
