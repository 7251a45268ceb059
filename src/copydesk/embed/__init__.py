"""Turn a text into a vector of its meaning (an embedding) of 384 signed bytes.

Needs the extra `copydesk[embed]`; nothing heavy is loaded before the first text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.embed._model import Model as Model
    from copydesk.embed._passage import SIZE as SIZE
    from copydesk.embed._passage import key_of as key_of
    from copydesk.embed._passage import passage as passage
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
