"""copydesk eval recall: somebody's list of stories, sorted by where they stand with us."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from world.command import Said, copydesk
from world.newsroom import (
    WALL,
    Answer,
    feed,
    newsroom,
    page,
    record_web,
    small_web,
)

NOW = "2026-11-20T08:00:00Z"
THURSDAY = "Thu, 19 Nov 2026 12:00:00 GMT"
TERN = "https://tern.example"
TERN_FEED = f"{TERN}/feed.xml"
# What the Tern reports: the list is its feed, and our newsroom does not read it.
LISTED = (
    ("Sea wall at Port Sable to rise by two metres, council votes", f"{TERN}/sea-wall", THURSDAY),
    ("Lighthouse keeper retires after forty years", f"{TERN}/keeper", THURSDAY),
    ("Grey seals are back", "https://heron.example/seals?utm_medium=rss", THURSDAY),
    ("Bakery wins prize", "https://gull.example/bakery", THURSDAY),
    ("Ferry to the coast is late", "https://gull.example/ferry", THURSDAY),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a newsroom after a round over its web, and that web."""
    folder = tmp_path_factory.mktemp("recall")
    web = {
        **small_web(),
        "https://gull.example/feed.xml": feed(
            ("Sea wall to rise by two metres", "https://gull.example/wall", THURSDAY),
            ("Bakery wins prize", "https://gull.example/bakery", THURSDAY),
            ("Ferry to the coast is late", "https://gull.example/ferry", THURSDAY),
        ),
        "https://gull.example/wall": page("Sea wall to rise by two metres", WALL),
        "https://gull.example/ferry": Answer(status="500 Internal Server Error"),
        TERN_FEED: feed(*LISTED),
    }
    record_web(folder / "web.warc.gz", web)
    root = newsroom(folder / "beat")
    ran = copydesk("run", "-C", root, "--now", NOW, "--web", folder / "web.warc.gz")
    assert 0 == ran.code, ran.err
    return folder


def recall(world: Path, place: object, *more: object) -> Said:
    options = ("-C", world / "beat", "--now", NOW, "--web", world / "web.warc.gz")
    return copydesk("eval", "recall", place, *options, *more)


def measure(world: Path, place: object, *more: object) -> Any:
    said = recall(world, place, "--json", *more)
    assert 0 == said.code, said.err
    return said.json()


def test_the_stories_of_a_source_that_is_none_of_ours_are_sorted_into_five_kinds(
    world: Path,
) -> None:
    found = measure(world, TERN_FEED)

    wall, keeper, seals, bakery, ferry = found["traces"]
    assert ("have", "_news/2026-11-19-grey-seals-are-back-on-the-coast.md", "below-gate") == (
        seals["kind"],
        seals["path"],
        seals["standing"],
    )
    assert ("covered", "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md") == (
        wall["kind"],
        wall["path"],
    )
    assert "joined at similarity" in wall["detail"]
    assert ("dropped", "off-beat") == (bakery["kind"], bakery["reason"])
    assert ("open", "failed") == (ferry["kind"], ferry["reason"])
    assert "500" in ferry["detail"]
    assert ("unseen", "") == (keeper["kind"], keeper["source"])
    assert {"have": 1, "covered": 1, "dropped": 1, "open": 1, "unseen": 1} == found["kinds"]
    assert (5, 0.4, 0.2) == (found["stories"], found["share"], found["own"])


def test_the_table_says_how_much_we_had_and_why_we_have_not_the_rest(world: Path) -> None:
    said = recall(world, TERN_FEED)

    assert 0 == said.code
    assert "the list has 5 stories, 40% of them also on your site" in said.out
    for line in (
        "1  covered by another publisher",
        "0 of 2 stories on gull.example (a source)",
        "1 of 2 stories on tern.example (not a source)",
        "off-beat",
        "its website is not a source",
    ):
        assert line in said.out
    assert "1 of 5" not in said.err


def test_a_table_of_addresses_and_titles_is_a_list(world: Path, tmp_path: Path) -> None:
    lines = "".join(f'"{title}",{url},2026-11-19\n' for title, url, _ in LISTED)
    named, bare = tmp_path / "named.csv", tmp_path / "bare.txt"
    named.write_text(f"title,link,date\n{lines}", "utf-8")
    bare.write_text("".join(f"{url}\n" for _, url, _ in LISTED), "utf-8")

    by_name, by_address = measure(world, named), measure(world, bare)

    assert ["covered", "unseen", "have", "dropped", "open"] == [
        trace["kind"] for trace in by_name["traces"]
    ]
    assert 5 == by_address["untitled"] == by_address["undated"]
    assert ["unseen", "unseen", "have", "dropped", "open"] == [
        trace["kind"] for trace in by_address["traces"]
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_whatever_office_wrote_it(
    world: Path, tmp_path: Path, encoding: str
) -> None:
    table = tmp_path / "office.csv"
    rows = 'URL;Headline\r\nhttps://a.example/1;"Die Küste;\nein Tag"\r\n'
    table.write_bytes(rows.encode(encoding))

    (trace,) = measure(world, table)["traces"]

    assert ("https://a.example/1", "Die Küste; ein Tag") == (trace["url"], trace["title"])


def test_only_what_is_new_enough_is_asked_for(world: Path, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text(
        "url,title,date\nhttps://a.example/1,Old,2026-10-01\nhttps://a.example/2,New,2026-11-19\n"
    )

    found = measure(world, table, "--since", "7")

    assert ["New"] == [trace["title"] for trace in found["traces"]]
    assert 1 == found["older"]
    for days in ("nan", "inf", "1e300", "0"):
        assert 0 == measure(world, table, "--since", days)["older"]


def test_a_page_that_waits_for_a_place_in_a_round_is_not_called_unseen(
    world: Path, tmp_path: Path
) -> None:
    from contextlib import closing
    from datetime import UTC, datetime

    from copydesk.memory import Memory
    from copydesk.news import Lead
    from copydesk.rounds.sources.states import keep_waiting_leads

    url, source = "https://gull.example/later", "https://gull.example/feed.xml"
    table = tmp_path / "list.csv"
    table.write_text(f"url\n{url}\n")
    with closing(Memory(world / "beat/.copydesk/memory.sqlite")) as memory:
        lead = Lead(url=url, source=source, found=datetime(2026, 11, 20, tzinfo=UTC))
        keep_waiting_leads(memory, [source], [lead])

        (trace,) = measure(world, table)["traces"]
        keep_waiting_leads(memory, [source], [])

    assert ("open", "waiting") == (trace["kind"], trace["reason"])
    (trace,) = measure(world, table)["traces"]
    assert ("unseen", source) == (trace["kind"], trace["source"])


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "the response is empty"),
        (
            b"<html><body><a href='/x'>A link to a page</a></body></html>",
            "expected a list of stories, not links",
        ),
        (
            b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
            + b"]><rss><channel><item><title>&j;</title><link>https://a.example/</link></item>"
            b"</channel></rss>",
            "",
        ),
        (b"<urlset>" + b"<url><loc>https://a.example/1</loc></url>" * 250_000, "10,000,000 bytes"),
    ],
    ids=["nothing", "a page", "an XML bomb", "a sitemap of 10 MB"],
)
def test_what_is_no_list_or_a_bomb_is_one_clear_error_or_harmless(
    world: Path, tmp_path: Path, body: bytes, says: str
) -> None:
    file = tmp_path / "list.dat"
    file.write_bytes(body)

    said = recall(world, file)

    assert (1 if says else said.code) == said.code
    assert says in said.err
    assert "Traceback" not in said.err
    assert len(said.out) < 10_000


@pytest.mark.long
def test_a_list_of_200000_rows_is_cut_and_says_so(world: Path, tmp_path: Path) -> None:
    table = tmp_path / "long.csv"
    with table.open("w") as file:
        file.writelines(f"https://a.example/{number % 150_000}\n" for number in range(200_000))

    said = recall(world, table, "--json")

    found = said.json()
    assert (200_000, 150_000, 50_000) == (found["listed"], found["cut"], found["stories"])
    assert "read only the first 50,000 of 200,000 entries" in said.err


def test_hostile_rows_are_text_and_cost_only_themselves(world: Path, tmp_path: Path) -> None:
    table = tmp_path / "odd.csv"
    table.write_bytes(
        b"url;title;date\n"
        b'https://a.example/1;"=HYPERLINK(""https://evil.example"")";soon\n'
        b"javascript:alert(1);x;2026-11-19\n"
        b"https://a.example/1#top;again;\n"
        b"https://a.example/2;\x1b[2Jred\x07;9999-99-99\n"
        b"https://a.example/3;" + b"y" * 200_000 + b";2026-11-19\n"
        b'https://a.example/4;"never closed\n'
    )

    said, shown = recall(world, table, "--json"), recall(world, table)

    found = said.json()
    assert '=HYPERLINK("https://evil.example")' == found["traces"][0]["title"]
    assert {"https://a.example/1", "https://a.example/2", "https://a.example/4"} == {
        trace["url"] for trace in found["traces"]
    }
    assert 6 == found["listed"] == 3 + found["passed_over"]
    assert "\x1b" not in shown.out + said.out


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("no-such-file.csv", "the list cannot be read"),
        (f"{TERN}/nowhere.xml", "the list cannot be fetched"),
    ],
)
def test_a_list_that_cannot_be_had_fails_with_its_name(world: Path, place: str, says: str) -> None:
    said = recall(world, place)

    assert 1 == said.code
    assert says in said.err
    assert place in said.err


def test_a_list_is_asked_as_its_host_wants_to_be_asked(tmp_path: Path) -> None:
    robots = Answer(body=b"User-agent: *\nDisallow: /\n", kind="text/plain")
    web = record_web(
        tmp_path / "web.warc.gz", {f"{TERN}/robots.txt": robots, TERN_FEED: feed(*LISTED)}
    )
    root = newsroom(tmp_path / "beat")

    said = copydesk("eval", "recall", TERN_FEED, "-C", root, "--now", NOW, "--web", web)

    assert 1 == said.code
    assert "robots" in said.err


def test_a_list_in_a_private_network_is_not_asked_for(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more='[fetch]\ncontact = "mailto:ed@tidewatch.example"')

    said = copydesk("eval", "recall", "http://127.0.0.1:9/list.csv", "-C", root)

    assert 1 == said.code
    assert "(address: " in said.err
