"""Fingerprints: the same everywhere, close for close texts, none for little text."""

from __future__ import annotations

import subprocess
import sys

import pytest

from copydesk.judge import copies

TEXT = " ".join(f"word{number}" for number in range(60))


def test_a_fingerprint_is_the_same_in_every_process_and_version() -> None:
    assert copies.fingerprint(TEXT)[:4] == PINNED
    code = f"from copydesk.judge import copies; print(copies.fingerprint({TEXT!r})[:4])"
    for seed in ("1", "2"):
        answer = subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert answer.stdout.strip() == str(PINNED)


PINNED = (69909946, 119160522, 216761974, 218303736)


@pytest.mark.parametrize("text", ["", "One headline", " ".join(TEXT.split()[:39]), "x " * 500])
def test_too_little_text_has_no_fingerprint(text: str) -> None:
    assert copies.fingerprint(text) == ()


def test_forty_words_are_enough() -> None:
    assert len(copies.fingerprint(" ".join(TEXT.split()[:40]))) == 36


def test_case_and_punctuation_do_not_count() -> None:
    assert copies.fingerprint(TEXT.upper().replace(" ", ", ")) == copies.fingerprint(TEXT)


def test_a_fingerprint_has_at_most_sixty_four_numbers_in_order() -> None:
    marks = copies.fingerprint(" ".join(f"word{number}" for number in range(5000)))
    assert len(marks) == 64
    assert list(marks) == sorted(set(marks))
    assert all(0 <= mark < 2**32 for mark in marks)


def test_half_a_text_shares_half_of_its_fingerprint() -> None:
    words = [f"word{number}" for number in range(2000)]
    whole, half = copies.fingerprint(" ".join(words)), copies.fingerprint(" ".join(words[:1000]))
    assert 20 <= len(set(whole) & set(half)) <= 44


def test_a_text_without_blanks_has_a_fingerprint_too() -> None:
    text = "".join(chr(0x4E00 + number) for number in range(60))
    assert len(copies.fingerprint(text)) == 56
