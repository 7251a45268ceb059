"""Build the recorded web out of world/: python examples/ai/build_world.py [--out DIR] [--now TIME].

Without --now: web.warc.gz, truth.jsonl and the newsroom's logos, as they are committed. With it, as
`copydesk demo` does: web.warc.gz and demo.json alone, moved by whole weeks to the last that began before
that time, with the pictures of the committed web.warc.gz.
"""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path

from worldbuild import calendar, logos, pages, recording, sources, truth

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Write what the options ask for into --out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="where to write (default: here)")
    parser.add_argument("--now", type=datetime.fromisoformat, help="such as 2027-02-28T09:30:00Z")
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    if arguments.now:
        write_young(out, arguments.now)
    else:
        write_committed(out)


def write_young(out: Path, now: datetime) -> None:
    """Write the web as it is at most six days before a time, and the clock that belongs to it."""
    dates = calendar.young(now)
    world = sources.load(HERE / "world", dates)
    drawn = recording.read_pictures(HERE / "web.warc.gz")
    recording.write(recording.answers(world, HERE / "world" / "layouts", drawn), out / "web.warc.gz")
    clock = {"now": pages.stamp(dates.clock), "made": pages.stamp(now), "web": "web.warc.gz"}
    (out / "demo.json").write_text(json.dumps(clock, indent=2) + "\n", encoding="utf-8")


def write_committed(out: Path) -> None:
    """Write the web of the first week, the truth about it and the newsroom's logos."""
    world = sources.load(HERE / "world", calendar.Calendar())
    recording.write(recording.answers(world, HERE / "world" / "layouts", {}), out / "web.warc.gz")
    (out / "truth.jsonl").write_text("\n".join(truth.lines(world)) + "\n", encoding="utf-8")
    logos.write(world, HERE / "newsroom", out / "newsroom")


if __name__ == "__main__":
    main()
