"""copydesk: a topical news site on autopilot, with an editor's last word."""

__version__ = "0.1.0"
