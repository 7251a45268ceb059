"""The pages for sending newsletter issues and managing subscribers, and functions for the API."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.mailing._keeper import MOST_BYTES as MOST_BYTES
    from copydesk.desk.mailing._keeper import ReaderKeeper as ReaderKeeper
    from copydesk.desk.mailing._keeper import change_mail as change_mail
    from copydesk.desk.mailing._keeper import examine_mail as examine_mail
    from copydesk.desk.mailing._keeper import let_go as let_go
    from copydesk.desk.mailing._keeper import split_names as split_names
    from copydesk.desk.mailing._reader_pages import READER_PAGES as READER_PAGES
    from copydesk.desk.mailing._routes import MAILING_PAGES as MAILING_PAGES
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
