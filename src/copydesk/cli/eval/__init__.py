"""`copydesk eval`: the stages on labelled data; a file for each of its larger words."""

from __future__ import annotations

from copydesk.cli.eval._eval import command as command
