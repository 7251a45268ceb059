"""An upload made anew in a process of its own: what a stranger's file does to a decoder ends there.

bytes ── its input ──> a process with bounds on time and memory ── its output ──> WebP, or why not
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence

from copydesk.errors import PictureError

_SECONDS = 20.0  # the largest that is taken needs two
_MEMORY_BYTES = 1 << 30  # of addresses: 25 megapixels decoded are 100 MB
_REFUSED = 3  # its exit code, with the reason on its standard error
# -P: the folder in which a server was started is no place to import from
_COMMAND = (
    *(sys.executable, "-P", "-c"),
    "from copydesk.illustrate import answer_upload; answer_upload()",
)
_LOGO = "from copydesk.illustrate import answer_logo; answer_logo({})"


def make_upload_apart(
    data: bytes, seconds: float = _SECONDS, command: Sequence[str] = _COMMAND
) -> bytes:
    """Return what `make_upload` does, made by a process that may not take long, nor much memory.

    Raises PictureError as that does, and where the process does not come to an end, or not well.
    """
    try:
        done = subprocess.run(  # noqa: S603 -- a list of arguments, no shell; this very Python
            command, input=data, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        what = f"picture takes more than {seconds:.0f} seconds to read"
        raise PictureError(what, subject="upload", hint="save it as a JPEG") from error
    except OSError as error:
        raise PictureError(
            "no process to read a picture with", subject="upload", hint=str(error)
        ) from error
    if done.returncode == 0 and done.stdout:
        return done.stdout
    raise _read_refusal(done.returncode, done.stderr)


def make_logo_apart(data: bytes, side: int) -> bytes:
    """Return what `make_logo` does, made by such a process; raises as `make_upload_apart`."""
    return make_upload_apart(data, command=(*_COMMAND[:-1], _LOGO.format(side)))


def answer_logo(side: int) -> None:
    """Read a picture from standard input, and write what `make_logo` makes of it, or why not."""
    from copydesk.illustrate._upload import make_logo  # which loads all decoders

    answer_upload(lambda data: make_logo(data, side))


def answer_upload(make: Callable[[bytes], bytes] | None = None) -> None:
    """Read a picture from standard input, and write what `make_upload` makes of it, or why not.

    The process is bound by time and memory from here on. Another `make` shows by what.
    """
    import resource

    if make is None:
        from copydesk.illustrate._upload import make_upload  # which loads all decoders

        make = make_upload
    signal.alarm(int(_SECONDS) + 1)  # who started it may have been killed
    with contextlib.suppress(ValueError, OSError):  # macOS has no such bound
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    try:
        made = make(sys.stdin.buffer.read())
    except PictureError as error:
        sys.stderr.write("\n" + json.dumps([error.what, error.subject, error.hint]))
        sys.exit(_REFUSED)
    sys.stdout.buffer.write(made)


def _read_refusal(code: int, told: bytes) -> PictureError:
    """Return the error that a process told, or that it ended by another one."""
    if code == _REFUSED:
        with contextlib.suppress(ValueError):
            what, subject, hint = json.loads(told.rsplit(b"\n", 1)[-1])
            return PictureError(what, subject=subject, hint=hint)
    return PictureError(
        "picture cannot be decoded", subject="upload", hint="save it anew, or as a JPEG"
    )
