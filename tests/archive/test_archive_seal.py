"""The private part: what opens it, what does not, and that equal content gives equal bytes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from archive.checkout import seal_reference_form
from copydesk.archive.sealing import seal, unseal, write_key
from copydesk.errors import SealError

KEY = bytes(range(32))
NAME = "2025-03-04-crane.md"
PLAIN = b'{"found":"2025-03-04T00:00:00Z","id":"7"}'


def parts(sealed: str) -> tuple[bytes, bytes]:
    """Return ciphertext and nonce."""
    ciphertext, nonce = sealed.split(";")
    return base64.b64decode(ciphertext), base64.b64decode(nonce)


def joined(ciphertext: bytes, nonce: bytes) -> str:
    """Return the two-part text."""
    return f"{base64.b64encode(ciphertext).decode()};{base64.b64encode(nonce).decode()}"


def test_the_construction_is_the_documented_one() -> None:
    ciphertext, nonce = parts(seal(PLAIN, KEY, NAME))

    own_key = hmac.digest(KEY, b"copydesk seal nonce 1", hashlib.sha256)
    message = len(NAME).to_bytes(8, "big") + NAME.encode() + PLAIN
    assert hmac.digest(own_key, message, hashlib.sha256)[:12] == nonce
    assert PLAIN == AESGCMSIV(KEY).decrypt(nonce, ciphertext, NAME.encode())


def test_the_same_content_gives_the_same_bytes_and_another_gives_others() -> None:
    sealed = seal(PLAIN, KEY, NAME)

    assert sealed == seal(PLAIN, KEY, NAME)
    others = [seal(PLAIN + b" ", KEY, NAME), seal(PLAIN, KEY, "b.md"), seal(PLAIN, b"k" * 32, NAME)]
    assert len({parts(one)[1] for one in (sealed, *others)}) == 4


def test_a_record_that_moves_keeps_its_seal() -> None:
    sealed = seal(PLAIN, KEY, f"_news/{NAME}")

    assert PLAIN == unseal(sealed, (KEY,), f"_archive/_news/{NAME}") == unseal(sealed, (KEY,), NAME)


def test_the_reference_form_has_a_sixteen_byte_iv_and_never_repeats() -> None:
    one, other = seal_reference_form(PLAIN, KEY), seal_reference_form(PLAIN, KEY)

    assert one != other
    assert (0, 16) == (len(parts(one)[0]) % 16, len(parts(one)[1]))
    assert PLAIN == unseal(one, (KEY,), NAME) == unseal(other, (KEY,), "any.md")


def test_the_reference_form_with_a_given_iv_is_aes_cbc_with_pkcs7() -> None:
    # openssl enc -aes-256-cbc -K 0001…1f -iv 0 of "copydesk"
    sealed = seal_reference_form(b"copydesk", KEY, iv=bytes(16))

    assert b"copydesk" == unseal(sealed, (KEY,), NAME)
    assert 16 == len(parts(sealed)[0])


@pytest.mark.parametrize(
    ("sealed", "key", "name"),
    [
        (seal(PLAIN, KEY, NAME), b"x" * 32, NAME),
        (seal(PLAIN, KEY, NAME), KEY, "another.md"),
        (
            joined(parts(seal(PLAIN, KEY, NAME))[0][:-1], parts(seal(PLAIN, KEY, NAME))[1]),
            KEY,
            NAME,
        ),
        (joined(b"", bytes(12)), KEY, NAME),
        (joined(b"short", bytes(12)), KEY, NAME),
        (joined(b"", bytes(16)), KEY, NAME),
        (joined(b"not a block", bytes(16)), KEY, NAME),
        (joined(bytes(32), bytes(16)), KEY, NAME),
        (joined(bytes(32), bytes(13)), KEY, NAME),
        ("", KEY, NAME),
        ("abc", KEY, NAME),
        ("a;b;c", KEY, NAME),
        ("🛟;🛟", KEY, NAME),
        ("ab cd;" + base64.b64encode(bytes(12)).decode(), KEY, NAME),
    ],
    ids=[
        *("wrong key", "wrong name", "truncated", "empty", "too short", "empty reference form"),
        *("no whole block", "wrong padding", "odd nonce", "nothing", "one part", "three parts"),
        *("no base64", "a blank inside"),
    ],
)
def test_what_was_not_sealed_so_does_not_open(sealed: str, key: bytes, name: str) -> None:
    with pytest.raises(SealError) as caught:
        unseal(sealed, (key,), name)

    assert name == caught.value.subject
    assert caught.value.hint


@pytest.mark.parametrize("key", [b"", b"short", bytes(31), bytes(33)])
def test_a_key_of_another_size_is_refused(key: bytes) -> None:
    for attempt in (
        lambda: seal(PLAIN, key, NAME),
        lambda: unseal(seal_reference_form(PLAIN, KEY), (key,), NAME),
        lambda: unseal(seal(PLAIN, KEY, NAME), (key,), NAME),
    ):
        with pytest.raises(SealError, match="32 bytes"):
            attempt()


def test_a_new_key_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        key = write_key(tmp_path / ".copydesk" / "key")
    finally:
        os.umask(before)

    file = tmp_path / ".copydesk" / "key"
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert key == base64.b64decode(file.read_bytes(), validate=False)
    assert 32 == len(key)


@pytest.mark.parametrize("link", [False, True])
def test_a_key_that_is_there_is_never_overwritten(link: bool, tmp_path: Path) -> None:
    file = tmp_path / "key"
    if link:
        file.symlink_to(tmp_path / "elsewhere")
    else:
        file.write_text("mine")

    with pytest.raises(SealError, match="a key file already exists"):
        write_key(file)

    assert not (tmp_path / "elsewhere").exists()


def test_a_key_that_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SealError, match="could not save the key"):
        write_key(tmp_path / "file" / "key")
