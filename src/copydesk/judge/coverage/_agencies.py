"""News agencies: one voice under several names, in credits and at their own addresses."""

from __future__ import annotations

import re

from copydesk.kit import text

# the squashed names and domains of each, the first is what it is called here
_AGENCIES = """
    reuters thomsonreuters reuters.com
    ap associatedpress theassociatedpress apnews.com ap.org
    afp agencefrancepresse afp.com
    dpa deutschepresseagentur dpa.com
    pa pressassociation pamedia panewsagency pamediagroup.com
    upi unitedpressinternational upi.com
    xinhua xinhuanewsagency xinhuanet.com news.cn
    tass itartass tass.com
    kyodo kyodonews kyodonews.net
    efe agenciaefe efe.com
    ansa ansa.it
    ani asiannewsinternational aninews.in
    pti presstrustofindia ptinews.com
    ians indoasiannewsservice ians.in
    yonhap yonhapnewsagency yna.co.kr
    bloomberg bloombergnews bloomberg.com
    apa austriapresseagentur apa.at
    sda keystonesda
    aap australianassociatedpress aap.com.au
    canadianpress thecanadianpress
"""
_KNOWN = {name: row.split()[0] for row in _AGENCIES.strip().splitlines() for name in row.split()}
_BETWEEN = re.compile(
    r"\s*(?:/|,|;|\||\band\b|\bund\b|\bet\b|\by\b|\bvia\b|\bmit\b)\s*", re.IGNORECASE
)


def agency_of(credit: str, domain: str) -> str:
    """Give the agency that a credit names first, else the one whose own site it is, "" for none."""
    for part in _BETWEEN.split(credit):
        found = _KNOWN.get(text.squash(part))
        if found:
            return found
    return _KNOWN.get(domain.lower(), "")
