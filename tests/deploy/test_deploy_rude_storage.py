"""A storage that misbehaves on the wire: what is said of it, and what it costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import deploy
from copydesk.errors import DeployError
from copydesk.news.options import S3Options
from world.rude_storage import (
    Answer,
    denies_without_end,
    drips,
    has_endless_headers,
    is_silent,
    lists_without_end,
    rude_storage,
    says,
    takes_its_time,
)
from world.sites import site
from world.storage import ACCESS, BUCKET, SECRET, storage
from world.tls import Authority

TRIES = 4
OK = b"HTTP/1.1 200 OK\r\n"
HELLO = b"<?xml version='1.0'?><ListBucketResult/>"


async def at_once(_: float) -> None:
    """Wait for nothing between two tries."""


def bucket(endpoint: str) -> deploy.Bucket:
    return deploy.Bucket(
        options=S3Options(endpoint=endpoint, bucket=BUCKET, access_key=ACCESS, secret_key=SECRET),
        silence_seconds=0.3,
        pause=at_once,
    )


BROKEN: dict[str, tuple[Answer, str]] = {
    "says nothing": (is_silent, "timed out"),
    "a body that drips": (drips, "timed out"),
    "hangs up": (says(b""), "closed the connection"),
    "no http": (says(b"SSH-2.0-OpenSSH_9.2\r\n"), "not valid HTTP"),
    "a cut body": (says(OK + b"Content-Length: 100\r\n\r\n<Lis"), "incomplete"),
    "broken chunks": (
        says(OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n"),
        "not valid HTTP|incomplete",
    ),
    "cut chunks": (says(OK + b"Transfer-Encoding: chunked\r\n\r\n20\r\n<L"), "incomplete"),
    "a list without end": (lists_without_end, "too long"),
    "headers without end": (has_endless_headers, "not valid HTTP"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_answer_is_tried_four_times_and_named(name: str) -> None:
    answer, why = BROKEN[name]

    with (
        rude_storage(answer) as rude,
        pytest.raises(DeployError, match=rf"could not reach the storage \(.*({why})") as caught,
    ):
        bucket(rude.endpoint).listing(())

    assert TRIES == rude.asked
    assert f"127.0.0.1:{rude.port}" == caught.value.subject
    assert "deploy.s3.endpoint" in caught.value.hint
    assert SECRET not in f"{caught.value} {caught.value.hint}"


def test_a_large_file_has_more_time(tmp_path: Path) -> None:
    built = site(tmp_path / "site", {"index.html": "x" * 6_000_000})
    large = deploy.survey(built).parcels["index.html"]

    with rude_storage(takes_its_time) as rude:
        assert [("index.html", True)] == list(bucket(rude.endpoint).send([large]))

    assert 1 == rude.asked


def test_a_refusal_without_end_is_told_by_its_beginning() -> None:
    with (
        rude_storage(denies_without_end) as rude,
        pytest.raises(DeployError, match=r"refuses access .AccessDenied, status 403."),
    ):
        bucket(rude.endpoint).listing(())

    assert 1 == rude.asked
    assert rude.taken < 50_000_000  # of ten thousand million: what the system holds on the way


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_is_told_and_not_followed(status: int) -> None:
    body = b"<Error><Code>PermanentRedirect</Code></Error>"
    with storage() as other:
        head = f"HTTP/1.1 {status} Moved\r\nLocation: {other.endpoint}/{BUCKET}\r\n".encode()
        answer = says(head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

        with (
            rude_storage(answer) as rude,
            pytest.raises(
                DeployError, match=rf"is at another address .PermanentRedirect, status {status}"
            ),
        ):
            bucket(rude.endpoint).listing(())

    assert [] == other.asked


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with storage() as kept, rude_storage(says(b"")) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.endpoint)
        bucket(kept.endpoint).mark()

    assert 0 == proxy.asked
    assert [("PUT", ".copydesk-site")] == kept.asked


def test_a_storage_whose_certificate_nobody_vouches_for_is_asked_once(tmp_path: Path) -> None:
    tls = Authority(tmp_path).context()

    with rude_storage(says(b""), tls) as rude, pytest.raises(DeployError, match="certificate"):
        bucket(f"https://localhost:{rude.port}").listing(())

    assert 0 == rude.asked  # it hears nothing before its certificate is believed


def test_an_authority_of_the_owners_own_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    answer = says(OK + f"Content-Length: {len(HELLO)}\r\n\r\n".encode() + HELLO)

    with rude_storage(answer, authority.context()) as rude:
        assert {} == bucket(f"https://localhost:{rude.port}").listing(())

    assert 1 == rude.asked


def test_a_storage_without_tls_is_told() -> None:
    with (
        rude_storage(says(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as rude,
        pytest.raises(DeployError, match=r"could not reach the storage \(.*SSL"),
    ):
        bucket(f"https://127.0.0.1:{rude.port}").listing(())


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:99999", "http://a..example", "http://"])
def test_what_is_no_address_is_a_failure_that_is_told(endpoint: str) -> None:
    with pytest.raises(DeployError, match="could not reach the storage"):
        bucket(endpoint).listing(())
