"""Mail checks: settings go in; one finding for each check, with its mend, comes out."""

from __future__ import annotations

from copydesk.post.checks._findings import CheckKind as CheckKind
from copydesk.post.checks._findings import CheckState as CheckState
from copydesk.post.checks._findings import DnsNames as DnsNames
from copydesk.post.checks._findings import MailFinding as MailFinding
from copydesk.post.checks._findings import MailNames as MailNames
from copydesk.post.checks._look import CheckRequest as CheckRequest
from copydesk.post.checks._look import look as look
from copydesk.post.checks._records import check_dkim as check_dkim
from copydesk.post.checks._records import check_dmarc as check_dmarc
from copydesk.post.checks._records import check_mail_domain as check_mail_domain
from copydesk.post.checks._records import check_mta_sts as check_mta_sts
from copydesk.post.checks._records import check_reverse_name as check_reverse_name
from copydesk.post.checks._records import check_spf as check_spf
from copydesk.post.checks._web import WebAnswer as WebAnswer
from copydesk.post.checks._web import check_clock as check_clock
from copydesk.post.checks._web import check_links as check_links
from copydesk.post.checks._web import check_one_click as check_one_click
