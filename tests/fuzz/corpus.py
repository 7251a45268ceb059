"""Write the fuzzer's first inputs: the pages of tests/cases/extract, and choices of the grammar.

python tests/fuzz/corpus.py FOLDER
"""

from __future__ import annotations

import hashlib
import random
import sys
from pathlib import Path

CASES = Path(__file__).parents[1] / "cases" / "extract"
CHOICES = 200


def main() -> None:
    """Write them into the folder, each under the hash of its bytes."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(4)  # the same corpus every time
    inputs = [
        b"\x01" + case.read_text("utf-8").partition("\n----\n")[2].encode()
        for case in CASES.glob("*.case")
    ]
    inputs += [b"\x00" + chance.randbytes(chance.randrange(20, 2_000)) for _ in range(CHOICES)]
    for data in inputs:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    main()
