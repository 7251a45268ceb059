"""Options of beat.toml that several packages read: HTTP fetching, e-mail, deploy targets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from copydesk import __version__
from copydesk.kit import kinds, text
from copydesk.kit.kinds import HOST, TEXT, WORDS
from copydesk.kit.options import Unfit, ValueKind, from_environment, option


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """Delays between requests to one host in place of the general ones: `[[host]]` in beat.toml."""

    delay_seconds: float | None = option(
        None,
        "As `fetch.delay_seconds`, for this host. Its own robots.txt may ask for more.",
        kinds.number(),
    )
    penalty_seconds: float | None = option(
        None, "As `fetch.penalty_seconds`, for this host.", kinds.number()
    )


@dataclass(frozen=True, kw_only=True)
class FetchOptions:
    """The settings of all requests to other sites, as `[fetch]` in beat.toml.

    `timeout_seconds` is for one request from its first byte to its last, `connect_seconds` for
    DNS, TCP and TLS. `delay_seconds` is the pause between the end of a host's answer and the next
    request to it, `penalty_seconds` the pause after a 429 or several 403 in a row; `hosts` has
    other settings for single hosts, by exact name.
    """

    contact: str = option(
        "",
        "Who to write to about this newsroom's requests; stands in the User-Agent. A round on the "
        "real web needs it, a replay does not.",
        kinds.CONTACT,
        variable="COPYDESK_CONTACT",
    )
    max_age_days: int = option(0, "Leave articles alone that are older than this; 0: no limit.")
    max_bytes: int = option(
        10_000_000,
        "Take no more than this of one answer, counted unpacked.",
        kinds.whole(minimum=1_000),
    )
    timeout_seconds: float = option(
        30.0, "Give up on one request after this time.", kinds.number(minimum=0.1)
    )
    delay_seconds: float = option(5.0, "Wait this long between two requests to one host.")
    penalty_seconds: float = option(
        30.0, "Leave a host alone this long after it answered 429, or 403 several times in a row."
    )
    connect_seconds: float = option(
        10.0, "Give up on finding and reaching a host after this time.", kinds.number(minimum=0.1)
    )
    concurrency: int = option(
        64, "Ask at most this many hosts at one moment.", kinds.whole(minimum=1)
    )
    nameservers: tuple[str, ...] = option(
        (),
        "Resolve names there: addresses such as `9.9.9.9` or `[2620:fe::fe]:53`. Without any: "
        "those of the system.",
        kinds.NAMESERVERS,
    )
    max_redirects: int = option(
        10, "Follow at most this many redirects; each is checked like a first request."
    )
    allow_hosts: tuple[str, ...] = option(
        (),
        "Hosts that may be asked although their address is private or this machine's.",
        kinds.HOSTS,
    )
    tdmrep: bool = option(
        True,
        "Ask the host of a page once a day what it says of text and data mining, at "
        "`/.well-known/tdmrep.json`: one request more a host and day.",
    )
    articles_max_bytes: int = option(
        500_000_000,
        "Keep at most this much extracted text in `.copydesk/articles`; the oldest goes.",
    )
    user_agent: str = f"copydesk/{__version__}"
    hosts: Mapping[str, Manners] = field(default_factory=dict)

    @cached_property
    def signature(self) -> str:
        """Return the User-Agent line: `copydesk/0.1.0 (+mailto:desk@example.org)`."""
        contact = text.fold(self.contact).encode("ascii", "ignore").decode()
        return f"{self.user_agent} (+{contact})" if contact else self.user_agent

    def allows(self, host: str) -> bool:
        """Return whether requests to this host are allowed although its address is private."""
        return bool(self._allowed) and _bare(host) in self._allowed

    def delay(self, host: str) -> float:
        """Return the seconds to wait between a host's answer and the next request to it."""
        chosen = self._manners.get(_bare(host)) if self._manners else None
        given = None if chosen is None else chosen.delay_seconds
        return self.delay_seconds if given is None else given

    def penalty(self, host: str) -> float:
        """Return the seconds to wait after a host answered that requests come too often."""
        chosen = self._manners.get(_bare(host)) if self._manners else None
        given = None if chosen is None else chosen.penalty_seconds
        return self.penalty_seconds if given is None else given

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return frozenset(_bare(name) for name in self.allow_hosts)

    @cached_property
    def _manners(self) -> Mapping[str, Manners]:
        return {_bare(name): manners for name, manners in self.hosts.items()}


def _bare(host: str) -> str:
    """Return a host name in one spelling: `[::1]` and `::1`, `A.Example.` and `a.example`."""
    return host.strip().strip("[]").rstrip(".").lower()


# Options of mailing: sender, mail server, DKIM signature, limits and bounces.

# RFC 5322's dot-atom, the only form that every mail server takes, at a host with a dot or localhost
_MAILBOX = r"[A-Za-z0-9!#$%&'*/=?^_`{|}~.-]{1,40}@(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+"


def _mailbox(value: object) -> str:
    address = TEXT.read(value)
    if address and (not re.fullmatch(_MAILBOX, address) or len(address) > 200):
        raise Unfit("a mail address such as letters@example.org", "without a name and without <>")
    return address


def _rates(value: object) -> Mapping[str, int]:
    if not isinstance(value, dict):
        raise Unfit('a table such as { "gmail.com" = 100 }')
    for number in value.values():
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 1_000_000:
            raise Unfit("a whole number from 1 to 1000000 for each domain")
    return {HOST.read(name): number for name, number in value.items()}


def _mailboxes(value: object) -> tuple[str, ...]:
    return tuple(address for address in map(_mailbox, WORDS.read(value)) if address)


MAILBOX = ValueKind(name="mail address or nothing", read=_mailbox)
MAILBOXES = ValueKind(name="list of mail addresses", read=_mailboxes)
HOST_OR_NONE = ValueKind(
    name="host name or nothing", read=lambda value: "" if value == "" else HOST.read(value)
)
RATES = ValueKind(name="table: domain = letters a minute", read=_rates)


SmtpSecurity = Literal["starttls", "tls", "none"]
Delivery = Literal["", "smtp", "listmonk", "buttondown", "ghost", "mailgun", "postmark"]
Uncertain = Literal["leave", "again"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpOptions:
    """The SMTP server, as `[mail.smtp]` in beat.toml; `password` comes from the environment."""

    host: str = option("", "The server that takes your letters: `smtp.example.org`.", HOST_OR_NONE)
    port: int = option(587, "Its port.", kinds.whole(minimum=1, maximum=65_535))
    security: SmtpSecurity = option(
        "starttls",
        "`starttls`: plain at first, then encrypted, or nothing is sent. `tls`: encrypted from the "
        "start (port 465). `none`: for a server on this machine alone.",
    )
    user: str = option(
        "", "As whom you sign in there; the password stands in `COPYDESK_SMTP_PASSWORD` alone."
    )
    connections: int = option(
        4, "At how many connections letters go at once.", kinds.whole(minimum=1, maximum=50)
    )
    timeout_seconds: float = option(
        60.0,
        "Give up on one answer of the server after this time; on that to a letter's end after ten "
        "times as long (RFC 5321 asks for ten minutes).",
        kinds.number(minimum=1),
    )
    letters_a_minute: int = option(
        0, "How many letters go within a minute at most, to all; 0: no limit.", kinds.whole()
    )
    domains: Mapping[str, int] = option(
        {},
        'How many letters a minute go to readers at one domain: `{ "gmail.com" = 100 }`.',
        RATES,
    )
    warm_up: int = option(
        0,
        "On the first day so many letters go to each domain, and twice as many on each day after "
        "that, until ten days are over: a new sender that writes to thousands is taken for spam. "
        "0: no limit.",
        kinds.whole(),
    )
    password: str = from_environment("COPYDESK_SMTP_PASSWORD", kinds.LINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimOptions:
    """The DKIM signature, as `[mail.dkim]` in beat.toml. Without a selector mail is not signed."""

    selector: str = option(
        "",
        "The name of the key in the DNS: `SELECTOR._domainkey.DOMAIN`. Without it letters are not "
        "signed here; a relay that signs is faster.",
    )
    domain: str = option(
        "",
        "For which domain it signs; by itself that of `mail.from_address`.",
        HOST_OR_NONE,
    )
    key_file: str = option(
        ".copydesk/dkim.pem",
        "The private key (RSA or Ed25519, PEM), seen from the newsroom; git must never see it.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceOptions:
    """The address and mailbox that bounces arrive in, as `[mail.bounces]` in beat.toml.

    `password` and `secret` come from the environment.
    """

    address: str = option(
        "",
        "Where undeliverable letters come back to: `bounces@example.org`. Each letter has a name "
        "of its own there, `bounces+…@example.org`, so the mailbox must take those. Without it "
        "they come back to `mail.from_address`, and nobody counts them.",
        MAILBOX,
    )
    imap_host: str = option(
        "",
        "The server of that mailbox; it is asked every ten minutes, over TLS. Without it: "
        "`copydesk mail bounces` by a pipe, or the webhook.",
        HOST_OR_NONE,
    )
    imap_port: int = option(993, "Its port.", kinds.whole(minimum=1, maximum=65_535))
    imap_user: str = option(
        "", "As whom you sign in there; the password stands in `COPYDESK_IMAP_PASSWORD` alone."
    )
    imap_folder: str = option("INBOX", "The folder that is looked through.")
    soft_limit: int = option(
        5,
        "A reader gets no more letters after so many that could not be delivered for now (a full "
        "mailbox), without one between them that could.",
        kinds.whole(minimum=1),
    )
    password: str = from_environment("COPYDESK_IMAP_PASSWORD", kinds.LINE)
    secret: str = from_environment("COPYDESK_BOUNCE_SECRET", kinds.LINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverOptions:
    """The external service that sends newsletter issues, as `[mail.hand_over]` in beat.toml.

    `token` comes from the environment.
    """

    url: str = option(
        "",
        "The service's address; by itself that of the service itself, where it has one.",
        kinds.BASE,
    )
    audience: str = option(
        "",
        "Who gets the letter there: the number of a list (listmonk), a tag (Buttondown), the slug "
        "of a newsletter (Ghost), the address of a mailing list (Mailgun), a stream (Postmark).",
    )
    is_draft: bool = option(
        True, "It is put there as a draft, and a person sends it; `false`: it is sent at once."
    )
    token: str = from_environment("COPYDESK_HAND_OVER_TOKEN", kinds.LINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOptions:
    """How newsletters are sent to subscribers, as `[mail]` in beat.toml."""

    deliver: Delivery = option(
        "",
        "How: by your own `smtp` server, or handed over to a service. Without it letters stand on "
        "the site alone.",
    )
    from_address: str = option("", "Who writes: `letters@example.org`.", MAILBOX)
    from_name: str = option("", "By which name; by itself the letter's title.")
    reply_to: str = option("", "Where answers of readers go; by itself to `from_address`.", MAILBOX)
    postal_address: str = option(
        "", "Your postal address, below each letter: many countries' laws ask for one."
    )
    start: Literal["itself", "person"] = option(
        "itself",
        "Who lets a filed issue go out: `copydesk serve` by `itself`, or a `person`, at the desk "
        "or by `copydesk mail send`.",
    )
    when_uncertain: Uncertain = option(
        "leave",
        "What becomes of a letter of which nobody knows whether the server took it (it was cut "
        "off between the letter's end and its answer): `leave` it, so that nobody gets two, or "
        "send it `again`, so that nobody gets none.",
    )
    give_up_hours: int = option(
        48,
        "How long a letter that is refused for now is tried again.",
        kinds.whole(minimum=1, maximum=240),
    )
    count_views: bool = option(
        False,
        "Count how often each issue's page is read a day, as a sum; each letter says so. No link "
        "in a letter is changed for it.",
    )
    test_addresses: tuple[str, ...] = option(
        (),
        "To which addresses the desk, the API and agents may send a test letter, beside accounts "
        "whose name is an address. `copydesk mail` sends one to any.",
        MAILBOXES,
    )
    test_letters_a_day: int = option(
        20,
        "How many test letters go out within 24 hours, whoever asks for them; 0: none.",
        kinds.whole(maximum=1000),
    )
    smtp: SmtpOptions = field(default_factory=SmtpOptions)
    dkim: DkimOptions = DkimOptions()
    bounces: BounceOptions = field(default_factory=BounceOptions)
    hand_over: HandOverOptions = field(default_factory=HandOverOptions)


# Options of deploying: the git branch or S3 bucket to put the site into.


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchOptions:
    """The branch and remote that the site is pushed to, as `[deploy.git]` in beat.toml."""

    remote: str = option("origin", "A git remote of the newsroom, by its name.", kinds.REMOTE)
    branch: str = option(
        "gh-pages", "The branch there; it is made where it is not there.", kinds.BRANCH
    )
    history: bool = option(
        True,
        "`true`: each commit follows the last one. `false`: it takes the last one's place, by "
        "force, so that the repository does not grow.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Options:
    """The bucket that the site is uploaded to, as `[deploy.s3]` in beat.toml.

    The keys come only from the environment, "" for none; temporary keys need a `session_token`.
    """

    bucket: str = option("", "The bucket, which is there already.", kinds.BUCKET)
    region: str = option(
        "us-east-1",
        "The region for which requests are signed; what has none often wants `auto`.",
    )
    endpoint: str = option(
        "",
        "The address of the storage: `https://s3.example.net`. Without it: Amazon's in the region.",
        kinds.BASE,
    )
    prefix: str = option(
        "", "Below which the site lies in the bucket. Without it: at the bucket's top."
    )
    path_style: bool = option(
        True, "The bucket stands in the path of addresses; `false`: before the host's name."
    )
    max_age_seconds: int = option(
        300,
        "How long a reader's browser may keep a page without asking. Pictures, named by what is in "
        "them, are kept for a year.",
    )
    access_key: str = from_environment("AWS_ACCESS_KEY_ID", kinds.PLAIN_LINE)
    secret_key: str = from_environment("AWS_SECRET_ACCESS_KEY", kinds.PLAIN_LINE)
    session_token: str = from_environment("AWS_SESSION_TOKEN", kinds.PLAIN_LINE)
