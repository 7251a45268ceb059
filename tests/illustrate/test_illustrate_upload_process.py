"""An upload is decoded by a process of its own, with which bombs and hanging decoders end."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from copydesk.errors import PictureError
from copydesk.illustrate import make_upload, make_upload_apart
from world.machine import PATIENCE_SECONDS


def picture(size: tuple[int, int] = (300, 200)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (40, 90, 160)).save(out, "PNG")
    return out.getvalue()


def bomb() -> bytes:
    """Return a PNG of some kilobytes that is 30,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def decode_by(code: str) -> tuple[str, ...]:
    """Return the command of a decoder that does what `code` says with the bytes of a picture."""
    made = f"def make(data):\n {code}\nanswer_upload(make)"
    lines = f"from copydesk.illustrate import answer_upload\n{made}"
    return (sys.executable, "-P", "-c", lines)


def test_it_makes_what_this_process_would_make() -> None:
    assert make_upload(picture()) == make_upload_apart(picture())


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg/>", picture((8, 8)), picture()[:60], bomb()],
    ids=["nothing", "drawing", "small", "torn", "bomb"],
)
def test_it_refuses_what_this_process_would_refuse_in_the_same_words(data: bytes) -> None:
    with pytest.raises(PictureError) as here:
        make_upload(data)
    with pytest.raises(PictureError) as there:
        make_upload_apart(data)
    assert (str(here.value), here.value.hint) == (str(there.value), there.value.hint)


def test_a_decoder_that_hangs_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(PictureError, match="took more than 1 seconds"):
        make_upload_apart(picture(), 1.0, decode_by("import time; time.sleep(3000)"))
    assert time.monotonic() - began < PATIENCE_SECONDS


@pytest.mark.parametrize(
    "code",
    ["return bytes(4 << 30)", "import os; os.abort()", "raise RuntimeError", "return b''"],
    ids=["memory", "crash", "bug", "nothing"],
)
def test_a_decoder_that_fails_is_no_failure_of_ours(code: str) -> None:
    with pytest.raises(PictureError, match="cannot be decoded"):
        make_upload_apart(picture(), command=decode_by(code))


def test_the_folder_of_the_server_is_no_place_to_import_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    assert make_upload_apart(picture())


def test_who_only_asks_loads_no_decoder() -> None:
    code = (
        "import sys; from copydesk.illustrate import make_upload_apart; print('PIL' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False" == told.stdout.strip()
