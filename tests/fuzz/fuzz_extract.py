"""The fuzz target of the reader: ./run.sh fuzz [MINUTES]; needs the dependency group `fuzz`.

    python tests/fuzz/fuzz_extract.py [libFuzzer options] [CORPUS]
    python tests/fuzz/fuzz_extract.py CRASH…      reads what once crashed and says what comes of it

A crash is any exception but PageError, an article that is not sound, or a page over two seconds of
the processor, twice. The fuzzer's bytes are choices of a grammar of pages, or, where the first byte
is odd, the page itself.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["copydesk.extract", "copydesk.kit", "copydesk.news"]):
    from extract import checked
    from extract.given import document
from fuzz import grammar

_slowest = 0.1


def made(data: bytes) -> grammar.Made:
    """Give the page that the fuzzer means."""
    if data[:1] and data[0] % 2:
        return grammar.Made(body=data[1:], headers={"content-type": "text/html"})
    return grammar.page(data[1:])


def try_one(data: bytes) -> None:
    """Read one page; raise where that is a crash."""
    global _slowest  # noqa: PLW0603 # libFuzzer leaves no other place before it ends the process
    page = made(data)
    seconds = _seconds(page)
    if seconds > _slowest:  # a busy machine is no finding, nor a library that is loaded
        seconds = min(seconds, _seconds(page))
    if seconds > _slowest:
        _slowest = seconds
        print(f"slowest page: {seconds:.2f} s for {len(page.body):,} bytes", file=sys.stderr)
    if seconds > checked.SECONDS:
        raise TimeoutError(f"{seconds:.1f} s of the processor for one page")


def _seconds(page: grammar.Made) -> float:
    began = time.process_time()
    checked.read(page.body, page.headers)
    return time.process_time() - began


def main() -> None:
    """Fuzz, or read again what crashed."""
    files = [Path(one) for one in sys.argv[1:] if Path(one).is_file()]
    for file in files:
        page = made(file.read_bytes())
        began = time.process_time()
        outcome = checked.read(page.body, page.headers)
        print(f"{file}: {outcome!r:.2000}\n{time.process_time() - began:.2f} s")
    if files:
        return
    checked.read(document().encode(), {})  # loads the libraries, which no page shall pay for
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
