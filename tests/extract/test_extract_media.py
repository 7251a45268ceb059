"""Videos: which addresses are one, and the frame that SPEC 2.11 wants."""

from __future__ import annotations

import pytest

from copydesk.extract._media import youtube_id

ID = "AbC-_fGhIj0"


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.youtube.com/watch?v={ID}",
        f"https://m.youtube.com/watch?app=desktop&v={ID}&t=4",
        f"https://youtu.be/{ID}?si=x",
        f"https://www.youtube.com/shorts/{ID}",
        f"https://www.youtube.com/live/{ID}",
        f"https://www.youtube-nocookie.com/embed/{ID}",
    ],
)
def test_a_video_is_known_by_its_address(address: str) -> None:
    assert ID == youtube_id(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/@harbour",
        f"https://youtube.example/watch?v={ID}",
        'https://www.youtube.com/watch?v="><script>1',
        f"https://www.youtube.com.evil.example/embed/{ID}",
        "no address",
        "",
    ],
)
def test_anything_else_is_none(address: str) -> None:
    assert "" == youtube_id(address)
