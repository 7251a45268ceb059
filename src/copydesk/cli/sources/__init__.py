"""`copydesk sources`: where leads come from; a file for each of its larger words."""

from __future__ import annotations

from copydesk.cli.sources._list import command as command
