"""The SQLite database of newsletter subscribers and of the messages sent to them. Back it up.

subscribers, subscriptions, consents: who gets which newsletter, and the proof of their consent
suppressions: addresses that nothing is sent to, as keyed digests
renames: newsletters whose id changed
links: the keys that sign subscribers' links and return paths
outbox: mails to single subscribers that wait to be sent
ledger: the delivery log: before and after each message to each subscriber
returns: bounces, complaints and replies
views: page views of issues, as sums
"""

from copydesk.mail_store._database import VERSION as VERSION
from copydesk.mail_store._database import fold_address as fold_address
from copydesk.mail_store._mail_store import MailStore as MailStore
from copydesk.mail_store._mail_store import OutboxKind as OutboxKind
from copydesk.mail_store._mail_store import OutboxMail as OutboxMail
from copydesk.mail_store._mail_store import SubscriberRoll as SubscriberRoll
from copydesk.mail_store._mail_store import has_mail as has_mail
from copydesk.mail_store._mail_store import open_mail as open_mail
from copydesk.mail_store.deliveries import SERVICE as SERVICE
from copydesk.mail_store.deliveries import Ledger as Ledger
from copydesk.mail_store.subscriptions import Subscriber as Subscriber
from copydesk.mail_store.subscriptions import SubscriberState as SubscriberState
