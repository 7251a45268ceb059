"""Each fuzz target takes its first inputs, and some that are made of them, without a fault."""

from __future__ import annotations

import pytest

from fuzz import targets


@pytest.mark.parametrize("name", targets.SECONDS)
def test_a_target_takes_its_first_inputs(name: str) -> None:
    target = targets.load(name)

    assert target.seeds
    for seed in target.seeds[:40]:
        target.check(seed)


@pytest.mark.parametrize("name", targets.SECONDS)
def test_a_target_takes_inputs_made_of_the_first(name: str) -> None:
    target = targets.load(name)

    for number, seed in enumerate(target.seeds[:20]):
        if target.mutate is not None:
            target.check(target.mutate(seed, number))
