"""The kinds of value that an option can have: what each accepts, and how it is called to a person.

The type of an option's field says its kind (`of_type`) where nothing narrower is named.
"""

from __future__ import annotations

from copydesk.kit.kinds._general import ADDRESS as ADDRESS
from copydesk.kit.kinds._general import ADDRESSES as ADDRESSES
from copydesk.kit.kinds._general import BASE as BASE
from copydesk.kit.kinds._general import BRANCH as BRANCH
from copydesk.kit.kinds._general import BUCKET as BUCKET
from copydesk.kit.kinds._general import CLOCK as CLOCK
from copydesk.kit.kinds._general import CONTACT as CONTACT
from copydesk.kit.kinds._general import DAY as DAY
from copydesk.kit.kinds._general import FLAG as FLAG
from copydesk.kit.kinds._general import HEADER_NAME as HEADER_NAME
from copydesk.kit.kinds._general import HEADERS as HEADERS
from copydesk.kit.kinds._general import HOST as HOST
from copydesk.kit.kinds._general import HOSTS as HOSTS
from copydesk.kit.kinds._general import ID as ID
from copydesk.kit.kinds._general import INDEX_NOW as INDEX_NOW
from copydesk.kit.kinds._general import LANGUAGE as LANGUAGE
from copydesk.kit.kinds._general import LOCALE as LOCALE
from copydesk.kit.kinds._general import NAMESERVERS as NAMESERVERS
from copydesk.kit.kinds._general import NETWORKS as NETWORKS
from copydesk.kit.kinds._general import OWN_NAME as OWN_NAME
from copydesk.kit.kinds._general import OWN_TIMEZONE as OWN_TIMEZONE
from copydesk.kit.kinds._general import PROXY as PROXY
from copydesk.kit.kinds._general import PUBLIC as PUBLIC
from copydesk.kit.kinds._general import REMOTE as REMOTE
from copydesk.kit.kinds._general import RSYNC as RSYNC
from copydesk.kit.kinds._general import SELECTOR as SELECTOR
from copydesk.kit.kinds._general import SHARE as SHARE
from copydesk.kit.kinds._general import TEXT as TEXT
from copydesk.kit.kinds._general import TIMEZONE as TIMEZONE
from copydesk.kit.kinds._general import VARIABLE as VARIABLE
from copydesk.kit.kinds._general import WORDS as WORDS
from copydesk.kit.kinds._general import choice as choice
from copydesk.kit.kinds._general import choices as choices
from copydesk.kit.kinds._general import number as number
from copydesk.kit.kinds._general import of_type as of_type
from copydesk.kit.kinds._general import whole as whole
from copydesk.kit.kinds._mail import HOST_OR_NONE as HOST_OR_NONE
from copydesk.kit.kinds._mail import MAILBOX as MAILBOX
from copydesk.kit.kinds._mail import RATES as RATES
