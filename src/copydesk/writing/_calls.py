"""Call the model for one text, once: budget, answer, and what of it passes the checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec

from copydesk import fetch
from copydesk.desk_store.model_calls import ModelCall, ModelCallLog
from copydesk.fetch import web
from copydesk.kit import text, urls
from copydesk.model import asking
from copydesk.model.gate import DraftSentence, check_headline, check_sentences, split_draft
from copydesk.news.summary import (
    ModelOptions,
)
from copydesk.newsroom import Newsroom
from copydesk.writing._owed import (
    OwedText,
)

_MOST_KEYWORDS, _LONGEST_KEYWORD = 20, 60
_A_MILLION = 1_000_000
_OF_THE_PROMPT = frozenset({400, 413, 422, 500})  # how a server refuses one text, not all
_LONGEST = 4  # sentences of a text


async def ask_once(
    newsroom: Newsroom, log: ModelCallLog, wire: web.Web, owed: OwedText
) -> tuple[ModelCall | None, bool]:
    """Ask for a text, unless that was done before; return the call and whether it is a new one."""
    begun = _begin_call(newsroom, log, owed)
    if begun is None:
        return log.find(owed.subject), False
    return log.put(await _finish_call(newsroom, wire, begun, owed)), True


def open_web(newsroom: Newsroom) -> web.Web:
    """Return the fetcher for the model; its host may have a private address, for this one alone."""
    options = newsroom.settings.model
    host = urls.host(options.url).strip("[]")
    limits = replace(
        newsroom.settings.fetch,
        allow_hosts=(host,),
        max_bytes=asking.ANSWER_BYTES,
        timeout_seconds=options.timeout_seconds,
    )
    return web.Web(limits, fetch.WallClock())


def _begin_call(newsroom: Newsroom, log: ModelCallLog, owed: OwedText) -> ModelCall | None:
    """Store a call before it is sent; None if it may not be sent, or is too dear today."""
    options, prompt = newsroom.settings.model, owed.prompt
    call = ModelCall(
        use=owed.use,
        subject=owed.subject,
        story=owed.name,
        at=newsroom.now,
        model=options.name,
        tokens_in=prompt.tokens,
        tokens_out=prompt.most_tokens,
        cost=_price(options, prompt.tokens, prompt.most_tokens),
    )
    return log.begin(call, options.most_tokens_a_day, options.most_spent_a_day)


def _price(options: ModelOptions, tokens_in: int, tokens_out: int) -> float:
    return (tokens_in * options.price_in + tokens_out * options.price_out) / _A_MILLION


async def _finish_call(
    newsroom: Newsroom, wire: asking.JsonWeb, call: ModelCall, owed: OwedText
) -> ModelCall:
    """Send a call, and return it with the answer, as far as that passed the checks."""
    options = newsroom.settings.model
    answer = await asking.ask_model(wire, options, owed.prompt)
    if isinstance(answer, asking.ModelFailure):
        rest = newsroom.now + timedelta(seconds=answer.rest_seconds)
        if answer.is_lost:
            return replace(call, why=answer.why, rests_until=rest)
        call = replace(call, state="failed", why=answer.why, rests_until=rest)
        tries = call.tries - (answer.status not in _OF_THE_PROMPT)
        return replace(call, tries=tries, tokens_in=0, tokens_out=0, cost=0.0)
    call = replace(
        call,
        answered_by=answer.model or options.name,
        fingerprint=answer.fingerprint,
        tokens_in=answer.tokens_in,
        tokens_out=answer.tokens_out,
        cost=_price(options, answer.tokens_in, answer.tokens_out),
        why=answer.why,
    )
    if answer.value is None:
        return replace(call, state="wrong")
    return _CHECKS[owed.use](call, owed, answer.value)


def _check_sentences(call: ModelCall, owed: OwedText, draft: asking.TextDraft) -> ModelCall:
    lines = [
        DraftSentence(text=piece, cites=tuple(line.reports))
        for line in draft.sentences
        for piece in split_draft(line.text)
    ]
    result = check_sentences(lines[:_LONGEST], owed.members, owed.language)
    left_out = tuple((one.text, str(one.rule), one.about) for one in result.left_out)
    call = replace(call, left_out=left_out)
    return _take(call, result.sentences) if result.sentences else replace(call, state="refused")


def _check_headline(call: ModelCall, owed: OwedText, draft: asking.HeadlineDraft) -> ModelCall:
    title = text.fold(draft.headline)
    fault = check_headline(owed.members[0].text, title, owed.spoken, owed.language)
    if fault is None:
        return _take(call, title)
    return replace(call, state="refused", left_out=((title, str(fault.rule), fault.about),))


def _check_remark(call: ModelCall, _owed: OwedText, draft: asking.RemarkDraft) -> ModelCall:
    said = asking.RemarkDraft(
        topic=text.shorten(text.fold(draft.topic), 100),
        worth=min(max(draft.worth, 0), 100),
        why=text.shorten(text.fold(draft.why), 200),
    )
    return _take(call, said)


def _check_keywords(call: ModelCall, _owed: OwedText, draft: asking.KeywordsDraft) -> ModelCall:
    words = (text.fold(word) for word in draft.keywords)
    short = [word for word in words if 0 < len(word) <= _LONGEST_KEYWORD]
    return _take(call, tuple(dict.fromkeys(short))[:_MOST_KEYWORDS])


def _take(call: ModelCall, value: object) -> ModelCall:
    return replace(call, state="taken", text=msgspec.json.encode(value).decode())


_CHECKS: Mapping[str, Callable[[ModelCall, OwedText, Any], ModelCall]] = {
    "summary": _check_sentences,
    "digest": _check_sentences,
    "headline": _check_headline,
    "remark": _check_remark,
    "topics": _check_keywords,
}
