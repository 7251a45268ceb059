"""Reading: values of beat.toml go in; sections that hang together come out, with secrets."""

from __future__ import annotations

from copydesk.config.reading._deploy import list_silent_webhooks as list_silent_webhooks
from copydesk.config.reading._deploy import read_deploy as read_deploy
from copydesk.config.reading._deploy import read_webhooks as read_webhooks
from copydesk.config.reading._desk import read_desk as read_desk
from copydesk.config.reading._letters import list_missing_lists as list_missing_lists
from copydesk.config.reading._letters import read_letters as read_letters
from copydesk.config.reading._mail import read_mail as read_mail
