"""What is kept of readers and of letters to them, in one SQLite file: back it up.

subscribers, subscriptions, consents: who gets which letter, and what proves that they want it
suppressions: to which addresses nothing is sent, by keyed digests
renames: which letters have another id by now
links: the keys by which readers' links and return paths are signed
outbox: mails to single persons that wait
ledger: each issue to each reader: the intent before, the outcome after
returns: what came back
views: how often issues' pages were read, as sums
"""

from __future__ import annotations

from copydesk.mail_store._database import VERSION as VERSION
from copydesk.mail_store._database import fold_address as fold_address
from copydesk.mail_store._ledger import SERVICE as SERVICE
from copydesk.mail_store._ledger import Ledger as Ledger
from copydesk.mail_store._mail_store import ATTEMPTS_WINDOW as ATTEMPTS_WINDOW
from copydesk.mail_store._mail_store import MailStore as MailStore
from copydesk.mail_store._mail_store import OutboxKind as OutboxKind
from copydesk.mail_store._mail_store import OutboxMail as OutboxMail
from copydesk.mail_store._mail_store import has_mail as has_mail
from copydesk.mail_store._mail_store import open_mail as open_mail
from copydesk.mail_store._returns import ReturnCount as ReturnCount
from copydesk.mail_store._returns import ReturnEntry as ReturnEntry
from copydesk.mail_store._returns import ReturnKind as ReturnKind
from copydesk.mail_store._returns import SentLetter as SentLetter
from copydesk.mail_store._returns import Suppression as Suppression
from copydesk.mail_store._returns import SuppressionReason as SuppressionReason
from copydesk.mail_store._subscribers import Subscriber as Subscriber
from copydesk.mail_store._subscribers import SubscriberState as SubscriberState
from copydesk.mail_store._subscriptions import Consent as Consent
from copydesk.mail_store._subscriptions import ConsentWay as ConsentWay
from copydesk.mail_store._subscriptions import LetterRename as LetterRename
from copydesk.mail_store._subscriptions import Subscription as Subscription
