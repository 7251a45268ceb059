"""The tutorial, followed to the letter by someone who types each command."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from world.command import copydesk

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "first-site.md"
SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_tutorial_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    typed = [
        line for block in SHELL.findall(TUTORIAL.read_text("utf-8")) for line in block.splitlines()
    ]

    for line in typed:
        said = copydesk(*shlex.split(line)[1:])
        assert (line, 0) == (line, said.code), said.err

    assert (tmp_path / "demo-beat/.copydesk/site/index.html").is_file()
    assert 'url = "https://example.org/"' in (tmp_path / "my-beat/beat.toml").read_text("utf-8")
    assert len(typed) > 5
