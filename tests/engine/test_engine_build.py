"""Building the site: where it may go."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import engine
from copydesk.errors import PublishError
from world.newsroom import KEY, NOW, newsroom

ENVIRON = {"COPYDESK_KEY": KEY}


def test_a_link_in_place_of_the_newsroom_s_own_site_is_not_followed(tmp_path: Path) -> None:
    root, elsewhere = newsroom(tmp_path / "beat"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    with engine.opened(root, NOW, ENVIRON) as opened:
        opened.site.symlink_to(elsewhere)
        with pytest.raises(PublishError, match="the site's folder is a symbolic link") as caught:
            engine.build(opened, engine.Silence())

    assert "--out" in caught.value.hint
    assert [] == list(elsewhere.iterdir())


def test_a_folder_that_the_user_names_may_be_a_link(tmp_path: Path) -> None:
    root, elsewhere = newsroom(tmp_path / "beat"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "out").symlink_to(elsewhere)
    with engine.opened(root, NOW, ENVIRON) as opened:
        engine.build(opened, engine.Silence(), engine.BuildOptions(out=tmp_path / "out"))

    assert (elsewhere / "index.html").is_file()
