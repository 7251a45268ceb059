"""The labelled data and the reference site beside the checkout, where they are there.

`needs_shared` marks a test that looks at them. `tests/conftest.py` skips it where the folder is
absent; `./run.sh test-shared` runs these tests alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
WHY_SKIPPED = "the shared data folder is not beside this checkout"
needs_shared = pytest.mark.shared
