"""Sources: the beat's sources go in, leads and how each source stands come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.engine.sources._ask import (
        SourceAnswers,
        SourceShare,
        collect_leads,
        with_source_options,
    )
    from copydesk.engine.sources._discover import (
        Discovery,
        add_source,
        find_sources,
        source_address,
    )
    from copydesk.engine.sources._imports import Import, import_sources
    from copydesk.engine.sources._ledger import LEDGER_PATH, ledger_under_edit, note_moves
    from copydesk.engine.sources._pushes import (
        Push,
        forget_subscription,
        keep_push,
        keep_subscription,
        subscription_at,
        subscription_key,
        subscriptions,
        unread_pushes,
    )
    from copydesk.engine.sources._rules import RULE_REASONS, RuleDigests
    from copydesk.engine.sources._share import (
        PAGES_A_SOURCE,
        RoundLimits,
        is_at_home,
        round_limits,
        share_out,
    )
    from copydesk.engine.sources._sources import (
        HealthRow,
        KeepReport,
        SourceRow,
        ask_sources,
        check_sources,
        export_opml,
        keep_source,
        source_rows,
    )
    from copydesk.engine.sources._states import keep_states

__all__ = [
    "LEDGER_PATH",
    "PAGES_A_SOURCE",
    "RULE_REASONS",
    "Discovery",
    "HealthRow",
    "Import",
    "KeepReport",
    "Push",
    "RoundLimits",
    "RuleDigests",
    "SourceAnswers",
    "SourceRow",
    "SourceShare",
    "add_source",
    "ask_sources",
    "check_sources",
    "collect_leads",
    "export_opml",
    "find_sources",
    "forget_subscription",
    "import_sources",
    "is_at_home",
    "keep_push",
    "keep_source",
    "keep_states",
    "keep_subscription",
    "ledger_under_edit",
    "note_moves",
    "round_limits",
    "share_out",
    "source_address",
    "source_rows",
    "subscription_at",
    "subscription_key",
    "subscriptions",
    "unread_pushes",
    "with_source_options",
]

_MADE_IN = {
    "copydesk.engine.sources._ask": "SourceAnswers SourceShare collect_leads with_source_options",
    "copydesk.engine.sources._discover": "Discovery add_source find_sources source_address",
    "copydesk.engine.sources._imports": "Import import_sources",
    "copydesk.engine.sources._ledger": "LEDGER_PATH ledger_under_edit note_moves",
    "copydesk.engine.sources._pushes": (
        "Push forget_subscription keep_push keep_subscription subscription_at "
        "subscription_key subscriptions unread_pushes"
    ),
    "copydesk.engine.sources._rules": "RULE_REASONS RuleDigests",
    "copydesk.engine.sources._share": (
        "PAGES_A_SOURCE RoundLimits is_at_home round_limits share_out"
    ),
    "copydesk.engine.sources._sources": (
        "HealthRow KeepReport SourceRow ask_sources check_sources export_opml keep_source "
        "source_rows"
    ),
    "copydesk.engine.sources._states": "keep_states",
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
