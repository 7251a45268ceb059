"""The newsroom behind `tests/golden/site`, and the command that renews what is kept.

    PYTHONPATH=tests .venv/bin/python tests/golden/small_site.py

writes the site anew; `git diff` then shows what readers would see change. No test does this.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from copydesk.news import Image, Provider, Reason
from copydesk.news.edition import Edition, PictureFile, Poster
from copydesk.news.story import Related
from copydesk.publish import PublishOptions, publish
from world import editions
from world.manifests import MemoryManifest

KEPT = Path(__file__).parent / "site"
# The style sheet and the scripts are kept once, where they are written.
NOT_KEPT = {"search.js", "site.js", "style.css"}

_PICTURE = "https://herald.example/robot.jpg"
_KINDS = ("webp", "avif", "jpg")
_WIRE = Provider(name="Wire", domain="wire.example")
_GAZETTE = Provider(name="Gazette & Sons", domain="gazette.example")
_EMBED = '<iframe src="https://www.youtube.com/embed/abcDEF_-123"></iframe>'


def edition() -> Edition:
    """Return five published stories, a copy, a held one, and a record of each hosted collection.

    The first story leads a group, whose leader was another before.
    """
    lead = editions.story(
        topics=("Robots", "Courts"),
        heat=110,
        images=(Image(url=_PICTURE, width=2000, height=1000, title="A robot at a ballot box"),),
        related=(
            Related(
                title="Machines at the polls",
                published_at=editions.AT - timedelta(hours=3),
                web_url="https://gazette.example/polls",
                provider=_GAZETTE,
                quality=60,
            ),
        ),
        trust=74,
        group="2026-11-24-machines-at-the-polls",
        background=("2026-11-23-the-first-ballot", "2026-10-05-toy-robots-recalled"),
        reasons=(Reason(about="heat", why="2 independent newsrooms", points=20),),
    )
    led_before = editions.story(
        "2026-11-24-machines-at-the-polls",
        title="Machines at the polls",
        web_url="https://gazette.example/polls",
        published=False,
        heat=-1,
        provider=_GAZETTE,
        group="2026-11-24-machines-at-the-polls",
        history=("2026-11-24T13:10:00Z leads its group no longer",),
    )
    copy = editions.story(
        "2026-11-24-court-lets-robots-vote",
        published=False,
        heat=-1,
        provider=_WIRE,
        copy_of="2026-11-24-robots-may-vote",
    )
    held = editions.story("2026-11-24-held", title="Not yet", published=False)
    film = editions.story(
        "2026-11-23-the-first-ballot",
        title="The first ballot",
        web_url="",
        type="video",
        featured_content=_EMBED,
        published_at=datetime(2026, 11, 23, 22, 0, tzinfo=UTC),
    )
    toys = editions.story(
        "2026-10-05-toy-robots-recalled",
        title="Toy robots <recalled> & replaced",
        topics=("Robots", "Toys"),
        provider=_GAZETTE,
        language="fr",
        published_at=datetime(2026, 10, 5, 6, 15, tzinfo=UTC),
    )
    bare = editions.story(
        "2026-09-01-bare", title="Bare", excerpt="", provider=None, published_at=None, topics=()
    )
    return editions.edition(
        (lead, led_before, copy, held, film, toys, bare),
        (
            editions.record(
                "_learning/videos/lesson.md",
                title="A lesson",
                excerpt="What a ballot is.",
                featuredContent=_EMBED,
                publishedDateTime=datetime(2026, 7, 1, 12, tzinfo=UTC),
                type="video",
                heat=70,
                topics=["Robots"],
            ),
            editions.record("_people/ada.md", name="Ada", bio="Wrote the first.", heat=50),
        ),
        pictures={_PICTURE: editions.thumbnail("robot", _KINDS)},
        on=editions.beat(timezone="Europe/Berlin"),
    )


def build(out: Path, cache: Path) -> dict[str, bytes]:
    """Publish the small site and give its files."""
    cache.mkdir(parents=True, exist_ok=True)
    for name in ("robot.webp", "robot-320.webp", "robot.avif", "robot-320.avif", "robot.jpg"):
        (cache / name).write_bytes(b"a picture")
    cards, icon = cache / "cards", cache / "favicon.ico"
    cards.mkdir(exist_ok=True)
    icon.write_bytes(b"an icon")

    def draw(poster: Poster, *, anew: bool) -> PictureFile:
        name = f"{poster.headline or poster.site}.png".lower().replace(" ", "-")
        (cards / name).write_text(f"{poster}\n")
        return PictureFile(name=name, width=1200, height=630, type="image/png")

    options = PublishOptions(
        pictures_folder=cache, draw=draw, cards_folder=cards, icons={"favicon.ico": icon}
    )
    publish(edition(), out, MemoryManifest(), options)
    return files(out)


def files(folder: Path) -> dict[str, bytes]:
    """Return what lies in a folder, but for what is not kept."""
    found = (path for path in folder.rglob("*") if path.is_file())
    paths = {path.relative_to(folder).as_posix(): path for path in found}
    return {name: path.read_bytes() for name, path in paths.items() if name not in NOT_KEPT}


def renew() -> None:
    """Write the kept site anew."""
    shutil.rmtree(KEPT, ignore_errors=True)
    cache = KEPT.with_name("cache")
    build(KEPT, cache)
    shutil.rmtree(cache)
    for name in NOT_KEPT:
        (KEPT / name).unlink()


if __name__ == "__main__":
    renew()
