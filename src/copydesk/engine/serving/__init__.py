"""Serving: the published site over HTTP, rounds when they are due, pushes from hubs.

A newsroom goes in; it is served, and goes on publishing, until the process is told to stop.
"""

from __future__ import annotations

from copydesk.engine.serving._serve import Address, listening, serve, serve_site
from copydesk.engine.serving._site import Site

__all__ = ["Address", "Site", "listening", "serve", "serve_site"]
