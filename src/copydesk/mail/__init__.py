"""The mail room: takes an issue and a site's theme, gives the letter as HTML and as plain text.

Pure: it asks no file but a theme's, no clock and no network. Readers and sending are not built yet.
"""

from __future__ import annotations

from copydesk.mail._render import MOST_BYTES as MOST_BYTES
from copydesk.mail._render import UNSUBSCRIBE as UNSUBSCRIBE
from copydesk.mail._render import RenderedIssue as RenderedIssue
from copydesk.mail._render import render as render
from copydesk.mail.clients import DEFAULT_CLIENTS as DEFAULT_CLIENTS
from copydesk.mail.clients import Lack as Lack
from copydesk.mail.clients import LintFinding as LintFinding
from copydesk.mail.clients import lint as lint
from copydesk.mail.clients import list_clients as list_clients
