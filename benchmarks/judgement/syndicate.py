"""Run texts again as syndication does, and write them as labelled documents.

python benchmarks/judgement/syndicate.py GOLD.jsonl OUT.jsonl
copydesk eval copies OUT.jsonl

Each text of GOLD comes once as it is and once as another site runs it: cut, under another headline,
with a dateline and standing paragraphs around it, with paragraphs left out, with words changed. A
cluster is one text; other texts on the same event are other clusters, though some are copies in
truth, since newsrooms did run each other's words.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

STANDING = (
    "Sign up for our morning letter and have the day's stories in your inbox before breakfast.",
    "This report was first sent to subscribers of the wire. All rights reserved by its owners.",
    "Have something to add? Write to the newsroom; letters may be shortened before they appear.",
)
LEAST_WORDS = 120


def cut(text: str, chance: random.Random) -> str:
    """Keep the first half to nine tenths, up to a full stop."""
    end = int(len(text) * chance.uniform(0.5, 0.9))
    stop = text.rfind(". ", 0, end)
    return text[: stop + 1] if stop > end // 2 else text[:end]


def framed(text: str, chance: random.Random) -> str:
    """Put a dateline before it and standing paragraphs around it."""
    return "\n".join((f"VELMORA, {chance.randint(1, 28)} May (Any Wire)", text, *STANDING))


def thinned(text: str, chance: random.Random) -> str:
    """Leave out a fifth of the sentences."""
    sentences = text.split(". ")
    return ". ".join(one for one in sentences if chance.random() > 0.2)


def edited(text: str, chance: random.Random) -> str:
    """Change one word in thirty, as a desk does with spelling and titles."""
    words = text.split(" ")
    return " ".join(word if chance.random() > 1 / 30 else word[::-1] for word in words)


WAYS: tuple[Callable[[str, random.Random], str], ...] = (cut, framed, thinned, edited)


def documents(gold: Path) -> Iterator[dict[str, str]]:
    seen: set[str] = set()
    for line in gold.read_text("utf-8").splitlines():
        one = json.loads(line)
        one.setdefault("id", one.get("url"))
        text = one.get("text") or ""
        if len(text.split()) < LEAST_WORDS or one["id"] in seen:
            continue
        seen.add(one["id"])
        chance = random.Random(one["id"])
        yield {"id": f"{one['id']}-0", "title": one["title"], "text": text, "cluster": one["id"]}
        way = WAYS[hashlib.sha1(one["id"].encode(), usedforsecurity=False).digest()[0] % len(WAYS)]
        again = way(text, chance)
        title = text.split(". ")[0][:90]
        yield {"id": f"{one['id']}-1", "title": title, "text": again, "cluster": one["id"]}


def main() -> None:
    gold, out = map(Path, sys.argv[1:3])
    rows = list(documents(gold))
    random.Random(0).shuffle(rows)
    out.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    print(f"{len(rows)} texts")


if __name__ == "__main__":
    main()
