"""Convert an editor's uploaded picture in a process with limits on time and memory.

A harmful file can break only the decoder in that process. Nothing of the file itself is kept.
"""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from copydesk.errors import PictureError
from copydesk.illustrate import _forms

if TYPE_CHECKING:
    from PIL.Image import Image

_SECONDS = 20.0  # the largest accepted picture needs two
_MEMORY_BYTES = 1 << 30  # of address space; 25 megapixels decoded are 100 MB
_REFUSED = 3  # exit code of the process; the reason is on standard error
# -P: import nothing from the folder in which a server was started
_COMMAND = (
    *(sys.executable, "-P", "-c"),
    "from copydesk.illustrate import answer_upload; answer_upload()",
)
_LOGO = "from copydesk.illustrate._upload import answer_logo; answer_logo({})"
UPLOAD_BYTES = 5_000_000
_MOST_PIXELS = 25_000_000  # decoded 100 MB; a larger JPEG is decoded at a half or a quarter
_QUALITY = 90  # high, as the forms for pages are made from it
_LEAST_OF_LOGO = 32  # pixels of a side; many logos are wide and low


def make_upload_apart(
    data: bytes, seconds: float = _SECONDS, command: Sequence[str] = _COMMAND
) -> bytes:
    """Run `make_upload` in a process with limits on time and memory, and return its result.

    Raises PictureError as `make_upload` does, and if the process fails or takes too long.
    """
    try:
        done = subprocess.run(  # noqa: S603 -- a list of arguments, no shell; this very Python
            command, input=data, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        what = f"the picture took more than {seconds:.0f} seconds to decode"
        raise PictureError(what, subject="upload", hint="save the picture as a JPEG") from error
    except OSError as error:
        raise PictureError(
            "could not start a process to decode the picture", subject="upload", hint=str(error)
        ) from error
    if done.returncode == 0 and done.stdout:
        return done.stdout
    raise _read_refusal(done.returncode, done.stderr)


def make_logo_apart(data: bytes, side: int) -> bytes:
    """Run `make_logo` in a process with limits on time and memory, and return its result."""
    return make_upload_apart(data, command=(*_COMMAND[:-1], _LOGO.format(side)))


def answer_logo(side: int) -> None:
    """Read a picture from standard input, and write `make_logo`'s result or error as output."""
    answer_upload(lambda data: make_logo(data, side))


def answer_upload(make: Callable[[bytes], bytes] | None = None) -> None:
    """Read a picture from standard input, and write `make_upload`'s result or error as output.

    From here on the process has limits on time and memory. Tests pass another `make` to meet them.
    """
    import resource

    if make is None:
        make = make_upload
    signal.alarm(int(_SECONDS) + 1)  # the parent process may have been killed
    with contextlib.suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    try:
        made = make(sys.stdin.buffer.read())
    except PictureError as error:
        sys.stderr.write("\n" + json.dumps([error.what, error.subject, error.hint]))
        sys.exit(_REFUSED)
    sys.stdout.buffer.write(made)


def _read_refusal(code: int, told: bytes) -> PictureError:
    """Return the error that the process reported, or a general one if it ended otherwise."""
    if code == _REFUSED:
        with contextlib.suppress(ValueError):
            what, subject, hint = json.loads(told.rsplit(b"\n", 1)[-1])
            return PictureError(what, subject=subject, hint=hint)
    return PictureError(
        "the picture cannot be decoded", subject="upload", hint="save it again, or as a JPEG"
    )


def make_upload(data: bytes) -> bytes:
    """Convert an uploaded picture to WebP of at most 640 by 960 pixels, without its metadata.

    Raises PictureError if it is no picture, too small, too large or damaged.
    """
    image = _decode_upload(data, _forms.MIN_SIDE)
    with _forms.refuse_damage("upload"):
        return _forms.encode(image, "WEBP", quality=_QUALITY, method=4)


def make_logo(data: bytes, side: int) -> bytes:
    """Convert an uploaded logo to a JPEG, whole and centred on a white square of `side` pixels.

    Raises PictureError as `make_upload` does.
    """
    import PIL.Image
    from PIL import ImageOps

    image = _decode_upload(data, _LEAST_OF_LOGO)
    with _forms.refuse_damage("upload"):
        square = PIL.Image.new("RGB", (side, side), "white")
        fitted = ImageOps.contain(_forms.lay_on_white(image), (side, side))
        square.paste(fitted, ((side - fitted.width) // 2, (side - fitted.height) // 2))
        return _forms.encode(square, "JPEG", quality=_QUALITY, optimize=True)


def _decode_upload(data: bytes, least: int) -> Image:
    if len(data) > UPLOAD_BYTES:
        raise PictureError("the picture is too big", subject="upload", hint="use at most 5 MB")
    size = _forms.measure_picture("upload", data, least).measure
    if size.format != "JPEG" and size.width * size.height > _MOST_PIXELS:
        what = f"the picture is too large ({size.width}x{size.height})"
        raise PictureError(
            what, subject="upload", hint="use at most 25 megapixels, or save the picture as a JPEG"
        )
    with _forms.refuse_damage("upload"):
        return _forms.decode(data, size)


# The site's own logo, which is published as it is: an SVG must hold nothing that runs or loads.

_SVG, _XHTML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"
_DRAWN = re.compile(
    r"circle|clipPath|defs|desc|ellipse|filter|fe(Blend|ColorMatrix|Composite|Flood|GaussianBlur|"
    r"Merge|MergeNode|Offset)|g|line|(linear|radial)Gradient|marker|mask|metadata|path|pattern|"
    r"poly(gon|line)|rect|stop|style|svg|symbol|text|textPath|title|tspan|use|view"
)
# of `attribute=value`, or `=text`; a backslash could hide the others
_LOADS = re.compile(
    r"on|base=|(href|src)=(?!#)|.*(@import|url\((?!\s*[\"']?#)|\\|script:)", re.I | re.S
)
_DECLARED = re.compile(rb"<!ENTITY|<\?xml-stylesheet|encoding=(?![\"'](?i:utf-8|us-ascii)[\"'])")


def check_site_logo(data: bytes, path: str) -> None:
    """Raise PictureError for a logo that is not what its name says, or an SVG that is not plain."""
    if path.lower().endswith(".svg"):
        fault = _find_svg_fault(data)
    else:
        fault = "" if data.startswith((b"\x89PNG\r\n", b"RIFF")) else "is no PNG or WebP file"
    if fault:
        hint = "save it as PNG, or as a plain SVG without scripts, links and embedded pictures"
        raise PictureError(f"the logo {path} {fault}", subject="beat.toml: site.logo", hint=hint)


def _find_svg_fault(data: bytes) -> str:
    from lxml import etree

    if found := _DECLARED.search(data):
        return f"has {found[0].decode()}"
    parser = etree.XMLParser(resolve_entities=False, no_network=True, encoding="utf-8")
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        return f"is no SVG: {error}"
    if root.tag != f"{{{_SVG}}}svg":
        return "is no SVG"
    for element in root.iter(etree.Element):
        name = etree.QName(element)
        is_drawn = name.namespace != _SVG or _DRAWN.fullmatch(name.localname)
        if name.namespace == _XHTML or not is_drawn:
            return f"has <{name.localname}>"
        values = (f"{etree.QName(key).localname}={value}" for key, value in element.items())
        if harm := next(filter(_LOADS.match, (*values, f"={''.join(element.itertext())}")), ""):
            return f"has {harm[:60]}"
    return ""
