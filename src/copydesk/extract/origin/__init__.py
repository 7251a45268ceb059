"""An opened page in, where its readers are sent and whose site that is out."""

from __future__ import annotations

from copydesk.extract.origin._address import amp, canonical, is_home
from copydesk.extract.origin._amp import unwrap
from copydesk.extract.origin._provider import find as provider
from copydesk.extract.origin._provider import site_names

__all__ = ["amp", "canonical", "is_home", "provider", "site_names", "unwrap"]
