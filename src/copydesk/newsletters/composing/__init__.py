"""Choose the stories of a newsletter issue, and render it as HTML and plain text.

Pure: reads no file but a theme's, no clock, no network. `newsletters.sending` sends mail,
`mail_store` stores subscribers.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.newsletters.composing._outgoing import FiledMail as FiledMail
    from copydesk.newsletters.composing._outgoing import make_outgoing as make_outgoing
    from copydesk.newsletters.composing._plain_text import MOST_BYTES as MOST_BYTES
    from copydesk.newsletters.composing._rendering import RenderedIssue as RenderedIssue
    from copydesk.newsletters.composing._rendering import render as render
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
