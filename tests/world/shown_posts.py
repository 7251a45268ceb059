"""Read a post as its network does: whom it mentions, what it links to, which marks it obeys.

Each reader follows the network's documentation or published source, and takes the request that was
sent. It returns faults: a mention, a link whose words are not its address, a mark that is obeyed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

_DISCORD_TOKEN = re.compile(
    r"(?P<escape>\\[^0-9A-Za-z\s])"
    r"|(?P<url>https?://[^\s<]+[^<.,:;\"'\]\s])"
    r"|(?P<mention>@(?:everyone|here)|<(?:@[!&]?\d|[#:/]|a:|t:|id:))"
    r"|(?P<autolink><https?://[^\s>]+>)"
    r"|(?P<masked>\[[^\]]*\]\()"
    r"|(?P<mark>[*_~`|\[])"
    r"|(?P<block>(?:^|(?<=\n))\s*(?:>|#{1,3} |-# |[-*] ))"
)
_SLACK_TOKEN = re.compile(r"<([^>]*)>")
# td/telegram/MessageEntity.cpp: a name after `@` that no letter precedes; a URL has a domain
_TELEGRAM_MENTION = re.compile(r"(?<!\w)@\w{2,32}")
_TELEGRAM_URL = re.compile(r"https?://(?:[^\s/@?#:]+\.)+[^\s/@?#:.]{2,}[^\s]*", re.IGNORECASE)
_MASTODON_MENTION = re.compile(r"(?<![=/\w])@\w")
# what services of apprise make of a text: Slack's plugin, and those that read Markdown
_APPRISE_TOKEN = re.compile(
    r"(?:[!@]|(?:https?|mailto)://)[^| \n]+(?:[ \t]*\|[^\n]*?)?>"
    r"|\](?:\(|\[|:)|@(?:everyone|here)|<@[!&]?\d"
)


def find_mastodon_faults(request: Mapping[str, Any], _own: str) -> list[str]:
    """Read a status, which is plain text."""
    return _MASTODON_MENTION.findall(request["status"])


def find_bluesky_faults(request: Mapping[str, Any], own: str) -> list[str]:
    """Read a record: only its facets link, tag or mention."""
    record = request["record"]
    raw, faults = record["text"].encode(), []
    for facet in record.get("facets", ()):
        (feature,) = facet["features"]
        kind = feature["$type"].rpartition("#")[2]
        words = raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        told = {"link": feature.get("uri"), "tag": f"#{feature.get('tag')}"}.get(kind)
        if words != told or (kind == "link" and told != own):
            faults.append(f"{kind} {words} -> {told}")
    return faults if record["embed"]["external"]["uri"] == own else [*faults, "another card"]


def find_discord_faults(request: Mapping[str, Any], _own: str) -> list[str]:
    """Read Markdown as Discord's clients do, from left to right."""
    faults = [
        f"{token.lastgroup} {token[0]}"
        for token in _DISCORD_TOKEN.finditer(request["content"])
        if token.lastgroup not in {"escape", "url"}
    ]
    nobody: dict[str, list[str]] = {"parse": []}
    return faults if request["allowed_mentions"] == nobody else [*faults, "mentions are parsed"]


def find_slack_faults(request: Mapping[str, Any], own: str) -> list[str]:
    """Read a text whose only marks are `<...>`, unless Slack is told to look for more."""
    tokens = [html.unescape(token) for token in _SLACK_TOKEN.findall(request["text"])]
    faults = [token for token in tokens if token != own]
    rest = _SLACK_TOKEN.sub("", request["text"])
    faults += ["a loose bracket"] if "<" in rest or ">" in rest else []
    looks = (request["parse"], request["mrkdwn"], request.get("link_names", False))
    return faults if looks == ("none", False, False) else [*faults, f"looks for {looks}"]


def find_telegram_faults(request: Mapping[str, Any], _own: str) -> list[str]:
    """Read a text in which Telegram itself looks for names and addresses."""
    faults = _TELEGRAM_MENTION.findall(_TELEGRAM_URL.sub("", request["text"]))
    return [*faults, *({"parse_mode", "entities"} & set(request))]


class _MatrixMarkup(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))


def find_matrix_faults(request: Mapping[str, Any], own: str) -> list[str]:
    """Read both bodies; in HTML there are lines and our own link."""
    known = {("br", ()), ("a", (("href", own),))}
    tags = _MatrixMarkup(request["formatted_body"]).tags
    faults = [str(tag) for tag in tags if tag not in known]
    faults += _TELEGRAM_MENTION.findall(_TELEGRAM_URL.sub("", request["body"]))
    return faults if request["m.mentions"] == {} else [*faults, "mentions"]


def find_apprise_faults(request: str, own: str) -> list[str]:
    """Read a text as the services of apprise may: as Slack's marks, or as Markdown."""
    return [token[0] for token in _APPRISE_TOKEN.finditer(request) if token[0] != own]


READERS: Mapping[str, Callable[[Any, str], list[str]]] = {
    "mastodon": find_mastodon_faults,
    "bluesky": find_bluesky_faults,
    "discord": find_discord_faults,
    "slack": find_slack_faults,
    "telegram": find_telegram_faults,
    "matrix": find_matrix_faults,
    "apprise": find_apprise_faults,
}


# Words that networks obey, for `world.payloads` are about pages.
def _make_marks() -> Iterator[str]:
    yield from ("@everyone", "@here", "@all", "@room", "@channel", "\uff20everyone", "@@everyone")
    yield from ("<!channel>", "<!here|here>", "<!everyone>", "<!subteam^S01|team>", "&lt;!here&gt;")
    yield from ("<@U123>", "<@!80351110224678912>", "<@&165511591545143296>", "<#C01|news>")
    yield from ("<https://thief.example|The tide table>", "<mailto:a@thief.example|mail>")
    yield from ("Look !channel> now", "Look !here|x> now", "Look @U123> now")
    yield from ("Look https://thief.example|The tide table> now", "<t:1618953630>", "<:a:1>")
    yield from ("[The tide table](https://thief.example)", "[x](<https://thief.example>)")
    yield from ("![x](https://thief.example/pixel.gif)", "[x][y] [y]: https://thief.example")
    yield from ("@user@host.example", "a@user@host.example", "/@user@host.example", "=@user")
    yield from ("https:///@username", "http://x/@username", "https://=@username", "https://@user")
    yield from ("https://ok.example/@username", "https://ok.example?@username", "https://a.b/x@y")
    yield from ("https://matrix.to/#/@user:host.example", "#room:host.example", "!id:host.example")
    yield from ("https://ok.example/[x](https://thief.example)", "https://ok.example/](https://t.e")
    yield from ("https://ok.example/\\[x](https://thief.example)", "\\[x](https://thief.example)")
    yield from ("# heading", "-# small", "> quote", ">>> all", "- item", "||spoiler||", "`code`")
    yield from ("***x***", "__x__", "~~x~~", "```\nx\n```", "snake_case_name", "\\", "\\\\*x*")
    yield from ("@\u200deveryone", "@\u2060everyone", "https://ok.example/\u200d@user@host.example")
    yield from (
        "https://ok.example/<@1>",
        "https://ok.example/@everyone",
        "https://ok.example@here",
    )
    yield from ("tg://resolve?domain=x", "/start@other_bot", "$THIEF", "#thief", "+49 30 1234567")


MARKS = tuple(_make_marks())
