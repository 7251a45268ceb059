"""`copydesk mail`: letters to readers; a file for each of its words."""

from __future__ import annotations

from copydesk.cli.mail._mail import command as command
