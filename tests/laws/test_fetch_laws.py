"""Laws of fetching: any robots.txt, any redirect, any body in any pieces, any recording."""

from __future__ import annotations

import asyncio
import gzip
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import RecordingError
from copydesk.fetch import Recorder, Replay
from copydesk.fetch.hosts import HostRecord, Notes, RobotsRecord
from copydesk.fetch.messages import BodyError, Unpacker, next_hop, page_headers, refusal
from copydesk.fetch.robots import RobotsRules
from copydesk.kit import urls
from copydesk.news import NotModified, Page, Refused, Request

NOW = datetime(2030, 1, 2, tzinfo=UTC)
URL = "https://a.example/x"

rules = st.lists(
    st.sampled_from(
        ["User-agent: *", "User-agent: copydesk", "Disallow: /", "Allow: /a*b$", "Disallow: *x*"]
    )
).map(lambda lines: "\n".join(lines).encode())
paths = st.text().map(lambda path: f"https://a.example/{path}")


@given(st.one_of(st.binary(), rules), paths)
def test_any_robots_file_allows_or_forbids(body: bytes, url: str) -> None:
    assert RobotsRules.read(body).allow(url) in {True, False}


@given(st.one_of(st.binary(), rules), paths)
def test_the_lines_that_are_kept_of_a_robots_file_say_the_same(body: bytes, url: str) -> None:
    read = RobotsRules.read(body)

    assert RobotsRules(read.lines, read.delay_seconds).allow(url) == read.allow(url)


times = st.none() | st.datetimes(timezones=st.just(UTC))
records = st.one_of(
    st.builds(
        HostRecord,
        answered_at=times,
        penalty_until=times,
        retry_at=times,
        forbidden=st.integers(0, 9),
    ),
    st.builds(
        RobotsRecord,
        until=st.datetimes(timezones=st.just(UTC)),
        rules=st.none() | st.lists(st.text()).map(tuple),
        etag=st.text(),
        trouble=st.text(),
    ),
)


@given(records)
def test_any_note_is_read_as_it_was_written(record: HostRecord | RobotsRecord) -> None:
    notes = Notes(None)
    notes.write("key", record)

    assert Notes(dict(notes.changes())).read("key", type(record)) == record


@given(st.binary())
def test_any_bytes_are_a_note_or_nothing_known(kept: bytes) -> None:
    for kind in (HostRecord, RobotsRecord):
        assert isinstance(Notes({"key": kept}).read("key", kind), (kind, type(None)))


@given(st.text(alphabet="ab*", max_size=8), st.text(alphabet="ab", max_size=8))
def test_a_pattern_matches_as_a_regular_expression_would(pattern: str, path: str) -> None:
    body = f"User-agent: *\nDisallow: /{pattern}\nDisallow: /{pattern}$".encode()
    expected = re.match(re.escape(f"/{pattern}").replace(r"\*", ".*"), f"/{path}")

    assert RobotsRules.read(body).allow(f"https://a.example/{path}") == (expected is None)


@given(st.text(alphabet="ab*", max_size=8), st.text(alphabet="ab", max_size=8))
def test_a_bound_pattern_matches_to_the_end(pattern: str, path: str) -> None:
    body = f"User-agent: *\nDisallow: /{pattern}$".encode()
    expected = re.fullmatch(re.escape(f"/{pattern}").replace(r"\*", ".*"), f"/{path}")

    assert RobotsRules.read(body).allow(f"https://a.example/{path}") == (expected is None)


@given(st.text(), st.integers(100, 999), st.text(max_size=30))
def test_any_answer_leads_on_or_is_judged(location: str, status: int, wait: str) -> None:
    headers = {"location": location, "retry-after": wait}
    page = Page(url=URL, final_url=URL, status=status, headers=headers, body=b"", fetched_at=NOW)

    target = next_hop(page, [URL], 9)
    judged = refusal(page, NOW)

    assert isinstance(target, Refused) or urls.fetchable(target) == target
    assert (judged is None) == (200 <= status < 300)
    if judged is not None and judged.retry_at is not None:
        assert NOW < judged.retry_at <= NOW + timedelta(days=1)


@given(st.binary(max_size=2_000), st.lists(st.integers(1, 99), max_size=9))
def test_a_body_unpacks_the_same_in_any_pieces(body: bytes, cuts: list[int]) -> None:
    packed, unpacker = gzip.compress(body), Unpacker("gzip", 2_000)
    for size in [*cuts, len(packed)]:
        unpacker.feed(packed[:size])
        packed = packed[size:]

    assert unpacker.finish() == body


@given(st.binary(), st.sampled_from(["", "gzip", "deflate", "br", "gzip, br", "zstd"]))
def test_any_bytes_unpack_or_are_a_body_error(data: bytes, coding: str) -> None:
    try:
        unpacker = Unpacker(coding, 1_000)
        unpacker.feed(data)
        body = unpacker.finish()
    except BodyError:
        return
    assert len(body) <= 1_000


names = st.text(alphabet="abcdefghijklmnopqrstuvwxyz-", min_size=1).map(lambda name: f"x{name}")
values = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)
pages = st.builds(
    Page,
    url=st.just(URL),
    final_url=st.just(URL),
    status=st.integers(200, 599),
    headers=st.dictionaries(names, values.filter(bool), max_size=4),
    body=st.binary(),
    fetched_at=st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 hypothesis adds the zone
)


class Same:
    """A raw fetcher that always gives the same page."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        return self._page


@given(pages)
def test_any_page_survives_its_recording(page: Page) -> None:
    async def work(path: Path) -> Page | NotModified | Refused:
        with Recorder(Same(page), path) as recorder:
            await recorder.fetch(Request(url=URL))
        return await Replay(path, page.fetched_at).fetch(Request(url=URL))

    with tempfile.TemporaryDirectory() as folder:
        assert asyncio.run(work(Path(folder) / "web.warc.gz")) == page


@given(
    st.one_of(st.binary(), st.binary().map(gzip.compress), st.binary().map(b"WARC/1.0\r\n".__add__))
)
def test_any_bytes_are_a_recording_or_a_recording_error(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "web.warc"
        path.write_bytes(data)
        try:
            Replay(path)
        except RecordingError as error:
            assert error.subject == str(path)  # noqa: PT017 either is right


@given(st.lists(st.tuples(names, st.text(max_size=20))))
def test_any_headers_become_one_line_each(pairs: list[tuple[str, str]]) -> None:
    for name, value in page_headers(pairs).items():
        assert name == name.lower()
        assert value == " ".join(value.split())
        assert isinstance(value.encode(), bytes)
