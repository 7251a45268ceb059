"""Addresses have one fetchable form, one canonical form and one identity."""

from __future__ import annotations

import pytest

from copydesk.kit import urls


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("HTTPS://News.Example:443/a/../b#top", "https://news.example/b"),
        ("https://news.example/x?b=2&a=1", "https://news.example/x?b=2&a=1"),
        ("https://news.example/x?utm_source=rss&id=7", "https://news.example/x?id=7"),
        ("https://news.example/x?fbclid=abc", "https://news.example/x"),
        ("https://user:secret@news.example/", "https://news.example/"),
        ("https://news.example/x?q=a+b", "https://news.example/x?q=a+b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://news.example/x?IR=T&r=US", "https://news.example/x?r=US"),
    ],
)
def test_the_canonical_form(given: str, expected: str) -> None:
    assert expected == urls.canonical(given)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "mailto:a@b.example",
        "javascript:alert(1)",
        "//",
        "http://",
        "https://[::1",
        "a b",
        "\ud800",
    ],
)
def test_what_is_no_web_address_has_no_canonical_form(given: str) -> None:
    assert urls.canonical(given) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("http://news.example/x", "https://news.example/x"),
        ("https://news.example/x/", "https://news.example/x"),
        ("https://news.example/x?utm_campaign=1", "https://news.example/x#part"),
        ("https://news.example/x?b=2&a=1", "https://news.example/x?a=1&b=2"),
    ],
)
def test_two_spellings_of_one_page_have_one_identity(left: str, right: str) -> None:
    assert urls.identity(left) == urls.identity(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("https://news.example/x?id=1", "https://news.example/x?id=2"),
        ("https://www.news.example/x", "https://news.example/x"),
        ("https://news.example/X", "https://news.example/x"),
    ],
)
def test_two_pages_have_two_identities(left: str, right: str) -> None:
    assert urls.identity(left) != urls.identity(right)


def test_a_relative_address_is_made_absolute_and_keeps_its_query() -> None:
    given = urls.fetchable("../a?utm_source=x#y", "https://news.example/b/c/")
    assert given == "https://news.example/b/a?utm_source=x"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://www.paper.co.uk/x", "paper.co.uk"),
        ("blog.news.example", "news.example"),
        ("https://127.0.0.1:80/", "127.0.0.1"),
        ("https://[::1]/", "[::1]"),
        ("localhost", "localhost"),
    ],
)
def test_the_registrable_domain(given: str, expected: str) -> None:
    assert expected == urls.registrable_domain(given)


def test_sites_are_compared_by_their_registrable_domain() -> None:
    assert urls.same_site("https://a.news.example/", "http://b.news.example/x")
    assert not urls.same_site("https://news.example/", "https://other.example/")
    assert not urls.same_site("", "")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("localhost.", True),
        ("router", True),
        ("printer.local", True),
        ("cast.office.internal", True),
        ("a.example", False),
        ("local.example", False),
        ("mylocal", True),
        ("a.mylocal", False),
    ],
)
def test_a_local_name_is_known_by_its_ending_or_by_having_no_dot(host: str, expected: bool) -> None:
    assert expected == urls.is_local(host)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *(("127.0.0.1", True), ("[::1]", True), ("localhost", True), ("news.test", True)),
        *(("10.1.2.3", True), ("172.16.0.1", True), ("172.32.0.1", False), ("[fd00::1]", True)),
        *(("0.0.0.0", True), ("169.254.1.1", True), ("100.64.0.1", True), ("fe80::1", True)),
        *(("192.0.2.1", False), ("198.51.100.7", False), ("2001:db8::1", False)),
        *(("router", True), ("desk.lan", True), ("a.example", False), ("10.example", False)),
    ],
)
def test_a_private_host_is_known_by_its_network_or_its_name(host: str, expected: bool) -> None:
    assert expected == urls.is_private(host)


@pytest.mark.parametrize("address", ["http://[", "//[x.jpg", "http://a\uff0fb.example/x", ""])
def test_what_is_no_address_has_no_path(address: str) -> None:
    assert "" == urls.path(address)


def test_an_address_has_a_path() -> None:
    assert "/a/b.mp4" == urls.path("https://a.example/a/b.mp4?x=1#y")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("news.example", "news.example"),
        ("www.News.Example", "news.example"),
        ("*.news.example", "news.example"),
        ("https://www.news.co.uk:8080/a?b", "news.co.uk"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("192.0.2.1", "192.0.2.1"),
        ("node.js", ""),
        ("horoscope", ""),
        ("U.S.", ""),
        ("news.example/path", ""),
        ("a b.example", ""),
        ("", ""),
        ("\ud800.example", ""),
    ],
)
def test_the_name_of_a_site_as_a_person_says_it(said: str, name: str) -> None:
    assert urls.site_name(said) == name
