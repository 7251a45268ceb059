"""DMARC: whether there is a policy, and letters meet it (RFC 7489)."""

from __future__ import annotations

from collections.abc import Mapping

from copydesk.kit import urls
from copydesk.post.checks._finding import CheckState, MailFinding
from copydesk.post.checks._names import MailNames
from copydesk.post.checks._tags import read_tags

_POLICIES = frozenset({"none", "quarantine", "reject"})


async def check_dmarc(
    from_domain: str, return_domain: str, signing_domain: str, names: MailNames
) -> MailFinding:
    """Check the policy, and that the return path or the signature is of the sender's domain.

    `signing_domain` is "" where a relay signs: then SPF alone can be seen from here.
    """
    place, records = await _find_records(from_domain, names)
    line = f'_dmarc.{place}. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@{place}"'
    if not records:
        return _finding("fault", f"there is no DMARC policy: _dmarc.{place}", line)
    tags = read_tags(records[0])
    if len(records) > 1 or tags is None or tags.get("p", "").lower() not in _POLICIES:
        return _finding("fault", f"the DMARC policy counts for nothing: _dmarc.{place}", line)
    return _judge_alignment(place, from_domain, return_domain, signing_domain, tags)


def _judge_alignment(
    place: str, from_domain: str, return_domain: str, signing_domain: str, tags: Mapping[str, str]
) -> MailFinding:
    by_spf = _is_aligned(from_domain, return_domain, tags.get("aspf", "r"))
    by_dkim = bool(signing_domain) and _is_aligned(
        from_domain, signing_domain, tags.get("adkim", "r")
    )
    if by_spf or by_dkim:
        met = " and ".join(name for name, is_met in (("SPF", by_spf), ("DKIM", by_dkim)) if is_met)
        return _finding("ok", f"the policy of {place} is met by {met}")
    what = f"letters come back to {return_domain}, which is not {from_domain} to DMARC"
    if not signing_domain:
        return _finding("unknown", f"{what}; whether the relay signs for it is not seen from here")
    hint = f"let `domain` of [mail.dkim] or the address of [mail.bounces] be of {from_domain}"
    return _finding("fault", f"{what}, nor is who signs: {signing_domain}", hint)


async def _find_records(domain: str, names: MailNames) -> tuple[str, list[str]]:
    """Return where a policy stands or should, and the records there: of the domain, or above it."""
    organization = urls.registrable_domain(domain)
    for place in dict.fromkeys((domain, organization)):
        texts = await names.find_texts(f"_dmarc.{place}")
        records = [text for text in texts if text.replace(" ", "").startswith("v=DMARC1")]
        if records:
            return place, records
    return organization, []


def _is_aligned(from_domain: str, other: str, mode: str) -> bool:
    if mode.strip().lower() == "s":
        return from_domain == other
    return urls.registrable_domain(from_domain) == urls.registrable_domain(other)


def _finding(state: CheckState, what: str, hint: str = "") -> MailFinding:
    return MailFinding(kind="dmarc", state=state, what=what, hint=hint)
