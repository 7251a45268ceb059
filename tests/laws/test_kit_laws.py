"""What holds for every text and every address."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copydesk.kit import dates, text, urls

ANY_TEXT = st.text(max_size=200)
ADDRESSES = st.builds(
    "https://{}.example/{}?{}".format,
    st.text("abcdefgh-", min_size=1, max_size=8),
    ANY_TEXT,
    ANY_TEXT,
)


@given(ADDRESSES)
def test_canonical_is_stable(url: str) -> None:
    once = urls.canonical(url)
    if once is not None:
        assert once == urls.canonical(once)
        assert urls.identity(url) == urls.identity(once)


@given(ANY_TEXT)
def test_no_text_breaks_the_readers_of_addresses_and_times(rubbish: str) -> None:
    urls.identity(rubbish)
    urls.host(rubbish)
    moment = dates.parse(rubbish)
    assert moment is None or moment.tzinfo is not None


@given(ANY_TEXT, st.integers(2, 100))
def test_a_shortened_text_keeps_to_its_limit(given_text: str, limit: int) -> None:
    assert len(text.shorten(text.fold(given_text), limit)) <= limit


@given(ANY_TEXT)
def test_folding_twice_is_folding_once(given_text: str) -> None:
    assert text.fold(text.fold(given_text)) == text.fold(given_text)
