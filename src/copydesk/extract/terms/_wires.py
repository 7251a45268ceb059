"""News agencies and press-release services: the name in a record, and how each signs.

An agency's short form signs only where nothing else can be meant: in a dateline behind a place, as
a whole byline. (PA) behind a place is Pennsylvania; (AA), (STA) and their like never sign alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from copydesk.kit import text, urls


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One agency: `dateline` is how it signs behind a place, `name` as a whole byline.

    `domains` are its own sites.
    """

    credit: str
    dateline: str
    name: str
    domains: tuple[str, ...] = ()


def _wire(credit: str, dateline: str, name: str = "", *domains: str) -> Wire:
    return Wire(
        credit=credit,
        dateline=dateline,
        name="|".join(filter(None, (dateline, name))),
        domains=domains,
    )


AGENCIES = (
    _wire("Reuters", r"(?:Thomson )?Reuters|REUTERS", "Reuters Staff", "reuters.com"),
    _wire("AP", r"AP", r"(?:The )?Associated Press|AP News", "apnews.com", "ap.org"),
    _wire("AFP", r"AFP", r"Agence[- ]France[- ]Presse|AFP News", "afp.com"),
    _wire(
        "dpa",
        r"(?:dpa|DPA)(?:-AFX|[-/](?!afp|rtr|ap\b|sda)[a-z]{2,8})?",
        r"Deutsche Presse-Agentur|dpa International",
        *("dpa.com", "dpa-international.com"),
    ),
    Wire(
        credit="PA",
        dateline=r"PA Media|Press Association",
        name=r"PA|PA Media|(?:The )?Press Association|PA News Agency",
        domains=("pa.media",),
    ),
    _wire("ANSA", r"ANSA|Ansa", "Redazione ANSA", "ansa.it"),
    _wire("EFE", r"EFE|Efe", "Agencia EFE|EFE News", "efe.com"),
    _wire("Europa Press", r"EUROPA PRESS|Europa Press", "", "europapress.es"),
    _wire("Lusa", r"Lusa|LUSA", "Agência Lusa", "lusa.pt"),
    _wire("Kyodo", r"Kyodo(?: News)?|KYODO", "共同通信", "kyodonews.net"),
    _wire("Jiji", r"Jiji Press|JIJI", "時事通信", "jiji.com"),
    _wire("Yonhap", r"Yonhap(?: News)?", "Yonhap News Agency|연합뉴스", "yna.co.kr"),
    _wire("Xinhua", r"Xinhua", r"Xinhua News Agency|新华社", "xinhuanet.com", "news.cn"),
    _wire("TASS", r"TASS|ТАСС", "TASS Russian News Agency", "tass.com", "tass.ru"),
    _wire("Interfax", r"Interfax|INTERFAX|Интерфакс", "", "interfax.com", "interfax.ru"),
    _wire("PTI", r"PTI", "Press Trust of India", "ptinews.com"),
    _wire("ANI", r"ANI", "Asian News International|ANI News", "aninews.in"),
    _wire("IANS", r"IANS", "Indo-Asian News Service", "ians.in"),
    _wire("AAP", r"AAP", "Australian Associated Press|AAP News", "aap.com.au"),
    Wire(
        credit="CP",
        dateline=r"The Canadian Press|Canadian Press|CP",
        name=r"(?:The )?Canadian Press",
        domains=("thecanadianpress.com",),
    ),
    _wire("APA", r"APA", "Austria Presse Agentur", "apa.at"),
    _wire("Keystone-SDA", r"Keystone-SDA|sda|SDA|ats|ATS", "Keystone-ATS", "keystone-sda.ch"),
    _wire("Belga", r"Belga|BELGA", "Belga News Agency|Agence Belga", "belganewsagency.eu"),
    _wire("ANP", r"ANP", "Algemeen Nederlands Persbureau", "anp.nl"),
    _wire("NTB", r"©? ?NTB", "Norsk Telegrambyrå", "ntb.no"),
    Wire(credit="TT", dateline=r"TT", name=r"TT|TT Nyhetsbyrån|TT News Agency", domains=("tt.se",)),
    _wire("Ritzau", r"Ritzau|ritzau", "Ritzaus Bureau", "ritzau.dk"),
    _wire("STT", r"STT", "Suomen Tietotoimisto|STT-Lehtikuva", "stt.fi"),
    _wire("PAP", r"PAP", "Polska Agencja Prasowa", "pap.pl"),
    _wire("MTI", r"MTI", "Magyar Távirati Iroda", "mti.hu"),
    _wire("ČTK", r"ČTK|CTK", "Česká tisková kancelář", "ctk.cz", "ceskenoviny.cz"),
    _wire("Agerpres", r"AGERPRES|Agerpres", "", "agerpres.ro"),
    _wire("Anadolu", r"Anadolu(?: Agency)?", "Anadolu Ajansı", "aa.com.tr"),
    _wire("Antara", r"ANTARA(?: News)?", "", "antaranews.com"),
    _wire("Bernama", r"Bernama|BERNAMA", "", "bernama.com"),
    _wire("WAM", r"WAM", "Emirates News Agency", "wam.ae"),
    _wire("UPI", r"UPI", "United Press International", "upi.com"),
    _wire("Bloomberg", r"Bloomberg|BLOOMBERG", "Bloomberg News|Bloomberg Opinion", "bloomberg.com"),
    _wire("Dow Jones", r"Dow Jones(?: Newswires)?", "", "dowjones.com"),
    _wire("RTTNews", r"RTTNews", "", "rttnews.com"),
    _wire("Adnkronos", r"Adnkronos|AdnKronos", "", "adnkronos.com"),
    _wire("epd", r"epd", "Evangelischer Pressedienst", "epd.de"),
    _wire("KNA", r"KNA", "Katholische Nachrichten-Agentur", "kna.de"),
    _wire("IPS", r"IPS", "Inter Press Service", "ipsnews.net"),
)


# Short forms that behind a person's name may be a title or another body: Jane Doe, PA.
TITLES = frozenset(
    {"PA", "APA", "TT", "SDA", "sda", "ATS", "ats", "AAP", "IPS", "STT", "MTI", "ANI", "WAM", "PAP"}
    | {"ANP", "NTB", "KNA", "epd", "CTK"}
)
_COMMON = frozenset({"the", "news", "staff", "agency", "press", "of", "de", "service", "bureau"})
# Every other word of the names, in small letters: where none of them stands, no agency does.
WORDS = frozenset(
    word
    for one in AGENCIES
    for word in re.findall(r"\w{2,}", one.name.replace("\\w", "").lower())
    if word not in _COMMON
)


def is_naming(passage: str) -> bool:
    """Say whether a word of any agency's name stands in a passage: in most articles none does."""
    return not WORDS.isdisjoint(text.words(passage))


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that sends paid press releases: its mark in a dateline, its line at the end."""

    credit: str
    mark: str
    closing: str = ""
    domains: tuple[str, ...] = ()


_SEEN_AT = r"(?i:view|see|read|to view|find)\b.{0,80}\b"  # "View source version on …"
SERVICES = (
    Service(
        credit="PR Newswire",
        mark=r"/\s?PR\s?Newswire(?:[-\w ]{1,30})?/|/CNW(?: Telbec)?/|/CNW Group/",
        closing=_SEEN_AT + r"(?:prnewswire|newswire\.ca)",
        domains=("prnewswire.com", "prnewswire.co.uk", "newswire.ca"),
    ),
    Service(
        credit="Business Wire",
        mark=r"\(\s?BUSINESS\s?WIRE\s?\)",
        closing=_SEEN_AT + r"businesswire\.com",
        domains=("businesswire.com",),
    ),
    Service(
        credit="GlobeNewswire",
        mark=r"\(\s?GLOBE\s?NEWSWIRE\s?\)|/GLOBE\s?NEWSWIRE/",
        closing=_SEEN_AT + r"globenewswire\.com",
        domains=("globenewswire.com",),
    ),
    Service(
        credit="ACCESSWIRE",
        mark=r"/\s?ACCESS\s?(?:WIRE|Newswire)\s?/",
        closing=_SEEN_AT + r"access(?:wire|newswire)\.com",
        domains=("accesswire.com", "accessnewswire.com"),
    ),
    Service(
        credit="EIN Presswire",
        mark=r"/\s?EIN\s?Presswire(?:\.com)?\s?/",
        closing=r"(?:Legal Disclaimer:\s*)?EIN\s?Presswire provides this news content",
        domains=("einpresswire.com", "einnews.com"),
    ),
    Service(
        credit="Newsfile",
        mark=r"\(\s?Newsfile Corp\.",
        closing=_SEEN_AT + r"newsfilecorp\.com",
        domains=("newsfilecorp.com",),
    ),
    Service(
        credit="PRWeb",
        mark=r"\(\s?PRWEB\s?\)|/\s?PRWEB\s?/",
        closing=_SEEN_AT + r"prweb\.com",
        domains=("prweb.com",),
    ),
    Service(
        credit="news aktuell",
        mark=r"\(\s?ots(?:/PRNewswire)?\s?\)",
        closing=r"Original-Content von:.{1,120}übermittelt durch news aktuell",
        domains=("presseportal.de", "presseportal.ch"),
    ),
    Service(credit="Cision", mark=r"\(\s?Cision\s?\)", domains=("news.cision.com",)),
    Service(
        credit="Media OutReach",
        mark=r"Media OutReach Newswire\s+[-–—]|\(Media OutReach\)",
        domains=("media-outreach.com",),
    ),
    Service(
        credit="Marketwired",
        mark=r"\(\s?Marketwired?\s*[-–—]",
        domains=("marketwired.com",),
    ),
    Service(
        credit="NewMediaWire",
        mark=r"\(\s?NEWMEDIAWIRE\s?\)|/NEWMEDIAWIRE/",
        domains=("newmediawire.com",),
    ),
)


WHOLE = r"(?:the )?@"  # a form of `pattern`: nothing but the name


@cache
def pattern(form: str, name: str, *, ignores_case: bool = False) -> re.Pattern[str]:
    """Give the pattern of a form in which @ stands for an agency's name."""
    return re.compile(form.replace("@", f"(?:{name})"), re.IGNORECASE if ignores_case else 0)


def named(said: str) -> str:
    """Give the agency of which a text is the whole name, in any case; "" for none."""
    name = said.strip()
    for wire in AGENCIES if name else ():
        if pattern(WHOLE, wire.name, ignores_case=True).fullmatch(name):
            return wire.credit
    return ""


def by_domain(address: str) -> str:
    """Give the agency or service whose own site an address is on, "" for none."""
    host = urls.host(address)
    known: Iterator[tuple[str, tuple[str, ...]]] = (
        (one.credit, one.domains) for one in (*AGENCIES, *SERVICES)
    )
    for credit, domains in known:
        if any(host == domain or host.endswith(f".{domain}") for domain in domains):
            return credit
    return ""
