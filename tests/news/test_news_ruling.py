"""The kinds of an editor's lasting rules are told in one table."""

from __future__ import annotations

from typing import get_args

from copydesk.news.ruling import RULING_KINDS, RulingKind


def test_each_kind_of_rule_has_its_form_in_their_order() -> None:
    assert get_args(RulingKind) == tuple(RULING_KINDS)
