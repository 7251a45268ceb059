"""Pages of WARC archives, sound, hostile and cut at any byte."""

from __future__ import annotations

import gzip
import hashlib
import random
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.errors import RecordingError
from copydesk.fetch.warc import ArchivedPage, Skip, WarcPages
from world.archives import ODD, PAGE, URL, Odd, http, numbered, pack, record, zeros


def read(path: Path, data: bytes) -> tuple[list[ArchivedPage], WarcPages]:
    path.write_bytes(data)
    pages = WarcPages(path)
    return list(pages), pages


def bodies(found: list[ArchivedPage]) -> list[bytes]:
    return [one.page.body for one in found]


WHOLE = {
    "by record": pack,
    "in one member": lambda records: gzip.compress(b"".join(records), mtime=0),
    "plain": b"".join,
}


@pytest.mark.parametrize("form", WHOLE)
def test_an_archive_gives_its_pages_and_what_it_is(tmp_path: Path, form: str) -> None:
    data = WHOLE[form](numbered(3))

    found, pages = read(tmp_path / "a.warc", data)

    assert bodies(found) == [PAGE, PAGE * 2, PAGE * 3]
    assert (pages.trouble, pages.records, pages.length) == ("", 3, len(data))
    assert pages.sha256 == hashlib.sha256(data).hexdigest()
    assert pages.skipped == {}


def test_a_page_has_its_address_time_headers_and_digest(tmp_path: Path) -> None:
    block = http(PAGE, "ETag: 1", "Set-Cookie: a=b")
    first, second = record(b"x", kind="warcinfo"), record(block, URL, "WARC-Payload-Digest: sha1:A")

    (found,), _ = read(tmp_path / "a.warc.gz", pack([first, second]))

    assert found.page.url == found.page.final_url == URL
    assert found.page.fetched_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (found.page.status, found.page.headers) == (
        200,
        {"content-type": "text/html", "etag": "1"},
    )
    assert found.payload_digest == "sha1:A"
    assert found.offset == len(pack([first]))


def test_nothing_is_known_of_an_archive_before_its_end(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(pack(numbered(2)))
    pages = WarcPages(tmp_path / "a.warc.gz")

    next(iter(pages))

    assert (pages.trouble, pages.sha256) == ("the archive is not read to its end", "")


# ---- cut anywhere ----


@pytest.mark.parametrize("form", WHOLE)
def test_an_archive_cut_at_any_byte_is_cut_and_gives_the_pages_before(
    tmp_path: Path, form: str
) -> None:
    records = numbered(3)
    data = WHOLE[form](records)
    between = {len(WHOLE[form](records[:count])): count for count in (1, 2, 3)}
    if form == "in one member":
        between = {len(data): 3}

    for length in range(len(data) + 1):
        found, pages = read(tmp_path / "a.warc", data[:length])

        complete = max((count for end, count in between.items() if end <= length), default=0)
        assert bodies(found)[:complete] == [PAGE * count for count in range(1, complete + 1)]
        assert bodies(found) == [PAGE * count for count in range(1, len(found) + 1)]
        assert (pages.trouble == "") == (length in between), length
        assert pages.sha256 == hashlib.sha256(data[:length]).hexdigest()


@pytest.mark.parametrize("form", ["by record", "in one member"])
def test_a_byte_that_changed_ends_an_archive(tmp_path: Path, form: str) -> None:
    data = bytearray(WHOLE[form](numbered(3)))
    data[len(data) // 2] ^= 0xFF

    found, pages = read(tmp_path / "a.warc.gz", bytes(data))

    assert pages.trouble
    assert pages.length == len(data)
    assert all(body == PAGE * number for number, body in enumerate(bodies(found), 1))


def test_padding_after_an_archive_is_no_damage(tmp_path: Path) -> None:
    found, pages = read(tmp_path / "a.warc.gz", pack(numbered(2)) + bytes(100_000))

    assert (len(found), pages.trouble) == (2, "")


@pytest.mark.parametrize("data", [b"<html>not here</html>", b"\x28\xb5\x2f\xfd\0\0", b"PK\3\4"])
def test_another_kind_of_file_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(RecordingError) as caught:
        read(tmp_path / "a.warc.gz", data)

    assert caught.value.subject == str(tmp_path / "a.warc.gz")
    assert caught.value.hint


def test_a_missing_archive_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="could not read the WARC file"):
        list(WarcPages(tmp_path / "none.warc"))


# ---- hostile records ----


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_an_odd_record_harms_no_other(tmp_path: Path, odd: Odd) -> None:
    before, after = record(url="https://gull.example/a"), record(url="https://gull.example/z")

    found, pages = read(tmp_path / "a.warc.gz", pack([before, odd.data, after]))

    assert bodies(found) == [PAGE, *odd.bodies, PAGE]
    assert sorted(pages.skipped.elements()) == sorted(odd.skipped)
    assert pages.trouble == ""
    assert not any("pass" in one.page.url for one in found)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_an_odd_record_in_a_plain_file_ends_it_or_not(tmp_path: Path, odd: Odd) -> None:
    found, pages = read(tmp_path / "a.warc", record() + odd.data + record())

    is_whole = bodies(found) == [PAGE, *odd.bodies, PAGE]
    assert bodies(found)[0] == PAGE
    assert is_whole != bool(pages.trouble)


def test_a_page_that_is_a_thousand_times_there_is_read_as_often(tmp_path: Path) -> None:
    found, pages = read(tmp_path / "a.warc.gz", pack([record()]) * 1_000)

    assert len(found) == pages.records == 1_000


def test_bombs_are_bounded_in_memory(tmp_path: Path) -> None:
    bomb = zeros(1_000_000_000)
    inside = record(http(bomb, "Content-Encoding: gzip"))
    twice = record(http(gzip.compress(bomb), "Content-Encoding: gzip, gzip"))
    huge = record(http(bytes(17_000_000)))
    data = pack([inside, twice, huge, record()])

    tracemalloc.start()
    try:
        found, pages = read(tmp_path / "a.warc.gz", data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert bodies(found) == [PAGE]
    assert pages.skipped == {Skip.TOO_BIG: 3}
    assert peak < 100_000_000


def test_a_record_of_the_largest_size_is_read(tmp_path: Path) -> None:
    path, block = tmp_path / "a.warc.gz", http(b"x" * 1_000)
    path.write_bytes(pack([record(block), record(block + b"x")]))
    pages = WarcPages(path, largest=len(block))

    assert len(list(pages)) == 1
    assert pages.skipped == {Skip.TOO_BIG: 1}


@pytest.mark.parametrize("seed", range(20))
def test_any_damage_is_survived(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    raw = [odd.data for odd in ODD.values()]
    for _ in range(40):
        spoilt = [bytearray(one) for one in chance.sample(raw, 5)]
        for one in spoilt:
            for _ in range(chance.randrange(4)):
                one[chance.randrange(len(one))] = chance.randrange(256)
        data = b"".join(map(bytes, spoilt)) if chance.random() < 0.3 else pack(map(bytes, spoilt))
        try:
            found, pages = read(tmp_path / "a.warc", data)
        except RecordingError:
            assert data[:2] != b"\x1f\x8b"
            continue
        assert pages.length == len(data)
        assert len(found) <= pages.records
