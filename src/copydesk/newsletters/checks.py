"""Check the mail settings and DNS records, so that newsletters are not rejected as spam.

Results are stored. Newsletters are not sent while a check fails (docs/design/delivery.md).

    settings -> examine_mail -> findings, stored -> find_mail_obstacle -> may newsletters be sent?

Findings hold for the settings that they were made with: another server, domain or key needs a new
run. A newer copydesk that checks more settings accepts what was found or overruled before.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

import msgspec

from copydesk.desk_store import AuditEntry, DeskStore, open_desk
from copydesk.errors import MailError, UsageError
from copydesk.kit import dates, text, urls
from copydesk.mail_store import MailStore, fold_address, open_mail
from copydesk.mail_store.links import ReaderLink, ReturnPath
from copydesk.news.options import MailOptions
from copydesk.newsletters.mail_records import CheckState, MailFinding
from copydesk.newsroom import Newsroom
from copydesk.newsroom.checks import Check, Finding, advise_on_front, finding

ALL = "all"
Outdated = Literal["", "looked", "overruled"]
_KEPT = "checks"
_OVERRULED = "checks overruled "
_NOBODY = 0  # the subscriber number of sample links and return paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Overruling:
    """A person's decision to send newsletters although one mail check found a fault."""

    by: str
    why: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFinding:
    """The stored result of one mail check."""

    kind: str
    state: CheckState
    what: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCheckReport:
    """The latest mail check results for the current settings, and the checks that somebody
    overruled. `at` is "" if there are no results.

    `overruled` is by kind, or "all". `outdated` says that checks were run or overruled for earlier
    settings only.
    """

    at: str = ""
    outdated: Outdated = ""
    findings: tuple[KeptFinding, ...] = ()
    overruled: Mapping[str, Overruling] = field(default_factory=dict)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Return the sorted kinds of the failed mail checks that nobody has overruled."""
        if ALL in self.overruled:
            return ()
        faults = {finding.kind for finding in self.findings if finding.state == "fault"}
        return tuple(sorted(faults - self.overruled.keys()))


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    settings: str
    at: str
    findings: tuple[KeptFinding, ...] = ()
    overruling: Overruling | None = None


def examine_mail(
    newsroom: Newsroom,
    store: MailStore,
    clock: Callable[[], datetime],
    tls: ssl.SSLContext | None = None,
) -> MailCheckReport:
    """Run all mail checks and store the results. Raises UsageError if mail is not sent by SMTP."""
    from copydesk.newsletters import mail_look

    require_smtp(newsroom)
    options = newsroom.settings.mail
    request = mail_look.CheckRequest(
        options=options,
        dkim_key=read_dkim_key(newsroom),
        return_path=sample_return_path(newsroom, store),
        link=_sample_link(newsroom, store),
        site_url=newsroom.beat.url,
        public_url=newsroom.settings.serve.public_url,
        clock=clock,
        nameservers=newsroom.settings.fetch.nameservers,
        tls=tls,
    )
    findings = asyncio.run(mail_look.look(request))
    kept = _Kept(
        settings=_digest(newsroom),
        at=dates.rfc3339(newsroom.now),
        findings=(*map(_keep, findings), *_check_front(newsroom)),
    )
    store.facts.put(_KEPT, msgspec.json.encode(kept).decode())
    return read_checks(newsroom, store)


def require_smtp(newsroom: Newsroom) -> None:
    """Raise UsageError if newsletters are not sent by SMTP."""
    if newsroom.settings.mail.deliver != "smtp":
        hint = 'set deliver = "smtp" in [mail] of beat.toml'
        raise UsageError("newsletters are not sent by SMTP", hint=hint)


def read_checks(newsroom: Newsroom, store: MailStore) -> MailCheckReport:
    """Return the stored mail check results for the current settings, and the overruled checks."""
    these = {_digest(newsroom), _digest_parts(*_list_parts(newsroom))}
    kept = _decode(store.facts.get(_KEPT))
    words = {kind: _decode(text) for kind, text in store.facts.list_below(_OVERRULED).items()}
    overruled = {
        kind: word.overruling
        for kind, word in words.items()
        if word and word.settings in these and word.overruling
    }
    if kept is None or kept.settings not in these:
        was_overruled = any(word and word.settings not in these for word in words.values())
        outdated: Outdated = "overruled" if was_overruled else "looked" if kept else ""
        return MailCheckReport(outdated=outdated, overruled=overruled)
    return MailCheckReport(at=kept.at, findings=kept.findings, overruled=overruled)


def overrule_check(
    newsroom: Newsroom, store: MailStore, kind: str, why: str, by: str
) -> MailCheckReport:
    """Allow newsletters in spite of a failed mail check (or "all"), until the mail settings change.

    Raises UsageError for an unknown kind, and without a reason.
    """
    if kind not in list_kinds():
        known = ", ".join(list_kinds())
        raise UsageError("unknown mail check", subject=kind, hint=f"use one of: {known}")
    if not why.strip():
        raise UsageError(
            "overruling a failed check needs a reason", hint="give the reason with --why"
        )
    word = _Kept(
        settings=_digest(newsroom),
        at=dates.rfc3339(newsroom.now),
        overruling=Overruling(by=by, why=why.strip(), at=dates.rfc3339(newsroom.now)),
    )
    store.facts.put(f"{_OVERRULED}{kind}", msgspec.json.encode(word).decode())
    return read_checks(newsroom, store)


def find_mail_obstacle(newsroom: Newsroom, store: MailStore) -> str | None:
    """Return a text that says why newsletters may not be sent, None if they may be.

    That is a fault that nobody overruled, or settings that were never checked.
    """
    if newsroom.settings.mail.deliver != "smtp":
        return None
    report = read_checks(newsroom, store)
    if report.obstacles:
        return f"`copydesk mail doctor` found faults: {', '.join(report.obstacles)}"
    if report.at or ALL in report.overruled:
        return None
    if report.outdated:
        done = "a check was overruled" if report.outdated == "overruled" else "the last check"
        return f"the mail settings changed since {done}: run `copydesk mail doctor` again"
    return "the mail settings were never checked: run `copydesk mail doctor`"


def list_kinds() -> tuple[str, ...]:
    """Return the kinds of mail checks as names, and the name "all"."""
    from copydesk.newsletters.mail_records import CheckKind

    return (*get_args(CheckKind), ALL)


def _digest(newsroom: Newsroom) -> str:
    """Return a digest of the settings that the mail checks depend on, without passwords."""
    return _digest_parts(*_list_parts(newsroom), newsroom.beat.url)


def _list_parts(newsroom: Newsroom) -> Iterator[str]:
    options = newsroom.settings.mail
    yield from (options.from_address, options.smtp.host, options.smtp.security, options.smtp.user)
    yield from (options.dkim.selector, options.dkim.domain, options.dkim.key_file)
    yield from (options.bounces.address, newsroom.settings.serve.public_url)


def _digest_parts(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _decode(text: str) -> _Kept | None:
    try:
        return msgspec.json.decode(text, type=_Kept) if text else None
    except msgspec.MsgspecError:  # of another version: as good as none
        return None


def _keep(finding: MailFinding) -> KeptFinding:
    return KeptFinding(kind=finding.kind, state=finding.state, what=finding.what, hint=finding.hint)


def _check_front(newsroom: Newsroom) -> Iterator[KeptFinding]:
    """Yield a finding about the web server in front of subscribers' pages and editors'
    interface.
    """
    advice = advise_on_front(newsroom.settings, newsroom.private, newsroom.now)
    if advice is not None:
        yield KeptFinding(kind="web-server", state="remark", what=advice.what, hint=advice.hint)


def read_dkim_key(newsroom: Newsroom) -> bytes | None:
    """Read the DKIM private key in PEM. Return None if it is unreadable or not configured."""
    dkim = newsroom.settings.mail.dkim
    if not dkim.selector:
        return None
    try:
        return (newsroom.root / dkim.key_file).read_bytes()
    except OSError:
        return None


def sample_return_path(newsroom: Newsroom, store: MailStore) -> str:
    """Return a return path (bounce address) for mail checks that belongs to no subscriber."""
    token = store.links.sign_return(ReturnPath(sending=_NOBODY, subscriber=_NOBODY))
    return name_return_path(newsroom.settings.mail, token)


def name_return_path(options: MailOptions, token: str) -> str:
    """Return a message's bounce address with its token, or the plain sender without a bounce
    mailbox.
    """
    local, _, domain = options.bounces.address.rpartition("@")
    return f"{local}+{token}@{domain}" if local else options.from_address


def _sample_link(newsroom: Newsroom, store: MailStore) -> str:
    """Return an unsubscribe link for mail checks that belongs to no subscriber."""
    base = newsroom.settings.serve.public_url.rstrip("/")
    link = ReaderLink(purpose="unsubscribe", subscriber=_NOBODY, letter="", made=newsroom.now)
    return f"{base}/mail/leave/{store.links.sign(link)}" if base else ""


# The doctor's check of mail.


def _find_mail_faults(newsroom: Newsroom) -> Iterator[Finding]:
    """Yield the faults of the mail settings. On copies of the databases, the network is asked."""
    is_trial = urls.is_loopback(urls.host(newsroom.settings.serve.public_url))
    if is_trial or newsroom.settings.mail.deliver != "smtp":
        return
    with contextlib.closing(open_mail(newsroom.databases)) as store:
        if obstacle := find_mail_obstacle(newsroom, store):
            yield finding("mail-held", root=newsroom.root, obstacle=obstacle)
        report = read_checks(newsroom, store)
        if newsroom.copies is not None:
            report = examine_mail(newsroom, store, lambda: newsroom.now)
    for one in report.findings:
        if one.state == "fault" and one.kind in report.obstacles:
            yield finding("mail-fault", test=one.kind, what=one.what, hint=one.hint)


MAIL_CHECK = Check(name="mail", find=_find_mail_faults)


# Test mails go to addresses of the newsroom's own people, few a day, each with its line in the
# audit log.

_LIMIT = "test letters"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRequest:
    """A request for a test mail: who asks, from which network, and for which recipient address.

    `may_go_anywhere` is for the command line: somebody there can read the mail server's password
    and edit beat.toml, so a refusal would protect nobody.
    """

    address: str = field(repr=False)
    by: str
    network: str = ""
    may_go_anywhere: bool = False


@contextlib.contextmanager
def admit_trial(
    newsroom: Newsroom, store: MailStore, request: TrialRequest, about: str
) -> Iterator[str]:
    """Check the daily limit for test mails, log this one, and yield the address to send it to.

    A mail that fails for want of a server (MailError) is not counted. Raises UsageError for an
    address that does not belong to the newsroom, and for one mail too many.
    """
    limit = newsroom.settings.mail.test_letters_a_day
    with contextlib.closing(open_desk(newsroom.private)) as desk:
        address = _find_own_address(newsroom, desk, request)
        wait = store.limits.admit({_LIMIT: limit}, newsroom.now) if limit else None
        if wait is not None or not limit:
            hint = "raise mail.test_letters_a_day in beat.toml, or wait"
            what = (
                f"already sent {limit} test mails within 24 hours"
                if limit
                else "test mails are off"
            )
            raise UsageError(what, hint=hint)
        desk.audit.add(
            AuditEntry(
                at=newsroom.now,
                who=request.by,
                what="test-letter",
                about=f"{about} {text.mask_address(address)}",
                address=request.network,
            )
        )
    try:
        yield address
    except MailError:
        store.limits.take_back(_LIMIT)
        raise


def _find_own_address(newsroom: Newsroom, desk: DeskStore, request: TrialRequest) -> str:
    """Return an address if it is in beat.toml or an account. The command line may use
    any address.
    """
    names = (account.name for account in desk.accounts.list() if "@" in account.name)
    wanted = fold_address(request.address.strip())
    for address in (*newsroom.settings.mail.test_addresses, *names):
        if fold_address(address) == wanted:
            return address
    if request.may_go_anywhere:
        return request.address
    hint = 'add the address to [mail] in beat.toml: test_addresses = ["you@example.org"]'
    raise UsageError("test mails can only be sent to the newsroom's own addresses", hint=hint)
