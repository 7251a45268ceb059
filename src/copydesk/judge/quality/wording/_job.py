"""A post to be filled, shown as if it were news."""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import first, several

# German law asks for (m/w/d), French custom for (H/F): nothing else is headed so
_MARK = re.compile(
    r"""(?xi)
      \((?:[mwfdx]\s?/\s?){1,3}[mwfdx]\) | \bH\s?/\s?F\b | \(F/H\)
    | \b(?:remote|full[-\ ]time|part[-\ ]time)\ (?:job|position|role)\b
    | \bjob\ (?:opening|vacancy|advert)\b | \bwe(?:'re|\ are)\ hiring\b[:!]
    | \bstellenangebot\b | \bwir\ suchen\b.*\bals\b | \boffre\ d'emploi\b
    | \boferta\ de\ (?:empleo|trabajo)\b
    """
)
_POST = re.compile(
    r"(?i)^(?:(?:senior|junior|lead|principal|staff|chief|head|associate|assistant|graduate|interim)\b"
    r".*)?\b(?:developer|engineer|manager|analyst|consultant|architect|administrator|specialist"
    r"|associate|officer|designer|director|lecturer|technician|entwickler|berater|ingénieur"
    r"|développeur|desarrollador)s?\b(?:\s*[-,\u2013(|/].*)?$"
)
_TEXT = re.compile(
    r"""(?xi)
      \b(?:key\ )?responsibilities\ (?:will\ )?includ(?:e|ing)\b | \b(?:your|key
          |main)\ responsibilities\b
    | \b(?:the|our)\ (?:ideal|successful)\ (?:candidate|applicant)\b | \bcandidates?\ (?:must
        |should|will)\b
    | \b\d+\+?\ years?(?:'|\ of)?\ (?:\w+\ ){0,2}experience\b | \bapply\ (?:now|today|online|here
        |by)\b
    | \b(?:competitive|annual|starting)\ salary\b | \bsalary\ (?:range|of|:)
    | \bjob\ (?:description|type|title)\b
    | \bequal\ opportunity\ employer\b | \bsend\ (?:your|a)\ (?:cv|resume|résumé)\b
    | \bcover\ letter\b
    | \b(?:required|preferred|desired)\ (?:skills|qualifications|experience)\b | \bwe\ offer:?$
    | \b(?:developer|engineer|analyst|consultant|candidate|applicant|holder)\ should\ be\b
    | \b(?:ihre|deine)\ aufgaben\b | \b(?:ihr|dein)\ profil\b | \bbewerb(?:en\ sie|ung\ an
        |ungsunterlagen)\b
    | \b(?:vos|tes)\ missions\b | \bprofil\ recherché\b | \benvoyez\ votre\ cv\b | \bcdi\b
    | \brequisitos\b | \benv(?:íe|ia|iar)\ (?:su|tu)\ (?:cv|currículum)\b
    | \bincorporación\ inmediata\b
    """
)


def job(title: str, text: str) -> str:
    """Give what shows that a text looks for staff, "" where nothing does.

    A mark that only such headlines have, with one set phrase below; a post as the whole headline,
    with one; or four of the phrases.
    """
    headline = first(_MARK, title) or first(_POST, title)
    if headline and several(_TEXT, text, 1):
        return headline
    return several(_TEXT, text, 4)
