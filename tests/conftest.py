"""What holds for every test."""

from __future__ import annotations

import gc
import os
import signal
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

from world import machine
from world.shared import SHARED, WHY_SKIPPED

HOME = machine.isolate()

FEW_EXAMPLES = 10
FOUND = Path(__file__).parents[1] / ".hypothesis" / "found"

# A deadline for each example, or for making them, would be a test of how busy the machine is.
# The same examples every time, and none remembered: whoever runs the tests sees what others see.
settings.register_profile(
    "copydesk",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    database=None,
)
# ./run.sh laws: other examples every time. What breaks a law is kept and tried first.
settings.register_profile(
    "laws",
    settings.get_profile("copydesk"),
    derandomize=False,
    database=DirectoryBasedExampleDatabase(FOUND),
)
settings.load_profile("copydesk")


# What a shell begins in the background (`make test &`) ignores Ctrl-C, with all that it starts:
# whoever is interrupted by a test would never end.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--law-seed", type=int, help="what the examples of every law begin from")
    parser.addoption(
        "--law-scale",
        type=int,
        default=0,
        help="how many times as many examples each law gets as it asks for; an eighth without this",
    )


@pytest.hookimpl(optionalhook=True)  # xdist's own, which may be left out
def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes share the tests: three more than there are cores.

    A test of a server, a round or a browser waits for others half of its time: three processes
    left a third of two quiet cores unused.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) + 3


@pytest.hookimpl(trylast=True)  # when the profile is settled
def pytest_configure(config: pytest.Config) -> None:
    """Leave out the constants of loaded modules, which hang on the tests that ran before."""
    config.option.loadscopereorder = False  # xdist's own order, by number, knows no slow tests
    if settings.default and settings.default.derandomize:
        none = Constants()
        providers._get_local_constants = lambda: none


def pytest_unconfigure() -> None:
    machine.leave(HOME)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector from what is loaded and collected: all of it stays to the end.

    For what tests make it comes after 10,000 objects, not 700: it took 3 % of their time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave the parameters that are not in a test's sample to ./run.sh test-long."""
    sample = item.get_closest_marker("sample")
    parameters = getattr(item, "callspec", None)
    if sample and parameters and not is_in_sample(sample, parameters.id):
        item.add_marker(pytest.mark.long)


def is_in_sample(sample: pytest.Mark, name: str) -> bool:
    """Decide whether a sample has the parameters of this name: `sample` in pyproject.toml."""
    return name in sample.args if sample.args else sample.kwargs["without"] not in name


@pytest.hookimpl(trylast=True)  # when Hypothesis has marked its tests
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    number, scale = config.getoption("--law-seed"), config.getoption("--law-scale")
    laws = [item for item in items if item.get_closest_marker("hypothesis")]
    for law in {item.obj for item in laws if isinstance(item, pytest.Function)}:
        change_examples(law, number, scale)
    if not SHARED.is_dir():
        for item in items:
            if item.get_closest_marker("shared"):
                item.add_marker(pytest.mark.skip(reason=WHY_SKIPPED))
    if hasattr(config, "workerinput"):
        begin_with_slow(items)


def begin_with_slow(items: list[pytest.Item]) -> None:
    """Put files with slow tests first, the browser's before the others, then those with most tests.

    Processes that share the tests take them in this order. So what comes last is short, none waits
    at the end while another works through a long file, and each starts one Chromium.
    """
    tests = Counter(item.path for item in items)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    browser = {item.path for item in items if item.path.parent.name == "browser"}

    def place(item: pytest.Item) -> tuple[bool, bool, int, Path]:
        return item.path not in browser, item.path not in slow, -tests[item.path], item.path

    items.sort(key=place)


def change_examples(law: Any, number: int | None, scale: int) -> None:
    """Let a law's examples begin from a number, and be `scale` times as many as it asks for.

    With 0 for a scale they are as many as whoever waits for the tests has time for.
    """
    # There is no public way to change a test's own settings, and a seed turns the database off;
    # test_laws_search.py would notice if this one came to nothing.
    own: settings = law._hypothesis_internal_use_settings
    if number is not None:
        seed(number)(law)
    count = own.max_examples * scale if scale else share_of_examples(own.max_examples)
    law._hypothesis_internal_use_settings = settings(own, max_examples=count)


def share_of_examples(count: int) -> int:
    """Return how many of a law's examples the tests try: an eighth, but all of the first ten.

    They are the same every time, so what they find they find in the first days. ./run.sh test-long
    tries all of them, and ./run.sh laws others.
    """
    return max(count // 8, min(count, FEW_EXAMPLES))
