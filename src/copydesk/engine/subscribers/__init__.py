"""Readers: sign-up, links, choices and data; a reader's request goes in, an answer comes out.

    form -> request_subscription -> a mail with a link -> confirm_subscription -> subscribed
    letter -> its links -> choose_letters, leave_letter, ask_for_manage_link -> a mail with a link
    manage link -> read_reader_data, request_address_change, erase_reader

Only POST requests may change anything: `look_at_link` and `read_offer` are for showing pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.subscribers._addresses import AddressFault as AddressFault
    from copydesk.engine.subscribers._addresses import open_readers as open_readers
    from copydesk.engine.subscribers._answers import ChangeAnswer as ChangeAnswer
    from copydesk.engine.subscribers._answers import ChangeOutcome as ChangeOutcome
    from copydesk.engine.subscribers._answers import ChooseAnswer as ChooseAnswer
    from copydesk.engine.subscribers._answers import ChooseOutcome as ChooseOutcome
    from copydesk.engine.subscribers._answers import ConfirmAnswer as ConfirmAnswer
    from copydesk.engine.subscribers._answers import ConfirmOutcome as ConfirmOutcome
    from copydesk.engine.subscribers._answers import DataAnswer as DataAnswer
    from copydesk.engine.subscribers._answers import EraseAnswer as EraseAnswer
    from copydesk.engine.subscribers._answers import KeptConsent as KeptConsent
    from copydesk.engine.subscribers._answers import KeptDelivery as KeptDelivery
    from copydesk.engine.subscribers._answers import KeptReturn as KeptReturn
    from copydesk.engine.subscribers._answers import KeptSubscription as KeptSubscription
    from copydesk.engine.subscribers._answers import LeaveAnswer as LeaveAnswer
    from copydesk.engine.subscribers._answers import LetterChoice as LetterChoice
    from copydesk.engine.subscribers._answers import LetterOffer as LetterOffer
    from copydesk.engine.subscribers._answers import LinkKind as LinkKind
    from copydesk.engine.subscribers._answers import LinkView as LinkView
    from copydesk.engine.subscribers._answers import ManageAnswer as ManageAnswer
    from copydesk.engine.subscribers._answers import ReaderChoices as ReaderChoices
    from copydesk.engine.subscribers._answers import ReaderData as ReaderData
    from copydesk.engine.subscribers._answers import SubscribeAnswer as SubscribeAnswer
    from copydesk.engine.subscribers._answers import SubscribeOutcome as SubscribeOutcome
    from copydesk.engine.subscribers._answers import SubscribeRequest as SubscribeRequest
    from copydesk.engine.subscribers._by_hand import LostLetter as LostLetter
    from copydesk.engine.subscribers._by_hand import ReaderCounts as ReaderCounts
    from copydesk.engine.subscribers._by_hand import SuppressionRow as SuppressionRow
    from copydesk.engine.subscribers._by_hand import add_reader as add_reader
    from copydesk.engine.subscribers._by_hand import count_readers as count_readers
    from copydesk.engine.subscribers._by_hand import erase_by_address as erase_by_address
    from copydesk.engine.subscribers._by_hand import find_lost_letters as find_lost_letters
    from copydesk.engine.subscribers._by_hand import find_number as find_number
    from copydesk.engine.subscribers._by_hand import find_reader as find_reader
    from copydesk.engine.subscribers._by_hand import lift_suppression as lift_suppression
    from copydesk.engine.subscribers._by_hand import list_suppressions as list_suppressions
    from copydesk.engine.subscribers._by_hand import read_reader as read_reader
    from copydesk.engine.subscribers._by_hand import remove_reader as remove_reader
    from copydesk.engine.subscribers._by_hand import rename_letter as rename_letter
    from copydesk.engine.subscribers._by_hand import suppress_address as suppress_address
    from copydesk.engine.subscribers._choices import choose_letters as choose_letters
    from copydesk.engine.subscribers._choices import leave_all_letters as leave_all_letters
    from copydesk.engine.subscribers._choices import leave_letter as leave_letter
    from copydesk.engine.subscribers._consent import read_offer as read_offer
    from copydesk.engine.subscribers._limits import SignUpFlood as SignUpFlood
    from copydesk.engine.subscribers._limits import find_sign_up_flood as find_sign_up_flood
    from copydesk.engine.subscribers._limits import list_networks as list_networks
    from copydesk.engine.subscribers._links import SingleMail as SingleMail
    from copydesk.engine.subscribers._links import look_at_link as look_at_link
    from copydesk.engine.subscribers._links import recognize_way_out as recognize_way_out
    from copydesk.engine.subscribers._links import write_outbox_mail as write_outbox_mail
    from copydesk.engine.subscribers._manage import ask_for_manage_link as ask_for_manage_link
    from copydesk.engine.subscribers._manage import confirm_address_change as confirm_address_change
    from copydesk.engine.subscribers._manage import erase_reader as erase_reader
    from copydesk.engine.subscribers._manage import read_reader_data as read_reader_data
    from copydesk.engine.subscribers._manage import request_address_change as request_address_change
    from copydesk.engine.subscribers._subscribe import confirm_subscription as confirm_subscription
    from copydesk.engine.subscribers._subscribe import (
        forget_silent_readers as forget_silent_readers,
    )
    from copydesk.engine.subscribers._subscribe import request_subscription as request_subscription
    from copydesk.engine.subscribers.exchange import ExportFormat as ExportFormat
    from copydesk.engine.subscribers.exchange import ImportedRow as ImportedRow
    from copydesk.engine.subscribers.exchange import ImportKind as ImportKind
    from copydesk.engine.subscribers.exchange import ImportOptions as ImportOptions
    from copydesk.engine.subscribers.exchange import ImportReport as ImportReport
    from copydesk.engine.subscribers.exchange import export_readers as export_readers
    from copydesk.engine.subscribers.exchange import import_readers as import_readers
    from copydesk.engine.subscribers.exchange import (
        rehearse_reader_import as rehearse_reader_import,
    )
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
