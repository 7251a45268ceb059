"""Build web.warc.gz and truth.jsonl out of world/: python examples/ai/build_world.py [--out DIR]."""

from __future__ import annotations

import argparse
from pathlib import Path

from worldbuild import logos, recording, sources, truth

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Write the recorded web, the truth about it and the newsroom's logos into --out."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=HERE, help="where to write (default: here)")
    out = arguments.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    world = sources.load(HERE / "world")
    recording.write(recording.answers(world, HERE / "world" / "layouts"), out / "web.warc.gz")
    (out / "truth.jsonl").write_text("\n".join(truth.lines(world)) + "\n", encoding="utf-8")
    logos.write(world, HERE / "newsroom", out / "newsroom")


if __name__ == "__main__":
    main()
