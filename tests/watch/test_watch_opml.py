"""OPML in and out."""

from __future__ import annotations

import zipfile

import pytest

from copydesk.errors import FeedError
from copydesk.news import Source
from copydesk.watch import read_opml, read_sources, write_opml
from world.shared import SHARED, needs_shared


def opml(outlines: str) -> bytes:
    return f'<opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()


A = Source(url="https://a.example/feed", name="A")
FILES = {
    "title before text": (
        '<outline text="a" title="A" type="rss" xmlUrl="https://a.example/feed"/>',
        (A,),
    ),
    "text where there is no title": ('<outline text="A" xmlUrl="https://a.example/feed"/>', (A,)),
    "other capitals": ('<OUTLINE TEXT="A" XMLURL="https://a.example/feed"/>', (A,)),
    "no name": ('<outline xmlUrl="https://a.example/feed"/>', (Source(url=A.url),)),
    "a language": (
        '<outline text="A" xmlUrl="https://a.example/feed" language="de"/>',
        (Source(url=A.url, name="A", language="de"),),
    ),
    "folders": (
        (
            '<outline text="Sea"><outline text="Ships"><outline text="A" '
            'xmlUrl="https://a.example/feed"/></outline></outline>'
        ),
        (Source(url=A.url, name="A", topics=("Sea", "Ships")),),
    ),
    "a feed listed twice": (
        (
            '<outline text="Sea"><outline xmlUrl="https://a.example/feed"/></outline>'
            '<outline text="Land"><outline text="A" xmlUrl="http://a.example/feed/"/></outline>'
        ),
        (Source(url=A.url, name="A", topics=("Sea", "Land")),),
    ),
    "feeds inside a feed": (
        (
            '<outline text="A" xmlUrl="https://a.example/feed">'
            '<outline text="B" xmlUrl="https://b.example/feed"/></outline>'
        ),
        (A, Source(url="https://b.example/feed", name="B")),
    ),
    "what is no web address": (
        '<outline text="x" xmlUrl="javascript:alert(1)"/><outline text="y" xmlUrl="/etc/passwd"/>',
        (),
    ),
    "raw ampersands": (
        '<outline text="A & B" xmlUrl="https://a.example/feed"/>',
        (Source(url=A.url, name="A & B"),),
    ),
    "categories": (
        '<outline text="A" xmlUrl="https://a.example/feed" category="/Sea/Ships,Land, ,/Sea"/>',
        (Source(url=A.url, name="A", topics=("Sea", "Ships", "Land")),),
    ),
    "a folder and the category of its name": (
        (
            '<outline text="Sea"><outline text="A" xmlUrl="https://a.example/feed" '
            'category="Sea"/></outline>'
        ),
        (Source(url=A.url, name="A", topics=("Sea",)),),
    ),
    "a scheme for readers": (
        (
            '<outline text="A" xmlUrl="feed://a.example/feed"/>'
            '<outline text="B" xmlUrl="feed:https://b.example/feed"/>'
            '<outline text="C" xmlUrl="feed://http://c.example/feed"/>'
        ),
        (
            A,
            Source(url="https://b.example/feed", name="B"),
            Source(url="http://c.example/feed", name="C"),
        ),
    ),
    "entities in a name": (
        '<outline text="Caf&#233; &amp; &quot;Bar&quot; &eacute;" xmlUrl="https://a.example/feed"/>',
        (Source(url=A.url, name='Café & "Bar" é'),),
    ),
    "a folder with the name in its title": (
        '<outline title="Sea" text=""><outline text="A" xmlUrl="https://a.example/feed"/></outline>',
        (Source(url=A.url, name="A", topics=("Sea",)),),
    ),
    "nothing": ("", ()),
}


@pytest.mark.parametrize(("outlines", "sources"), FILES.values(), ids=FILES.keys())
def test_an_opml_file_is_read(outlines: str, sources: tuple[Source, ...]) -> None:
    assert read_opml(opml(outlines)) == sources


NO_OPML = {
    "nothing": b"",
    "blanks": b"  \n",
    "html without a body": b"<html><p>hello</p></html>",
    "a picture": b"\x89PNG\r\n\x1a\n\0\0",
    "words": b"hello",
}


@pytest.mark.parametrize("data", NO_OPML.values(), ids=NO_OPML.keys())
def test_what_is_no_opml_is_an_error(data: bytes) -> None:
    with pytest.raises(FeedError, match="the file is not OPML"):
        read_opml(data)


def test_a_file_of_ours_does_not_get_into_a_name() -> None:
    trap = b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    body = opml('<outline text="&x;A" xmlUrl="https://a.example/feed"/>')

    assert "root:" not in repr(read_opml(trap + body))


def test_folders_without_a_bottom_are_cut() -> None:
    deep = '<outline text="x">' * 100_000 + '<outline xmlUrl="https://a.example/feed"/>'

    assert read_opml(opml(deep)) == ()


def test_what_was_written_reads_the_same() -> None:
    sources = (
        A,
        Source(url="https://b.example/f?a=1&b=2", name='B & "C" <d>', topics=("Sea", "Ships")),
        Source(url="https://c.example/feed", name="C", topics=("Sea",), language="de"),
        Source(url="https://d.example/feed", name="d.example"),
    )

    assert set(read_opml(write_opml(sources))) == set(sources)


def test_a_source_without_a_name_goes_by_its_host() -> None:
    written = write_opml([Source(url="https://a.example/feed")])

    assert b'text="a.example"' in written


@needs_shared
def test_lists_of_other_people_are_read() -> None:
    with zipfile.ZipFile(SHARED / "data/sources/awesome-rss-feeds_opml.zip") as folder:
        files = [folder.read(name) for name in folder.namelist() if name.endswith(".opml")]

    read = [read_opml(data) for data in files]
    written = [write_opml(sources) for sources in read]

    assert len(read) == 118
    assert all(read)
    assert [write_opml(read_opml(data)) for data in written] == written
    assert [{source.url for source in read_opml(data)} for data in written] == [
        {source.url for source in sources} for sources in read
    ]


@needs_shared
def test_a_list_of_two_thousand_addresses_is_read() -> None:
    data = (SHARED / "data/sources/smallweb_2k.txt").read_bytes()

    assert len(read_sources(data)) > 1_990


LISTS = {
    "an address a line": b"https://a.example/feed\nhttps://b.example/feed\n",
    "other line ends": b"https://a.example/feed\r\nhttps://b.example/feed\r\n",
    "a byte order mark": b"\xef\xbb\xbfhttps://a.example/feed\nhttps://b.example/feed",
    "remarks": b"# ours\n\n https://a.example/feed # A\n#no\nhttps://b.example/feed#x\n",
    "twice": b"https://a.example/feed\nhttps://b.example/feed\nhttp://a.example/feed/\n",
    "OPML": opml(
        '<outline xmlUrl="https://a.example/feed"/><outline xmlUrl="https://b.example/feed"/>'
    ),
}


@pytest.mark.parametrize("data", LISTS.values(), ids=LISTS.keys())
def test_a_list_is_read_whatever_it_is(data: bytes) -> None:
    assert read_sources(data) == (Source(url=A.url), Source(url="https://b.example/feed"))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "the file is not OPML"),
        (b"\n # nothing\n", "the file is not OPML"),
        (b"<html></html>", "the file is not OPML"),
        (b"https://a.example/feed\nterns\n", "line 2 is not a web address"),
        (b"\x89PNG\r\n", "line 1 is not a web address"),
    ],
)
def test_what_is_neither_is_an_error(data: bytes, what: str) -> None:
    with pytest.raises(FeedError, match=what):
        read_sources(data)
