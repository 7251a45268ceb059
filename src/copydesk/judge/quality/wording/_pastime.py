"""What a paper prints to pass the time: horoscopes, puzzles, quizzes, lottery numbers."""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import first

_TITLE = re.compile(
    r"""(?xi)
      \b(?:daily|weekly|monthly|your|today's|love)\ horoscopes?\b | \bhoroscopes?\ (?:for|today
          |this)\b
    | ^horoscopes?\b | \bzodiac\ signs?\b | \bastrology\ (?:for|today)\b
    | \b(?:sudoku|crossword|kakuro|codeword|wordsearch)\b.*\d | \b(?:wordle|connections|strands
        |crossword)\b.*\b(?:answers?|hints?)\b
    | ^(?:the\ )?(?:[\w'-]+\ ){0,4}quiz(?:\ of\ the\ (?:day|week))?(?::|\?|\ \d|$) | \bquiz:\
    | \btake\ (?:our|the|this)\ quiz\b
    | \b(?:winning\ )?(?:lottery|lotto|powerball|mega\ millions
        |euromillions)\ (?:winning\ )?(?:numbers|results)\b
    | \blottozahlen\b | \b(?:tages|wochen)?horoskop\b | \bkreuzworträtsel\b | \bmots\ (?:croisés
        |fléchés)\b
    | \bhoróscopo\b | \bcrucigrama\b | \btv\ (?:listings|programme|guide)\b | ^box\ scores?\b
    | ,\ box$
    """
)


def pastime(title: str) -> str:
    """Give what shows that a page passes the time and tells nothing new, "" where nothing does."""
    return first(_TITLE, title)
