"""The placeholder page that is shown until the first round of fetching has built the site."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from html import escape

from copydesk.newsroom.reports import RoundStatus
from copydesk.serve._files import FileAnswer

_LOOK_SECONDS = 2
_STYLE = """
:root { color-scheme: light dark; }
body { margin: 18vh auto 0; max-width: 34rem; padding: 0 1.5rem; }
body { font: 1.125rem/1.5 Georgia, serif; }
h1 { font-size: 2.25rem; line-height: 1.15; margin: 0 0 1rem; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; }
progress { width: 100%; accent-color: currentColor; }
.note { font: .9375rem/1.5 system-ui, sans-serif; opacity: .75; }
"""
_POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STAGES = {
    "": "It begins.",
    "sources": "It asks the sources for news.",
    "pages": "It reads the pages that the sources list.",
    "looks": "It looks at filed pages again.",
    "pictures": "It fetches pictures.",
    "publish": "It builds the site.",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{said}
<p class="note">This page becomes the site by itself.</p>
</main>
</body>
</html>
"""


def first_page_of(
    title: str, runs_rounds: bool, read_status: Callable[[], RoundStatus | None]
) -> Callable[[], FileAnswer]:
    """Return a function that returns a page on the progress of the first round of fetching."""

    def answer() -> FileAnswer:
        said = _say_progress(runs_rounds, read_status())
        body = _PAGE.format(title=escape(title), style=_STYLE, said=said).encode()
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-store",
            "Retry-After": str(_LOOK_SECONDS),
            "Refresh": str(_LOOK_SECONDS),
        }
        return FileAnswer(status=503, headers=headers, body=body)

    return answer


def _say_progress(runs_rounds: bool, status: RoundStatus | None) -> str:
    if status is not None and status.is_at_work:
        about = _STAGES.get(status.stage, "")
        how_far = _say_how_far(status)
        return f"<p>The first round is at work. {about}{how_far}</p>\n{_draw_bar(status)}"
    if not runs_rounds:
        return (
            "<p>There is no site yet, and no round is run here: "
            "<code>[fetch] contact</code> is not set in <code>beat.toml</code>.</p>"
        )
    if status is not None and not status.complete:
        return (
            "<p>There is no site yet. The last round was broken off; the next one goes on. "
            "What went wrong stands where <code>copydesk serve</code> was started.</p>"
        )
    return "<p>There is no site yet. The first round is about to begin.</p>"


def _say_how_far(status: RoundStatus) -> str:
    return f" {status.done:,} of {status.total:,}." if status.total else ""


def _draw_bar(status: RoundStatus) -> str:
    if not status.total:
        return '<progress aria-label="The round"></progress>'
    done = min(status.done, status.total)
    return f'<progress aria-label="The round" max="{status.total}" value="{done}"></progress>'
