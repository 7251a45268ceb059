"""Write a target's first inputs into a folder: python tests/fuzz/corpus.py TARGET FOLDER."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from fuzz import targets


def main() -> None:
    """Write each under the hash of its bytes."""
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for data in targets.load(sys.argv[1]).seeds:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    main()
