"""Manage newsletter subscribers: sign-up, consent, links, choices, and their own data.

    form -> request_subscription -> a mail with a link -> confirm_subscription -> subscribed
    an issue's links -> choose_letters, leave_letter, ask_for_manage_link -> a mail with a link
    manage link -> read_reader_data, request_address_change, erase_reader

Only POST requests may change anything: `look_at_link` and `read_offer` are for showing pages.
"""
