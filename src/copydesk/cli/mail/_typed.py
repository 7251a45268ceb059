"""Addresses on the command line, or on stdin where nobody else on the machine should read them."""

from __future__ import annotations

import sys

COMMAND = "copydesk mail"  # who asked for a test letter, where they say no name


def read_address(argument: str) -> str:
    """Return an address that a person typed, or the first line of stdin where they typed `-`.

    What stands in a command can be read by everybody on this machine.
    """
    return sys.stdin.readline().strip() if argument == "-" else argument
