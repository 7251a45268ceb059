"""Pages that sell: coupons, deals of the day, what to buy."""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import first, several

_TITLE = re.compile(
    r"""(?xi)
      \b(?:coupons?|promo(?:tional)?\ codes?|discount\ codes?|voucher\ codes?)\b
    | \b(?:best|top|today's|hottest)\ (?:[\w'-]+\ ){0,4}deals?\b
      (?!\ (?:with|for|between|to\ (?:end|free|sell|buy|stop))\b)
    | \b(?:black\ friday|cyber\ monday|prime\ day|boxing\ day)\ (?:[\w'-]+\ ){0,3}(?:deals?
        |discounts?|offers?|bargains?)\b
    | \bdeals?\ of\ the\ (?:day|week)\b | \bdeals\ (?:on|from|under)\ [A-Z$£€]
    | \b(?:save|get|now|just|only|up\ to)\ (?:up\ to\ )?(?:[$£€]\d+|\d+\s?%)\ (?:off|when|on)\b
    | \b\d+\s?%\ off\b
    | \b[$£€]\d[\d,.]*\ off\b | \b(?:lowest|best|cheapest)\ prices?\ (?:ever|yet|on|we)\b
    | \bthe\ (?:\d+\ )?best\ .*\b(?:to\ buy|you\ can\ buy|for\ (?:winter|summer|travel|kids|men
        |women|your\ \w+|beginners)
        |under\ [$£€]\d+|of\ 20\d\d)\b | \bgift\ (?:guide|ideas)\b | \bbuying\ guide\b
        | \bon\ sale\ (?:for|now\ for)\ [$£€]
    | \b(?:gutscheine?|rabattcodes?|schnäppchen|angebot\ des\ tages)\b | \bcodes?\ promos?\b
    | \bbons?\ plans?\b
    | \bcup(?:ón|ones)\b | \bcódigos?\ (?:de\ descuento|promocional(?:es)?)\b | \bmejores\ ofertas\b
    """
)
_TEXT = re.compile(
    r"""(?xi)
      \b(?:affiliate\ (?:commission|links?|partners?)|(?:earn|receive|get)\ (?:a\
          |an\ )?(?:small\ )?(?:affiliate\ )?commission)\b
    | \bprices?\ (?:and\ availability\ )?(?:are|is|were|was)?\ ?(?:correct|accurate
        |subject\ to\ change)\b
    | \b(?:buy|shop|see|view|check)\ (?:it\ )?(?:now|here|price|deal|on\ amazon|at\ amazon
        |at\ walmart|at\ best\ buy)\b
    | \b(?:add(?:ed)?\ to\ (?:cart|basket)|free\ shipping|in\ stock|our\ top\ pick|what\ we\ like
        |best\ overall|money-back)\b
    | \b(?:promo|coupon|discount|voucher)\ code\b | \b\d+\s?%\ off\b | \b(?:list|retail|regular
        |sale)\ price\b
    | \bprovisionslinks?\b | \baffiliate-links?\b | \bliens?\ affiliés?\b
    | \benlaces?\ de\ afiliados?\b
    """
)


def shopping(title: str, text: str) -> str:
    """Give what shows that a page sells, "" where nothing does.

    A headline of offers, with one set phrase of shops below; or four of the phrases.
    """
    headline = first(_TITLE, title)
    if headline and (several(_TEXT, text, 1) or not text):
        return headline
    return several(_TEXT, text, 4)
