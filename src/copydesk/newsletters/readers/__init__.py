"""Newsletter subscribers: sign-up, links, choices, data; a request goes in, an answer comes out.

    form -> request_subscription -> a mail with a link -> confirm_subscription -> subscribed
    an issue's links -> choose_letters, leave_letter, ask_for_manage_link -> a mail with a link
    manage link -> read_reader_data, request_address_change, erase_reader

Only POST requests may change anything: `look_at_link` and `read_offer` are for showing pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.newsletters.readers._answers import ChangeAnswer as ChangeAnswer
    from copydesk.newsletters.readers._answers import ChangeOutcome as ChangeOutcome
    from copydesk.newsletters.readers._answers import ChooseAnswer as ChooseAnswer
    from copydesk.newsletters.readers._answers import ChooseOutcome as ChooseOutcome
    from copydesk.newsletters.readers._answers import ConfirmAnswer as ConfirmAnswer
    from copydesk.newsletters.readers._answers import ConfirmOutcome as ConfirmOutcome
    from copydesk.newsletters.readers._answers import DataAnswer as DataAnswer
    from copydesk.newsletters.readers._answers import EraseAnswer as EraseAnswer
    from copydesk.newsletters.readers._answers import KeptConsent as KeptConsent
    from copydesk.newsletters.readers._answers import KeptDelivery as KeptDelivery
    from copydesk.newsletters.readers._answers import KeptReturn as KeptReturn
    from copydesk.newsletters.readers._answers import KeptSubscription as KeptSubscription
    from copydesk.newsletters.readers._answers import LeaveAnswer as LeaveAnswer
    from copydesk.newsletters.readers._answers import LetterChoice as LetterChoice
    from copydesk.newsletters.readers._answers import LetterOffer as LetterOffer
    from copydesk.newsletters.readers._answers import LinkKind as LinkKind
    from copydesk.newsletters.readers._answers import LinkView as LinkView
    from copydesk.newsletters.readers._answers import ManageAnswer as ManageAnswer
    from copydesk.newsletters.readers._answers import ReaderChoices as ReaderChoices
    from copydesk.newsletters.readers._answers import ReaderData as ReaderData
    from copydesk.newsletters.readers._answers import SubscribeAnswer as SubscribeAnswer
    from copydesk.newsletters.readers._answers import SubscribeOutcome as SubscribeOutcome
    from copydesk.newsletters.readers._answers import SubscribeRequest as SubscribeRequest
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
