"""Texts by a language model: which stories lack one, asking for it, checking and filing it.

    stories > owed texts > log of calls > model > gate > records, one commit

Nothing waits for a model. Without one, or with one that is gone, slow or wrong, the newsroom lacks
these texts and nothing else.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.writing._owed import OwedText as OwedText
    from copydesk.writing._owed import find_debts as find_debts
    from copydesk.writing._write import MODEL_CHECK as MODEL_CHECK
    from copydesk.writing._write import WritingReport as WritingReport
    from copydesk.writing._write import propose_keywords as propose_keywords
    from copydesk.writing._write import write_digest as write_digest
    from copydesk.writing._write import write_texts as write_texts
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
