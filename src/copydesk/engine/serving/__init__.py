"""Serving: the published site over HTTP, rounds when they are due, pushes from hubs.

A newsroom goes in; it is served, and goes on publishing, until the process is told to stop.
"""

from __future__ import annotations

from copydesk.engine.serving._serve import Address as Address
from copydesk.engine.serving._serve import listening as listening
from copydesk.engine.serving._serve import serve as serve
from copydesk.engine.serving._serve import serve_site as serve_site
from copydesk.engine.serving._site import Site as Site
