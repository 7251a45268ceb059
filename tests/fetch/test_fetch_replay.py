"""Replay and Recorder: what was recorded comes back; a broken recording says where."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.errors import RecordingError
from copydesk.fetch import Recorder, Replay
from copydesk.news import NotModified, Page, Refused, Request
from world.fetching import START, Answer, page

URL = "https://a.example/feed.xml"
NOW = datetime(2030, 6, 1, tzinfo=UTC)


class Pages:
    """A raw fetcher that gives its answers in order and remembers what it was asked."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._answers = list(answers)
        self.requests: list[Request] = []

    async def fetch(self, request: Request) -> Answer:
        self.requests.append(request)
        return self._answers.pop(0)


def record(path: Path, *answers: Answer) -> Path:
    """Record answers, the first one first."""

    async def work() -> None:
        with Recorder(Pages(answers), path) as recorder:
            for answer in answers:
                await recorder.fetch(Request(url=answer.url))

    asyncio.run(work())
    return path


def replay(path: Path, request: Request | str, now: datetime | None = NOW) -> Answer:
    asked = Request(url=request) if isinstance(request, str) else request
    return asyncio.run(Replay(path, now).fetch(asked))


def raw_record(
    url: str, http: bytes, date: str = "2030-01-01T00:00:00Z", kind: str = "response"
) -> bytes:
    """Write one WARC record by hand, as another recorder might."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}>\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def http(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""])
    return head.encode("latin-1") + body


# ---- round trips ----


def test_what_was_recorded_replays_the_same(tmp_path: Path) -> None:
    news = page(
        URL, body=b"<rss/>\r\n\r\n\0\xff", content_type="text/xml", etag='"1"', x_two="a, b"
    )
    moved = page("https://a.example/old", 301, location=URL)
    lost = page("https://a.example/none", 404, body=b"no")
    path = record(tmp_path / "web.warc.gz", news, moved, lost)

    assert replay(path, news.url, now=START) == news
    assert replay(path, moved.url, now=START) == moved
    assert replay(path, lost.url, now=START) == lost


def test_a_header_of_two_lines_is_recorded_as_two(tmp_path: Path) -> None:
    told = page(URL, x_robots_tag="googlebot: nofollow\nnosnippet")
    path = record(tmp_path / "web.warc.gz", told)

    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    assert [line.lower() for line in lines if "nofollow" in line or "nosnippet" in line] == [
        "x-robots-tag: googlebot: nofollow",
        "x-robots-tag: nosnippet",
    ]
    assert replay(path, URL, now=START) == told


def test_a_recording_made_twice_is_the_same_bytes(tmp_path: Path) -> None:
    first = record(tmp_path / "1.warc.gz", page(URL, body=b"1"), page(URL, body=b"2"))
    second = record(tmp_path / "2.warc.gz", page(URL, body=b"1"), page(URL, body=b"2"))

    assert first.read_bytes() == second.read_bytes()


def test_a_recording_may_be_replayed_into_its_own_file(tmp_path: Path) -> None:
    path = record(tmp_path / "web.warc.gz", page(URL, body=b"1"))

    async def work() -> None:
        with Recorder(Replay(path, START), path) as recorder:
            await recorder.fetch(Request(url=URL))

    asyncio.run(work())

    assert replay(path, URL, now=START) == page(URL, body=b"1")


def test_what_is_no_page_is_not_recorded(tmp_path: Path) -> None:
    refused = Refused(url=URL, reason="network")
    path = record(tmp_path / "web.warc.gz", page("https://b.example/"), refused)

    answer = replay(path, URL)

    assert isinstance(answer, Page)
    assert answer.status == 404


def test_a_recording_holds_whole_answers(tmp_path: Path) -> None:
    inner = Pages([page(URL)])

    async def work() -> None:
        with Recorder(inner, tmp_path / "web.warc.gz") as recorder:
            await recorder.fetch(Request(url=URL, etag='"1"', last_modified="now"))

    asyncio.run(work())

    assert inner.requests == [Request(url=URL)]


def test_a_recording_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = record(tmp_path / "web.warc.gz", page(URL, body=b"old"))
    before = path.read_bytes()

    with Recorder(Pages([]), path):
        assert path.read_bytes() == before

    assert path.read_bytes() != before
    assert [file.name for file in tmp_path.iterdir()] == ["web.warc.gz"]


def test_a_recording_that_cannot_begin_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with (
        pytest.raises(RecordingError, match="could not write the recording"),
        Recorder(Pages([]), tmp_path / "file" / "web.warc.gz"),
    ):
        pass


def test_a_full_disk_costs_the_recording_and_not_the_round(tmp_path: Path) -> None:
    """/dev/full takes no byte: the writer's file is put there."""
    answers: list[Answer] = []

    async def work() -> None:
        with Recorder(Pages([page(URL), page(URL)]), tmp_path / "web.warc.gz") as recorder:
            with Path("/dev/full").open("wb", buffering=0) as full:
                assert recorder._writer is not None
                recorder._writer.out = full
                answers.append(await recorder.fetch(Request(url=URL)))
            answers.append(await recorder.fetch(Request(url=URL)))

    with pytest.raises(RecordingError, match="No space left"):
        asyncio.run(work())

    assert answers == [page(URL), page(URL)]
    assert list(tmp_path.iterdir()) == []


# ---- which record answers ----


def at(days: int, body: bytes) -> Page:
    first = page(URL, body=body)
    return Page(
        url=URL,
        final_url=URL,
        status=200,
        headers=first.headers,
        body=body,
        fetched_at=START + timedelta(days=days),
    )


TIMES = {
    "before all": (-1, None),
    "at the first": (0, b"old"),
    "between": (1, b"old"),
    "at the second": (2, b"new"),
    "long after": (999, b"new"),
}


@pytest.mark.parametrize(("day", "expected"), TIMES.values(), ids=TIMES.keys())
def test_the_newest_record_up_to_now_answers(
    tmp_path: Path, day: int, expected: bytes | None
) -> None:
    path = record(tmp_path / "web.warc.gz", at(2, b"new"), at(0, b"old"))

    answer = replay(path, URL, now=START + timedelta(days=day))

    assert isinstance(answer, Page)
    assert (answer.status, answer.body) == ((404, b"") if expected is None else (200, expected))


def test_without_a_clock_the_newest_of_all_answers_with_its_own_time(tmp_path: Path) -> None:
    path = record(tmp_path / "web.warc.gz", at(2, b"new"), at(0, b"old"))

    assert replay(path, URL, now=None) == at(2, b"new")


def test_a_round_within_the_second_of_a_record_finds_it(tmp_path: Path) -> None:
    """The clock of a round has whole seconds, a record's date may have more."""
    path = tmp_path / "web.warc"
    first = raw_record(URL, http(b"first"), date="2030-01-01T00:00:00.100000Z")
    second = raw_record(URL, http(b"second"), date="2030-01-01T00:00:00.900000Z")
    path.write_bytes(second + first)

    def body(now: datetime) -> bytes:
        answer = replay(path, URL, now)
        assert isinstance(answer, Page)
        return answer.body

    at = datetime(2030, 1, 1, tzinfo=UTC)
    assert body(at) == b"second"
    assert body(at - timedelta(seconds=1)) == b""  # 404: nothing was recorded yet


def test_of_one_instant_the_later_record_answers(tmp_path: Path) -> None:
    path = record(tmp_path / "web.warc.gz", at(0, b"first"), at(0, b"second"))

    answer = replay(path, URL)

    assert isinstance(answer, Page)
    assert answer.body == b"second"


def test_exactly_the_address_answers(tmp_path: Path) -> None:
    path = record(tmp_path / "web.warc.gz", page("https://a.example/x?b=1&a=2", body=b"x"))

    missing = replay(path, "https://a.example/x?a=2&b=1")
    found = replay(path, "HTTPS://A.example:443/y/../x?b=1&a=2#part")

    assert isinstance(missing, Page)
    assert isinstance(found, Page)
    assert (missing.status, found.status) == (404, 200)


KNOWN = {
    "the same tag": ('"1"', "", True),
    "the same tag, weak": ('W/"1"', "", True),
    "another tag": ('"2"', "", False),
    "the same time": ("", "Tue, 01 Jan 2030 00:00:00 GMT", True),
    "another time": ("", "Tue, 01 Jan 2019 00:00:00 GMT", False),
    "another tag with the same time": ('"2"', "Tue, 01 Jan 2030 00:00:00 GMT", False),
    "nothing": ("", "", False),
}


@pytest.mark.parametrize(("etag", "modified", "is_known"), KNOWN.values(), ids=KNOWN.keys())
def test_validators_that_match_give_not_modified(
    tmp_path: Path, etag: str, modified: str, is_known: bool
) -> None:
    news = page(URL, etag='"1"', last_modified="Tue, 01 Jan 2030 00:00:00 GMT")
    path = record(tmp_path / "web.warc.gz", news)

    answer = replay(path, Request(url=URL, etag=etag, last_modified=modified))

    assert isinstance(answer, NotModified if is_known else Page)


# ---- recordings of others ----

BODIES = {
    "plain": (b"hello", []),
    "gzip": (gzip.compress(b"hello"), ["Content-Encoding: gzip"]),
    "gzip that was undone": (b"hello", ["Content-Encoding: gzip"]),
    "chunks": (b"3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", ["Transfer-Encoding: chunked"]),
    "chunks that were undone": (b"hello", ["Transfer-Encoding: chunked"]),
    "chunks cut off": (b"3\r\nhel\r\n2\r\nlo\r\n", ["Transfer-Encoding: chunked"]),
}


@pytest.mark.parametrize(("body", "lines"), BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("is_packed", [True, False])
def test_a_body_is_read_however_it_was_recorded(
    tmp_path: Path, body: bytes, lines: list[str], is_packed: bool
) -> None:
    raw = raw_record(URL, http(body, *lines))
    path = tmp_path / "web.warc"
    path.write_bytes(gzip.compress(raw) if is_packed else raw)

    answer = replay(path, URL)

    assert isinstance(answer, Page)
    assert answer.body == b"hello"
    assert answer.headers == {}


def test_a_bomb_in_a_recording_is_too_big(tmp_path: Path) -> None:
    bomb = http(gzip.compress(b"\0" * 20_000_000), "Content-Encoding: gzip")
    (tmp_path / "web.warc").write_bytes(raw_record(URL, bomb))

    answer = replay(tmp_path / "web.warc", URL)

    assert isinstance(answer, Refused)
    assert answer.reason == "too-big"


def test_requests_and_notes_in_a_recording_are_passed_over(tmp_path: Path) -> None:
    parts = [
        raw_record(URL, b"GET / HTTP/1.1\r\n\r\n", kind="request"),
        raw_record(URL, http(b"hello")),
        raw_record(URL, b"note: this", kind="metadata"),
    ]
    path = tmp_path / "web.warc.gz"
    path.write_bytes(b"".join(map(gzip.compress, parts)))

    answer = replay(path, URL)

    assert isinstance(answer, Page)
    assert answer.body == b"hello"


ONE = raw_record(URL, http(b"hello" * 99))
TWO = raw_record("https://b.example/", http(b"world" * 99))
BROKEN = {
    "an empty file": (b"", 0),
    "no recording": (b"<html>hello</html>" * 99, 0),
    "gzip of no recording": (gzip.compress(b"hello"), 0),
    "cut off in a body": (ONE + TWO[:-300], len(ONE)),
    "cut off in a head": (ONE + TWO[:90], len(ONE)),
    "gzip cut off": (gzip.compress(ONE) + gzip.compress(TWO)[:-20], len(gzip.compress(ONE))),
    "gzip cut off early": (gzip.compress(ONE) + gzip.compress(TWO)[:9], len(gzip.compress(ONE))),
    "gzip with junk behind": (gzip.compress(ONE) + b"junk", len(gzip.compress(ONE))),
    "all in one gzip member": (gzip.compress(ONE + TWO), 0),
    "no date": (ONE.replace(b"2030-01-01T00:00:00Z", b"yesterday"), 0),
    "no answers": (raw_record(URL, b"note: this", kind="metadata"), 0),
}


@pytest.mark.parametrize(("data", "offset"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_recording_names_the_place(tmp_path: Path, data: bytes, offset: int) -> None:
    path = tmp_path / "web.warc.gz"
    path.write_bytes(data)

    with pytest.raises(RecordingError) as caught:
        Replay(path, NOW)

    assert f"after byte {offset} " in caught.value.what
    assert caught.value.subject == str(path)
    assert caught.value.hint


def test_an_answer_without_http_headers_names_its_place(tmp_path: Path) -> None:
    path = tmp_path / "web.warc"
    path.write_bytes(ONE + TWO.replace(b"application/http; msgtype=response", b"text/html"))

    with pytest.raises(RecordingError, match=f"after byte {len(ONE)} "):
        replay(path, "https://b.example/")


def test_a_recording_that_is_missing_says_so(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="No such file"):
        Replay(tmp_path / "none.warc.gz", NOW)
