"""A bucket on loopback that checks every signature."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import deploy
from copydesk.deploy import stages
from copydesk.errors import DeployError
from copydesk.news.options import S3Options
from world.sites import SITE, Rows, site
from world.storage import ACCESS, BUCKET, SECRET, Storage, storage


async def at_once(_: float) -> None:
    """Wait for nothing between two tries."""


@pytest.fixture
def kept() -> Iterator[Storage]:
    with storage() as running:
        yield running


def bucket(kept: Storage, **other: object) -> deploy.Bucket:
    options = S3Options(endpoint=kept.endpoint, bucket=BUCKET, access_key=ACCESS, secret_key=SECRET)
    changed = replace(options, **other)  # type: ignore[arg-type] # fields by name
    return deploy.Bucket(options=changed, pause=at_once)


def sent(
    built: Path, place: deploy.Bucket, manifest: Rows, *, anew: bool = False
) -> deploy.Delivery:
    seen = deploy.survey(built)
    plan = deploy.plan_delivery(seen, place, manifest, anew=anew)
    return deploy.deliver(seen, plan, place, manifest)


def texts(kept: Storage) -> dict[str, str]:
    objects = {key: data.decode() for key, data in kept.objects.items()}
    return {key: text for key, text in objects.items() if not key.endswith(".copydesk-site")}


def test_all_is_put_in_order_with_its_type(tmp_path: Path, kept: Storage) -> None:
    files = {**SITE, "assets/a b/é~+(1).js": "odd", "assets/x.unknown": "?"}
    built = site(tmp_path / "site", files)

    sent(built, bucket(kept), Rows())

    assert files == texts(kept)
    asked = kept.written()[1:]  # after the marker
    for stage in stages(files):
        assert set(stage) == set(asked[: len(stage)])
        asked = asked[len(stage) :]
    assert "text/html; charset=utf-8" == kept.headers["index.html"]["content-type"]
    assert "application/atom+xml; charset=utf-8" == kept.headers["feed.xml"]["content-type"]
    assert "application/octet-stream" == kept.headers["assets/x.unknown"]["content-type"]
    assert "public, max-age=300" == kept.headers["index.html"]["cache-control"]
    assert "immutable" in kept.headers["pictures/0a1b.webp"]["cache-control"]


def test_only_changes_are_asked_for(tmp_path: Path, kept: Storage) -> None:
    built, manifest = site(tmp_path / "site"), Rows()
    sent(built, bucket(kept), manifest)
    (built / "index.html").write_text("another front")
    (built / "topics/coast/index.html").unlink()
    kept.asked.clear()

    done = sent(built, bucket(kept), manifest)

    assert [("PUT", "index.html"), ("DELETE", "topics/coast/index.html")] == kept.asked
    assert (("index.html",), ("topics/coast/index.html",)) == (done.sent, done.deleted)


def test_with_nothing_changed_nobody_is_asked(tmp_path: Path, kept: Storage) -> None:
    built, manifest = site(tmp_path / "site"), Rows()
    sent(built, bucket(kept), manifest)
    kept.asked.clear()

    sent(built, bucket(kept), manifest)

    assert [] == kept.asked


def test_without_memory_the_bucket_says_what_it_holds(tmp_path: Path, kept: Storage) -> None:
    built = site(tmp_path / "site")
    sent(built, bucket(kept, prefix="the/site/"), Rows())
    kept.page = 2
    kept.objects["the/site/odd name é.html"] = b"left over"
    kept.objects["the/site/index.html"] = b"damaged"
    kept.objects["theirs.html"] = b"outside of the prefix"
    kept.asked.clear()

    sent(built, bucket(kept, prefix="the/site/"), Rows())

    assert ["the/site/index.html", "the/site/odd name é.html"] == kept.written()
    assert {f"the/site/{path}": text for path, text in SITE.items()} == {
        key: text for key, text in texts(kept).items() if key != "theirs.html"
    }


def test_an_endpoint_may_have_a_path(tmp_path: Path, kept: Storage) -> None:
    kept.below = "/storage/v1/s3"

    sent(site(tmp_path / "site"), bucket(kept, endpoint=f"{kept.endpoint}{kept.below}"), Rows())

    assert SITE == texts(kept)


def test_a_bucket_may_stand_before_the_host(kept: Storage) -> None:
    place = bucket(kept, endpoint="https://s3.example.net", path_style=False)

    assert "tidewatch.s3.example.net" == place.host


def test_what_others_keep_in_the_bucket_stays(tmp_path: Path, kept: Storage) -> None:
    kept.objects["theirs.html"] = b"theirs"
    built, manifest = site(tmp_path / "site"), Rows()

    sent(built, bucket(kept), manifest)
    sent(built, bucket(kept), manifest, anew=True)

    assert b"theirs" == kept.objects["theirs.html"]


@pytest.mark.parametrize("fault", [0, 429, 500, 503])
def test_a_passing_fault_is_tried_again(tmp_path: Path, kept: Storage, fault: int) -> None:
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    kept.faults = [fault, fault]

    sent(site(tmp_path / "site"), replace(bucket(kept), pause=pause), Rows())

    assert SITE == texts(kept)
    assert [0.5, 1.5] == waits


def test_a_lasting_fault_ends_it_and_the_next_time_goes_on(tmp_path: Path, kept: Storage) -> None:
    built, manifest = site(tmp_path / "site"), Rows()
    kept.refused = {"topics/coast/index.html"}

    with pytest.raises(DeployError, match="the storage refuses access") as caught:
        sent(built, bucket(kept), manifest)
    assert "index.html" not in kept.objects
    kept.refused.clear()
    kept.asked.clear()
    sent(built, bucket(kept), manifest)

    assert "3 of 6 files were uploaded" in caught.value.hint
    assert ["topics/coast/index.html", "feed.xml", "index.html"] == kept.written()
    assert SITE == texts(kept)


class Ending(list[str]):
    """Paths; whoever takes them is told to end as soon as the storage is stuck on the first."""

    def __init__(self, stuck: str, other: str, kept: Storage) -> None:
        super().__init__([stuck, other])
        self.kept = kept

    def __iter__(self) -> Iterator[str]:
        yield self[0]
        while not self.kept.is_stuck.is_set():
            yield self[1]
        raise KeyboardInterrupt


class Interrupted(Rows):
    """A manifest that is told to end when something is noted while the storage is stuck."""

    def __init__(self, kept: Storage) -> None:
        super().__init__()
        self.kept = kept

    def put(self, path: str, digest: str) -> None:
        super().put(path, digest)
        if self.kept.is_stuck.wait(1):
            raise KeyboardInterrupt


def has_ended(kept: Storage) -> bool:
    """Say whether nothing is under way, though the storage did not answer."""
    at_work = [
        thread
        for thread in threading.enumerate()
        if thread.name.startswith(("ThreadPool", "asyncio"))
    ]
    return not kept.was_waited_out and not at_work


def test_told_to_end_while_work_is_handed_out_it_ends(kept: Storage) -> None:
    kept.stuck = "feed.xml"

    with pytest.raises(KeyboardInterrupt):
        list(bucket(kept).delete(Ending("feed.xml", "index.html", kept)))

    assert has_ended(kept)


def test_told_to_end_between_two_files_it_ends(tmp_path: Path, kept: Storage) -> None:
    kept.stuck = "style.css"

    with pytest.raises(KeyboardInterrupt) as caught:
        sent(site(tmp_path / "site"), bucket(kept), Interrupted(kept))

    assert has_ended(kept), caught


REFUSALS: dict[str, tuple[dict[str, object], str]] = {
    "an unknown key": ({"access_key": "NOBODY"}, "not know the access key"),
    "a wrong secret": ({"secret_key": "hush"}, "refuses the signature"),
    "another region": ({"region": "eu-west-1"}, "the bucket is in another region"),
    "no such bucket": ({"bucket": "nowhere"}, "the bucket does not exist"),
    "nobody there": ({"endpoint": "http://127.0.0.1:9"}, "could not reach the storage"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_says_what_to_do_and_no_secret(tmp_path: Path, kept: Storage, name: str) -> None:
    other, what = REFUSALS[name]

    with pytest.raises(DeployError, match=what) as caught:
        sent(site(tmp_path / "site"), bucket(kept, **other), Rows())

    said = f"{caught.value} {caught.value.hint}"
    assert caught.value.hint
    assert SECRET not in said
    assert "hush" not in said


def test_a_bucket_shows_no_secret(kept: Storage) -> None:
    assert SECRET not in repr(bucket(kept))


def test_a_page_where_a_list_should_be_is_no_list(kept: Storage) -> None:
    kept.page_instead = b"<!doctype html><p>Welcome to nginx"

    with pytest.raises(DeployError, match="could not read the storage's list of files"):
        bucket(kept).listing(())


# Large files, such as backups.


def test_a_large_file_is_sent_in_pieces_read_again_and_fetched(
    tmp_path: Path, kept: Storage
) -> None:
    file = tmp_path / "large.bin"
    file.write_bytes(b"0123456789abcdef" * 100_000)
    place = bucket(kept, prefix="beat")
    kept.faults += [503]

    digest = place.keep(file)
    place.fetch(file.name, tmp_path / "back.bin")

    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest
    assert file.read_bytes() == (tmp_path / "back.bin").read_bytes()
    assert ["GET", "GET", "PUT", "PUT"] == sorted(method for method, _ in kept.asked)
    assert ["back.bin", "large.bin"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_file_of_more_than_five_gigabytes_is_refused_at_once(
    tmp_path: Path, kept: Storage
) -> None:
    with (tmp_path / "huge.bin").open("wb") as file:
        file.truncate((5 << 30) + 1)

    with pytest.raises(DeployError, match="at most 5 GB in one request"):
        bucket(kept).keep(tmp_path / "huge.bin")

    assert [] == kept.asked


def test_a_file_that_cannot_be_written_is_no_fault_of_the_storage(
    tmp_path: Path, kept: Storage
) -> None:
    kept.objects["a.bin"] = b"data"

    with pytest.raises(DeployError, match="the file cannot be written"):
        bucket(kept).fetch("a.bin", tmp_path / "none/a.bin")
