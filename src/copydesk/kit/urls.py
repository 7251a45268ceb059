"""URLs: parse them by the WHATWG URL standard, make them canonical, compare and split them.

Three forms of one URL:

    fetchable   absolute, no fragment: the URL to request
    canonical   also without tracking parameters: the URL to file and to send readers to
    identity    also without scheme and final slash, the query sorted: the key of a page

Parameters that only may be for tracking (partner, ref, source, id) stay, since they may select a
page. So does the order of a query, since it matters to some servers; only the identity sorts it.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import can_ada
from publicsuffixlist import PublicSuffixList

_TRACKING = re.compile(
    r"""(?xi)^(
      utm_.* | itm_.* | pk_.* | piwik_.* | matomo_.* | mtm_.* | hsa_.* | stm_.* | vero_.*
    | fbclid | gclid | gclsrc | dclid | gbraid | wbraid | msclkid | yclid | ysclid | twclid | ttclid
    | igshid | igsh | li_fat_id | epik | srsltid | mc_cid | mc_eid | mkt_tok | _hsenc | _hsmi
    | oly_anon_id | oly_enc_id | rb_clickid | s_cid | s_kwcid | ns_[a-z_]+ | xtor | wt_mc
    | wt\.mc_id | ncid | ocid | cmpid | smid | smtyp | ito | tid | ir
    | guccounter
    | guce_referrer.* | __twitter_impression | ref_src | ref_url | cid_source | at_[a-z_]+
    | feature_source | spm | share_id | taid | trk | trkcampaign | _ga | _gl | amp_js_v
    | usqp
    )$"""
)

# RFC 6761, 6762 with its appendix G, 8375; ICANN 2024; localhost.localdomain of old systems
_NAME = re.compile(r"[\w.-]+")
_SOCKET = r"""(?x)
    (?: \[ (?P<six>[0-9A-Fa-f:.]+) \] | (?P<four>[0-9.]+) ) (?: : (?P<port>[0-9]{1,5}) )?
    | (?P<bare>[0-9A-Fa-f:.]+)
    """
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PASSED_OVER = dict.fromkeys(map(ord, "\t\n\r"))
_CONTROLS = "".join(map(chr, range(0x21)))
_RESERVED = frozenset({"example", "test", "invalid", "onion"})  # RFC 2606, RFC 7686
_LOCAL = (
    *("localhost", "localdomain", "local", "internal", "home.arpa"),
    *("intranet", "private", "corp", "home", "lan"),
)

# RFC 1122, 1918, 3927, 4193, 4291, 6598
_OWN_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.168.0.0/16", "::/127", "fc00::/7", "fe80::/10"),
    )
)


def parse(url: str, base: str = "") -> can_ada.URL | None:
    """Parse an http or https URL, None if it is not one."""
    try:
        parsed = can_ada.parse(urljoin(base, url.strip()) if base else url.strip())
    except (ValueError, TypeError):  # the binding raises TypeError for a lone surrogate
        return None
    if parsed.protocol not in {"http:", "https:"} or not parsed.hostname:
        return None
    return parsed


def as_browsers_read(url: str) -> str:
    """Return a URL without the characters that browsers ignore (WHATWG URL 4.4)."""
    return url.translate(_PASSED_OVER).strip(_CONTROLS)


def may_be_of_web(url: str) -> bool:
    """Return whether a browser would read a link target as an http, https or relative URL."""
    scheme = _SCHEME.match(as_browsers_read(url))
    return scheme is None or scheme[0].lower() in {"http:", "https:"}


def fetchable(url: str, base: str = "") -> str | None:
    """Return the absolute URL without fragment and credentials, None if it is not http or https."""
    bare = _parse_bare(url, base)
    return None if bare is None else str(bare.href)


def canonical(url: str, base: str = "") -> str | None:
    """Return the URL without fragment, credentials and tracking parameters; None if not http(s)."""
    bare = _parse_bare(url, base)
    if bare is None:
        return None
    if bare.search:
        bare.search = _keep_query(bare.search)
    return str(bare.href)


def _parse_bare(url: str, base: str) -> can_ada.URL | None:
    parsed = parse(url, base)
    if parsed is not None:
        parsed.hash = ""
        parsed.username = ""
        parsed.password = ""
    return parsed


def _keep_query(search: str) -> str:
    """Return a query without tracking parameters; a query that has none stays unchanged."""
    pairs = parse_qsl(search.removeprefix("?"), keep_blank_values=True)
    wanted = [(name, value) for name, value in pairs if not _TRACKING.match(name)]
    return search if wanted == pairs else urlencode(wanted)


def identity(url: str) -> str:
    """Return a key that is the same for all spellings of a URL. Other text is returned as it is."""
    plain = canonical(url)
    if plain is None:
        return url.strip()
    bare = plain.split("://", 1)[1]
    path, mark, query = bare.partition("?")
    return path.rstrip("/") + mark + "&".join(sorted(query.split("&")))


def path(url: str) -> str:
    """Return the path of an untrusted URL, "" if it cannot be parsed."""
    try:
        return urlsplit(url).path
    except ValueError:  # for example `http://[`, or names that change when normalised
        return ""


def host(url: str) -> str:
    """Return the host name of a URL in lower case, "" if it is no URL."""
    parsed = parse(url)
    return "" if parsed is None else str(parsed.hostname)


def origin(url: str) -> str:
    """Return the scheme, host and port of a URL, "" if it is no URL."""
    parsed = parse(url)
    return "" if parsed is None else str(parsed.origin)


def is_machine(host: str) -> bool:
    """Return whether a host is an IP address or localhost."""
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_local(host: str) -> bool:
    """Return whether a host name is of a local network: without a dot, or by its ending (`.local`).

    ICANN does not allow hosts directly at a top-level domain (2013).
    """
    bare = host.rstrip(".")
    return "." not in bare or bare.endswith(tuple(f".{name}" for name in _LOCAL))


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def registrable_domain(url_or_host: str) -> str:
    """Return a URL's or host's registrable domain, such as `example.co.uk`, or its IP address."""
    name = host(url_or_host) if "://" in url_or_host else url_or_host.lower().rstrip(".")
    return name if is_machine(name) else str(_suffixes().privatesuffix(name) or name)


@functools.lru_cache(maxsize=4096)
def site_name(text: str) -> str:
    """Return the host name from what a person entered: `example.org` or a whole URL.

    "" if there is none, or if its top-level domain does not exist ("node.js").
    """
    name = text.strip().lower().removeprefix("*.").removeprefix("www.")
    bare = host(name if "://" in name else f"https://{name}").removeprefix("www.")
    if "://" not in name and (not _NAME.fullmatch(name) or "." not in name):
        return ""
    is_reserved = bare.rpartition(".")[2] in _RESERVED or is_local(bare)
    known = is_reserved or is_machine(bare) or _suffixes().publicsuffix(bare, False)
    return bare if bare and known else ""


def same_site(left: str, right: str) -> bool:
    """Return whether two URLs have the same registrable domain."""
    return bool(host(left)) and registrable_domain(left) == registrable_domain(right)


def is_proxy(address: str) -> bool:
    """Return whether a text is the URL of an HTTP proxy, with or without a password."""
    plain = address.isprintable() and " " not in address
    return plain and address.startswith("http://") and fetchable(address) is not None


def is_for_others(address: str) -> bool:
    """Return whether other machines may reach a URL, which is not localhost or a loopback address.

    `localhost` and loopback addresses always mean the requesting machine itself.
    """
    named = host(address).strip("[]")
    try:
        return not ipaddress.ip_address(named).is_loopback
    except ValueError:
        return bool(address) and named != "localhost"


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, by its loopback address or a reserved name."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.rpartition(".")[2] in {"localhost", "test"}  # RFC 6761


def is_private_address(address: str) -> bool:
    """Return whether an IP address belongs to this machine or a private network."""
    try:
        parsed = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return False
    return any(parsed in network for network in _OWN_NETWORKS if network.version == parsed.version)


def is_private(host: str) -> bool:
    """Return whether a host name can only be reached on this machine or its local network."""
    if is_machine(host):
        return is_loopback(host) or is_private_address(host)
    return is_loopback(host) or is_local(host)


def is_socket(server: str) -> bool:
    """Return whether a text is an IP address with or without a port (`[::1]:53` for IPv6)."""
    found = re.fullmatch(_SOCKET, server)
    if found is None:
        return False
    try:
        ipaddress.ip_address(found["six"] or found["four"] or found["bare"])
    except ValueError:
        return False
    return found["port"] is None or 0 < int(found["port"]) < 65_536
