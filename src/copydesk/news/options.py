"""Options of beat.toml that several packages read: HTTP fetching, e-mail, deploy targets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
        "Replaces `fetch.delay_seconds` for this host. A longer delay in the host's robots.txt "
        "still applies.",
        kinds.number(),
    )
    penalty_seconds: float | None = option(
        None, "Replaces `fetch.penalty_seconds` for this host.", kinds.number()
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
        "Mail or web address for questions about your requests, sent in the User-Agent header of "
        "every request. `copydesk run` needs it, except when it replays a recording (`--web`).",
        kinds.CONTACT,
        variable="COPYDESK_CONTACT",
    )
    max_age_days: int = option(0, "Skip articles that are older than this many days. 0: no limit.")
    max_bytes: int = option(
        10_000_000,
        "Maximum size of one response in bytes, after decompression.",
        kinds.whole(minimum=1_000),
    )
    timeout_seconds: float = option(
        30.0,
        "Abort a request that is not finished after this many seconds.",
        kinds.number(minimum=0.1),
    )
    delay_seconds: float = option(5.0, "Seconds to wait between two requests to the same host.")
    penalty_seconds: float = option(
        30.0,
        "Seconds without requests to a host after it answered 429 (too many requests), or 403 "
        "several times in a row.",
    )
    connect_seconds: float = option(
        10.0,
        "Seconds allowed for connecting to a host, including the DNS lookup and the TLS handshake.",
        kinds.number(minimum=0.1),
    )
    concurrency: int = option(
        64, "Maximum number of hosts fetched at the same time.", kinds.whole(minimum=1)
    )
    nameservers: tuple[str, ...] = option(
        (),
        "DNS servers to use, by IP address, such as `9.9.9.9` or `[2620:fe::fe]:53`. By default "
        "the system's DNS servers are used.",
        kinds.NAMESERVERS,
    )
    max_redirects: int = option(
        10,
        "Maximum number of redirects to follow for one request. Each redirect is checked like a "
        "new request.",
    )
    allow_hosts: tuple[str, ...] = option(
        (),
        "Hosts that may be fetched although their IP address is private or belongs to this "
        "machine.",
        kinds.HOSTS,
    )
    tdmrep: bool = option(
        True,
        "Read each host's rules on text and data mining (`/.well-known/tdmrep.json`), with one "
        "extra request per host and day.",
    )
    articles_max_bytes: int = option(
        500_000_000,
        "Maximum size in bytes of the extracted texts stored in `.copydesk/articles`. When it is "
        "exceeded, the oldest texts are deleted.",
    )
    backfilled_max_bytes: int = option(
        2_000_000_000,
        "The same for the texts out of archives of the web (`copydesk backfill`), which are stored "
        "in `.copydesk/backfilled`.",
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
        raise Unfit(
            "a mail address such as letters@example.org",
            "write the address alone, without a name and without <>",
        )
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


MAILBOX = ValueKind(name="mail address or empty", read=_mailbox)
MAILBOXES = ValueKind(name="list of mail addresses", read=_mailboxes)
HOST_OR_NONE = ValueKind(
    name="host name or empty", read=lambda value: "" if value == "" else HOST.read(value)
)
RATES = ValueKind(name="table: domain = messages per minute", read=_rates)


SmtpSecurity = Literal["starttls", "tls", "none"]
Delivery = Literal["", "smtp", "listmonk", "buttondown", "ghost", "mailgun", "postmark"]
Uncertain = Literal["leave", "again"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpOptions:
    """The SMTP server, as `[mail.smtp]` in beat.toml; `password` comes from the environment."""

    host: str = option(
        "",
        "Host name of the SMTP server that sends your newsletters, such as `smtp.example.org`.",
        HOST_OR_NONE,
    )
    port: int = option(587, "Port of the SMTP server.", kinds.whole(minimum=1, maximum=65_535))
    security: SmtpSecurity = option(
        "starttls",
        "Encryption of the connection to the SMTP server. `starttls`: the connection switches to "
        "TLS, or nothing is sent. `tls`: the connection is encrypted from the start (port 465). "
        "`none`: no encryption, only allowed for a server on this machine.",
    )
    user: str = option(
        "", "User name; the password is read from the variable `COPYDESK_SMTP_PASSWORD`."
    )
    connections: int = option(
        4, "Number of parallel connections to the SMTP server.", kinds.whole(minimum=1, maximum=50)
    )
    timeout_seconds: float = option(
        60.0,
        "Seconds to wait for a reply of the SMTP server. After the last line of a message it "
        "waits ten times as long, because RFC 5321 asks for ten minutes.",
        kinds.number(minimum=1),
    )
    letters_a_minute: int = option(
        0, "Maximum number of messages sent per minute. 0: no limit.", kinds.whole()
    )
    domains: Mapping[str, int] = option(
        {},
        "Maximum number of messages sent per minute to the mail addresses of one domain, such as "
        '`{ "gmail.com" = 100 }`.',
        RATES,
    )
    warm_up: int = option(
        0,
        "Maximum number of messages to each mail domain on the first day. The limit doubles each "
        "day and ends after ten days, because mail providers treat a new sender of thousands of "
        "messages as spam. 0 (the default): no limit.",
        kinds.whole(),
    )
    password: str = from_environment("COPYDESK_SMTP_PASSWORD", kinds.LINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimOptions:
    """The DKIM signature, as `[mail.dkim]` in beat.toml. Without a selector mail is not signed."""

    selector: str = option(
        "",
        "Name of the DKIM key in the DNS: `SELECTOR._domainkey.DOMAIN`. Without it, copydesk does "
        "not sign newsletters. Signing on your mail server is faster.",
    )
    domain: str = option(
        "",
        "Domain of the DKIM signature. By default the domain of `mail.from_address`.",
        HOST_OR_NONE,
    )
    key_file: str = option(
        ".copydesk/dkim.pem",
        "File with the private DKIM key (RSA or Ed25519, PEM), relative to the newsroom folder. "
        "Keep it out of git.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceOptions:
    """The address and mailbox that bounces arrive in, as `[mail.bounces]` in beat.toml.

    `password` and `secret` come from the environment.
    """

    address: str = option(
        "",
        "Address to which undeliverable newsletters are returned, such as `bounces@example.org`. "
        "Each message gets its own variant, `bounces+…@example.org`, so the mailbox must accept "
        "addresses with a plus. Without it, bounces are returned to `mail.from_address` and not "
        "counted.",
        MAILBOX,
    )
    imap_host: str = option(
        "",
        "IMAP server of the bounce mailbox, which is checked every ten minutes over TLS. Without "
        "it, pass bounces to `copydesk mail bounces` or to the webhook.",
        HOST_OR_NONE,
    )
    imap_port: int = option(993, "Port of the IMAP server.", kinds.whole(minimum=1, maximum=65_535))
    imap_user: str = option(
        "", "User name; the password is read from the variable `COPYDESK_IMAP_PASSWORD`."
    )
    imap_folder: str = option("INBOX", "Folder of the mailbox that is searched for bounces.")
    soft_limit: int = option(
        5,
        "Number of temporary bounces in a row (such as a full mailbox) after which a subscriber "
        "gets no more newsletters. A successful delivery resets the count.",
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
        "URL of the newsletter service. Required for listmonk and Ghost, which you host yourself; "
        "the other services have a public URL that is the default.",
        kinds.BASE,
    )
    audience: str = option(
        "",
        "Recipients at the newsletter service: the number of a list (listmonk), a tag "
        "(Buttondown), the slug of a newsletter (Ghost), the address of a mailing list (Mailgun) "
        "or a message stream (Postmark).",
    )
    is_draft: bool = option(
        True, "`true`: issues are drafts there, and a person sends them. `false`: sent at once."
    )
    token: str = from_environment("COPYDESK_HAND_OVER_TOKEN", kinds.LINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOptions:
    """How newsletters are sent to subscribers, as `[mail]` in beat.toml."""

    deliver: Delivery = option(
        "",
        "How newsletters are delivered: by your own SMTP server (`smtp`) or by the named "
        "newsletter service. Without it, newsletters are only published on the site.",
    )
    from_address: str = option("", "Sender address, such as `letters@example.org`.", MAILBOX)
    from_name: str = option("", "Sender name. By default the title of the newsletter.")
    reply_to: str = option("", "Address for replies. By default `from_address`.", MAILBOX)
    postal_address: str = option(
        "", "Your postal address, at the end of each issue: many laws require it."
    )
    start: Literal["itself", "person"] = option(
        "itself",
        "Who starts the delivery of a saved issue. `itself`: `copydesk serve` starts it "
        "automatically. `person`: an editor starts it at the desk (web editor) or with `copydesk "
        "mail send`.",
    )
    when_uncertain: Uncertain = option(
        "leave",
        "What to do with a message if the connection broke before the mail server confirmed it. "
        "`leave`: do not send it again, so that no subscriber gets it twice. `again`: send it "
        "again, so that no subscriber misses it.",
    )
    give_up_hours: int = option(
        48,
        "Hours during which a message is sent again if the mail server refuses it temporarily.",
        kinds.whole(minimum=1, maximum=240),
    )
    count_views: bool = option(
        False,
        "Count how often each issue's web page is read per day, only as a total. Every issue "
        "tells subscribers about it, and its links are not changed.",
    )
    test_addresses: tuple[str, ...] = option(
        (),
        "Addresses to which the desk (web editor), its API and AI agents may send test issues, in "
        "addition to accounts whose name is a mail address. `copydesk mail` may send test issues "
        "to any address.",
        MAILBOXES,
    )
    test_letters_a_day: int = option(
        20,
        "Maximum number of test issues sent within 24 hours by all users. 0: none.",
        kinds.whole(maximum=1000),
    )
    smtp: SmtpOptions = field(default_factory=SmtpOptions)
    dkim: DkimOptions = DkimOptions()
    bounces: BounceOptions = field(default_factory=BounceOptions)
    hand_over: HandOverOptions = field(default_factory=HandOverOptions)


# Options of deploying and of backups: the git branch or S3 bucket to put files into.


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchOptions:
    """The branch and remote that the site is pushed to, as `[deploy.git]` in beat.toml."""

    remote: str = option("origin", "Git remote to which the site is pushed, by name.", kinds.REMOTE)
    branch: str = option(
        "gh-pages", "Branch to push the site to. Created if it does not exist.", kinds.BRANCH
    )
    history: bool = option(
        True,
        "`true` (the default): each deploy adds a commit. `false`: each deploy replaces the last "
        "commit with a forced push, so that the repository does not grow.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """The settings of `[workers]`: a Dask cluster that reads pages and pictures."""

    dask: str = option(
        "",
        "Address of the scheduler of a Dask cluster, such as `tls://10.0.0.5:8786`, whose workers "
        "read pages and pictures. By default this machine reads them. Without TLS (`tcp://…`), "
        "only an address of this machine is allowed. It needs the extra `copydesk[dask]`.",
        kinds.CLUSTER,
        variable="COPYDESK_DASK",
    )
    ca_file: str = option(
        "", "PEM file with the certificate authority of the cluster, which signs nothing else."
    )
    certificate_file: str = option(
        "", "PEM file with the private key and the certificate of this machine in the cluster."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Options:
    """The bucket for the site or for backups, as `[deploy.s3]` or `[backup.s3]` in beat.toml.

    The keys come only from the environment, "" for none; temporary keys need a `session_token`.
    """

    bucket: str = option("", "Name of the bucket, which must exist already.", kinds.BUCKET)
    region: str = option(
        "us-east-1",
        "Region that is used to sign requests. Storage without regions often expects `auto`.",
    )
    endpoint: str = option(
        "",
        "URL of the storage service, such as `https://s3.example.net`. By default Amazon S3 in "
        "the region.",
        kinds.BASE,
    )
    prefix: str = option(
        "", "Path in the bucket below which the files are put. By default the top of the bucket."
    )
    path_style: bool = option(
        True, "`true`: the URL is `https://HOST/BUCKET/`. `false`: it is `https://BUCKET.HOST/`."
    )
    max_age_seconds: int = option(
        300,
        "Seconds for which browsers may reuse a page without asking the server. Pictures are kept "
        "for a year, because their file names change with their content. Not used for backups.",
    )
    access_key: str = from_environment("AWS_ACCESS_KEY_ID", kinds.PLAIN_LINE)
    secret_key: str = from_environment("AWS_SECRET_ACCESS_KEY", kinds.PLAIN_LINE)
    session_token: str = from_environment("AWS_SESSION_TOKEN", kinds.PLAIN_LINE)

    def with_endpoint(self) -> S3Options:
        """Return the options with Amazon's endpoint for their region if none is set."""
        if self.endpoint:
            return self
        return replace(self, endpoint=f"https://s3.{self.region}.amazonaws.com")
