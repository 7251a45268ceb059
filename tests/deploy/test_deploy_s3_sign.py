"""Signatures: the four examples of the Amazon S3 API reference (SigV4, header-based auth)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from copydesk.deploy.s3 import Signed, sign
from copydesk.news.options import S3Options

OPTIONS = S3Options(
    access_key="AKIAIOSFODNN7EXAMPLE", secret_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)
AT = datetime(2013, 5, 24, tzinfo=UTC)
HOST = "examplebucket.s3.amazonaws.com"

EXAMPLES = {
    "get an object": (
        Signed(method="GET", host=HOST, path="/test.txt", headers={"Range": "bytes=0-9"}),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ),
    "put an object": (
        Signed(
            method="PUT",
            host=HOST,
            path="/test$file.text",
            headers={
                "Date": "Fri, 24 May 2013 00:00:00 GMT",
                "x-amz-storage-class": "REDUCED_REDUNDANCY",
            },
            body=b"Welcome to Amazon S3.",
        ),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ),
    "a query without a value": (
        Signed(method="GET", host=HOST, path="/", query={"lifecycle": ""}),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    ),
    "a list": (
        Signed(method="GET", host=HOST, path="/", query={"max-keys": "2", "prefix": "J"}),
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_request_is_signed_as_in_the_published_example(name: str) -> None:
    request, signature = EXAMPLES[name]

    headers = sign(request, OPTIONS, AT)

    assert headers["Authorization"].endswith(f"Signature={signature}")
    assert "20130524/us-east-1/s3/aws4_request" in headers["Authorization"]


def test_a_lent_key_signs_its_token_too() -> None:
    options = S3Options(access_key="A", secret_key="S", session_token="lent")

    headers = sign(Signed(method="GET", host=HOST, path="/"), options, AT)

    assert "lent" == headers["x-amz-security-token"]
    assert "x-amz-security-token" in headers["Authorization"]


def test_what_is_sent_is_escaped_as_what_is_signed() -> None:
    request = Signed(
        method="GET", host=HOST, path="/a b/é~+.html", query={"prefix": "a/b c", "x": "&="}
    )

    assert "/a%20b/%C3%A9~%2B.html?prefix=a%2Fb%20c&x=%26%3D" == request.target


def test_secrets_stand_in_no_representation() -> None:
    shown = repr(S3Options(access_key="A", secret_key="hush", session_token="hush"))

    assert "hush" not in shown
