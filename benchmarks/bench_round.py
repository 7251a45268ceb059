"""Time one whole round over a recorded web, beside what reading its pages alone takes.

    python benchmarks/bench_round.py WEB.warc.gz DESCRIPTION.json [RUNS]

DESCRIPTION.json lists the sources (`sources[].url`) and the clock (`replay.now`). The limit that a
round is held against is trafilatura alone, one process, over the same pages, in the same minute:
the ratio says what finding, robots, judging, pictures, filing and publishing cost on top, and what
the second core brings. Prints medians.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BEAT = '[site]\ntitle = "Bench"\nurl = "https://bench.example"\n[scoring]\noff_beat = "keep"\n'


def main() -> None:
    web, description = Path(sys.argv[1]).resolve(), json.loads(Path(sys.argv[2]).read_text("utf-8"))
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    rounds, limits, shares = [], [], []
    for _ in range(runs):
        seconds, report = one_round(web, description)
        rounds.append(seconds)
        shares.append(report["stages"])
        limits.append(pages_alone(web))
    filed = len(report["filed"])
    median = statistics.median(rounds)
    print(f"{filed} stories filed in {median:.1f} s: {60 * filed / median:.0f} a minute")
    print(f"trafilatura alone over every page: {statistics.median(limits):.1f} s")
    print(f"round / limit: {median / statistics.median(limits):.2f}")
    for stage in shares[0]:
        print(f"  {stage:10} {statistics.median(one[stage] for one in shares):6.2f} s")


def one_round(web: Path, description: dict) -> tuple[float, dict]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        sources = "".join(f'[[source]]\nurl = "{one["url"]}"\n' for one in description["sources"])
        (root / "beat.toml").write_text(BEAT + sources, "utf-8")
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        began = time.perf_counter()
        command = ["-m", "copydesk", "-C", folder, "run", "--json", "--web", str(web)]
        done = subprocess.run(
            [sys.executable, *command, "--now", description["replay"]["now"]],
            check=True,
            capture_output=True,
        )
        return time.perf_counter() - began, json.loads(done.stdout)


def pages_alone(web: Path) -> float:
    import trafilatura
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    with web.open("rb") as stream:
        pages = [
            record.reader.read()
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response)
            if "html" in (record.http_content_type or "") and record.http_headers.status_code == 200
        ]
    began = time.perf_counter()
    for page in pages:
        trafilatura.extract(page, favor_precision=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
