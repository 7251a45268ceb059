"""How alike texts are, each with each: by TF-IDF over words, by MiniLM, as cosines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import vectors
from numpy.typing import NDArray

Likeness = NDArray[np.float32]


def tf_idf(texts: Sequence[str]) -> Likeness:
    """Compare words, weighed by scikit-learn: English stop words gone, frequencies damped."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    weigh = TfidfVectorizer(sublinear_tf=True, stop_words="english", dtype=np.float32)
    weights = weigh.fit_transform(texts)
    return (weights @ weights.T).toarray()


def minilm(texts: Sequence[str], kept: Path | None = None) -> Likeness:
    """Compare all-MiniLM-L6-v2's sentence vectors, 8 bits a number as copydesk keeps them.

    A text in which it reads no words is like none. With `kept` a file remembers vectors.
    """
    from copydesk import embed

    nowhere = bytes(embed.SIZE)
    found = vectors.vectors(texts, kept) if kept else embed.Model().vectors(texts)
    together = b"".join(vector or nowhere for vector in found)
    rows = np.frombuffer(together, np.int8).reshape(len(texts), -1).astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1.0)
    return rows @ rows.T
