"""Publishing: the filed stories go in; the built site, and what a deploy sent of it, come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.engine.publishing._build import BuildOptions, build, is_gone
    from copydesk.engine.publishing._deploy import DeployOptions, deploy

__all__ = [
    "BuildOptions",
    "DeployOptions",
    "build",
    "deploy",
    "is_gone",
]

_MADE_IN = {
    "copydesk.engine.publishing._build": "BuildOptions build is_gone",
    "copydesk.engine.publishing._deploy": "DeployOptions deploy",
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
