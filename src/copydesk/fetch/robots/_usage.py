"""What a robots.txt says on the use of a site's pages, beside who may fetch them.

    Content-Usage: [/path] train-ai=n         draft-ietf-aipref-attach, in a group
    Content-Signal: [/path] ai-train=no       contentsignals.org, in a group
    License: https://a.example/license.xml    RSL 1.0, for everybody wherever it stands
    User-agent: GPTBot / Disallow: /          a whole site closed to a machine that trains models

None of these lines decides who may fetch. The first two belong to their group and end the list of
its names, as a rule does.
"""

from __future__ import annotations

import re

import msgspec

WHERE = "robots.txt"
KEYS = {
    "content-usage": "Content-Usage",
    "content-signal": "Content-Signal",
    "license": "RSL",
}
_MOST = 100  # lines of one file
_SAID = 300  # characters of a line
_PATH = re.compile(r"(/\S*)[ \t]+(.+)")

# By their own documentation: these collect what models are trained on, …
_TRAINING = (
    *("GPTBot", "CCBot", "Google-Extended", "ClaudeBot", "anthropic-ai", "Applebot-Extended"),
    *("Bytespider", "meta-externalagent", "FacebookBot", "cohere-ai", "Amazonbot", "AI2Bot"),
    *("cohere-training-data-crawler", "Diffbot", "omgili", "omgilibot", "Webzio-Extended"),
    *("PanguBot", "Timpibot", "CloudVertexBot"),
)
# … and these what a model is given when it answers.
_ANSWERING = (
    *("ChatGPT-User", "OAI-SearchBot", "PerplexityBot", "Perplexity-User", "Claude-User"),
    *("Claude-SearchBot", "Claude-Web", "meta-externalfetcher", "MistralAI-User", "YouBot"),
    *("DuckAssistBot", "Google-NotebookLM", "Gemini-Deep-Research"),
)
_GROUPS = (("no training agents", _TRAINING), ("no answering agents", _ANSWERING))
# A robots.txt names an agent by letters, hyphens and underscores (RFC 9309 2.2.1).
_SHORT = re.compile(r"[^a-z_-].*")
AGENTS = {_SHORT.sub("", name.lower()): name for _, names in _GROUPS for name in names}


class UsageLine(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """One line: the signal's name, its words, the pattern of the paths that it is said of.

    Without a pattern it is said of every path.
    """

    name: str
    said: str
    path: str = ""


def parse_usage(key: str, value: str) -> UsageLine | None:
    """Parse a line of one of `KEYS`, None where it says nothing."""
    name, path, said = KEYS[key], "", value
    if name != "RSL" and value.startswith("/"):
        match = _PATH.fullmatch(value)
        if match is None:
            return None
        path, said = match[1], match[2]
    return UsageLine(name=name, said=said[:_SAID], path=path) if said else None


def usage_of_agents(closed: set[str]) -> list[UsageLine]:
    """Return what closing the site to these agents says; they are named as in `AGENTS`."""
    lines = []
    for name, agents in _GROUPS:
        named = ", ".join(agent for agent in agents if _SHORT.sub("", agent.lower()) in closed)
        if named:
            lines.append(UsageLine(name=name, said=named[:_SAID]))
    return lines


def limit_usage(usage_lines: list[UsageLine]) -> tuple[UsageLine, ...]:
    """Return each once, and no more than a file can mean."""
    return tuple(dict.fromkeys(usage_lines))[:_MOST]
