"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# A deadline for each example would be a test of how busy the machine is.
settings.register_profile("copydesk", deadline=None)
settings.load_profile("copydesk")
