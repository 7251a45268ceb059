"""Messages: an issue and a reader's places go in; the bytes of a mail, and where it goes, come out.

RFC 5322 and MIME, quoted-printable, so that any relay takes them; signed where there is a key.
"""

from __future__ import annotations

from copydesk.post.message._address import spell_address as spell_address
from copydesk.post.message._signer import Signer as Signer
from copydesk.post.message._signer import load_signer as load_signer
from copydesk.post.message._single import write_mail as write_mail
from copydesk.post.message._template import MessageTemplate as MessageTemplate
from copydesk.post.message._values import Addressing as Addressing
from copydesk.post.message._values import Envelope as Envelope
from copydesk.post.message._values import PersonalMail as PersonalMail
from copydesk.post.message._values import ReaderPlaces as ReaderPlaces
