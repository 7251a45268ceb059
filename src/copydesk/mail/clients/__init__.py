"""Mail programs: a letter's HTML goes in; which programs do not show what of it comes out."""

from __future__ import annotations

from copydesk.mail.clients._lint import DEFAULT_CLIENTS as DEFAULT_CLIENTS
from copydesk.mail.clients._lint import Lack as Lack
from copydesk.mail.clients._lint import LintFinding as LintFinding
from copydesk.mail.clients._lint import lint as lint
from copydesk.mail.clients._lint import list_clients as list_clients
