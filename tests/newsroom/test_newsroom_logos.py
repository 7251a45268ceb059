"""A publisher's logo: made of any picture apart, one commit, read as the reference's are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from copydesk.archive import digest_of
from copydesk.errors import PictureError, UsageError
from copydesk.newsroom import Newsroom, open_newsroom, settings, uploads
from world.newsroom import NOW, newsroom, run_git

GULL, HERON = "_data/organizations/gull.example.md", "_data/organizations/heron.example.md"
LOGOS = "assets/images/organizations"
WRITTEN = "---\n# of the coast\nname: The Gull   # since 1901\notherNames:\n- Gull\n---\nA paper.\n"
OF_THE_REFERENCE = """\
---
taxonomy: organization
_id: heron.example
name: Heron
domain: heron.example
images:
  - url: https://site.example/base/assets/images/organizations/heron.example-50x50.jpg
    width: 50
    height: 50
  - url: /assets/images/organizations/heron.example-400x400.jpg
    width: 400
    height: 400
---"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = newsroom(tmp_path / "beat")
    (root / "_data/organizations").mkdir(parents=True)
    (root / GULL).write_text(WRITTEN)
    (root / HERON).write_text(OF_THE_REFERENCE)
    (root / "_data/organizations/odd.md").write_text("---\nname: Odd\ndomain: ../../x\n---\n")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "organizations")
    return root


@pytest.fixture
def opened(root: Path) -> Iterator[Newsroom]:
    with open_newsroom(root, NOW, {}) as opened:
        yield opened


def drawing(size: tuple[int, int] = (300, 60)) -> bytes:
    """Return a red bar of which one half is seen through."""
    image = Image.new("RGBA", size, (200, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def logo() -> tuple[bytes, ...]:
    return uploads.make_logo(drawing())


def test_any_picture_becomes_two_white_squares_with_it_whole(logo: tuple[bytes, ...]) -> None:
    for data, side in zip(logo, (50, 400), strict=True):
        with Image.open(io.BytesIO(data)) as made:
            assert (made.format, made.size) == ("JPEG", (side, side))
            corner, left, right = (
                made.getpixel((x * side // 8, y * side // 8)) for x, y in ((0, 0), (2, 4), (6, 4))
            )
        assert min(corner) > 250  # type: ignore[arg-type]
        assert min(left) > 250  # type: ignore[arg-type]
        assert right[0] > 150 > 100 > right[1]  # type: ignore[index]


@pytest.mark.parametrize("data", [b"<svg></svg>", b"", drawing((300, 20)), drawing()[:-300]])
def test_what_no_logo_can_be_made_of_is_refused(data: bytes) -> None:
    with pytest.raises(PictureError):
        uploads.make_logo(data)


def test_a_logo_is_one_commit_and_is_taken_back_to_the_byte(
    root: Path, opened: Newsroom, logo: tuple[bytes, ...]
) -> None:
    done = settings.set_logo(opened, "gull.example", logo, "Anna", digest_of(root, GULL))

    paths = [f"{LOGOS}/gull.example-{side}x{side}.jpg" for side in (50, 400)]
    assert sorted([GULL, *paths]) == sorted(done.changed)
    assert logo == tuple((root / path).read_bytes() for path in paths)
    listed = "".join(
        f"  - url: /{path}\n    width: {side}\n    height: {side}\n"
        for path, side in zip(paths, (50, 400), strict=True)
    )
    assert WRITTEN.replace("- Gull\n", f"- Gull\n\nimages:\n{listed}") == (root / GULL).read_text()
    assert run_git(root, "log", "-1", "--format=%B").startswith("organizations: the logo of gull")
    with open_newsroom(root, NOW, {}) as again:
        assert again.beat.logos["gull.example"].url.endswith(f"/{paths[0]}")
        assert [image.width for image in again.beat.organizations["gull.example"].images] == [
            50,
            400,
        ]
        assert settings.read_logo(again, "gull.example") == logo[0]
        assert list(settings.find_logos(again)) == ["gull.example"]
    settings.undo_settings(opened, done.commit or "", "Anna")
    assert WRITTEN == (root / GULL).read_text()
    assert not list((root / LOGOS).glob("*"))


def test_a_file_that_lists_its_logo_is_left_as_it_is(
    root: Path, opened: Newsroom, logo: tuple[bytes, ...]
) -> None:
    done = settings.set_logo(opened, "heron.example", logo, "Anna", digest_of(root, HERON))

    assert HERON not in done.changed
    assert OF_THE_REFERENCE == (root / HERON).read_text()
    with pytest.raises(UsageError, match="nothing would change"):
        settings.set_logo(opened, "heron.example", logo, "Anna", digest_of(root, HERON))


def test_a_logo_of_nobody_or_over_somebody_elses_edit_is_refused(
    root: Path, opened: Newsroom, logo: tuple[bytes, ...]
) -> None:
    odd = digest_of(root, "_data/organizations/odd.md")
    for domain, seen, why in (
        ("nobody.example", "", "no publisher has this domain"),
        ("../../x", odd, "no publisher has this domain"),
        ("gull.example", odd, "changed the file in the meantime"),
    ):
        with pytest.raises(UsageError, match=why):
            settings.set_logo(opened, domain, logo, "Anna", seen)
    assert (settings.read_logo(opened, "../../x"), settings.find_logos(opened)) == (b"", {})
    assert run_git(root, "status", "--porcelain") == ""
