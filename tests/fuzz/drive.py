"""Fuzz one target: ./run.sh fuzz [MINUTES] [TARGET]; needs the dependency group `fuzz`.

    python tests/fuzz/drive.py TARGET [libFuzzer options] [CORPUS]
    python tests/fuzz/drive.py TARGET CRASH…      tries again what once failed

A fault is what `fuzz.targets` says, or an input over the target's seconds of the processor, twice.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import atheris

from fuzz import targets


def main() -> None:
    """Fuzz, or try again what failed."""
    name, *words = sys.argv[1:]
    with atheris.instrument_imports(include=["copydesk"]):
        target = targets.load(name)
        for seed in target.seeds:  # loads the libraries, which no input shall pay for
            target.check(seed)
    files = [Path(word) for word in words if Path(word).is_file()]
    for file in files:
        print(f"{file}: {_seconds(target, file.read_bytes()):.2f} s")
    if not files:
        _fuzz(target, words)


def _fuzz(target: targets.Target, words: list[str]) -> None:
    slowest = 0.1

    def try_input(data: bytes) -> None:
        nonlocal slowest
        seconds = _seconds(target, data)
        if seconds > slowest:  # a busy machine is no finding, nor a library that is loaded
            seconds = min(seconds, _seconds(target, data))
        if seconds > slowest:
            slowest = seconds
            print(f"slowest input: {seconds:.2f} s for {len(data):,} bytes", file=sys.stderr)
        if seconds > target.seconds:
            raise TimeoutError(f"{seconds:.1f} s of the processor for one input")

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        assert target.mutate is not None
        if random.Random(seed).randrange(3) == 0:
            mutated: bytes = atheris.Mutate(data, most)
            return mutated
        return target.mutate(data, seed)[:most]

    arguments = [sys.argv[0], *words]
    atheris.Setup(arguments, try_input, **({"custom_mutator": mutate} if target.mutate else {}))
    atheris.Fuzz()


def _seconds(target: targets.Target, data: bytes) -> float:
    began = time.process_time()
    target.check(data)
    return time.process_time() - began


if __name__ == "__main__":
    main()
