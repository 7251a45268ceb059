"""Matters of consequence, by the headline: lives, law, government, conflict, livelihoods.

After the news values that studies of newsrooms agree on: bad news, conflict, the power elite,
magnitude (Harcup and O'Neill, "What is news?", Journalism Studies 2017). One list a language: "die"
is no matter of life and death in German.
"""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import first
from copydesk.judge.words import readable

_ENGLISH = r"""
      kill(?:s|ed|ing)? | dead | deaths? | die[sd]? | fatal(?:ly)? | murder(?:s|ed|er)? | victims?
    | injur(?:ed|es|ies|ing) | wounded | casualt(?:y|ies) | hostages? | kidnap\w* | abduct\w*
    | rescued? | attack(?:s|ed)? | bomb(?:s|ed|ing|ings)? | blast | explosion | shooting
    | gun(?:man|men) | missiles? | airstrikes? | troops | invasion | ceasefire | militants?
    | rebels?
    | terror(?:ism|ists?)? | coup | clashes | nuclear | crash(?:es|ed)? | (?:earth)?quake
    | flood(?:s|ing)?
    | wildfires? | hurricane | tsunami | derail\w+ | collapse[sd]? | outbreak | pandemic | epidemic
    | evacuat\w+ | famine | court | judges? | trial | jury | verdict | convicted | sentenced
    | jailed
    | prison | charged | indict\w* | arrest\w* | lawsuits? | su(?:es?|ed|ing) | prosecut\w+ | police
    | investigat(?:es|ion|ions|ors|ing) | probe[sd]? | ruling | fined | fraud | corruption | bribery
    | proceedings | guilty | pleads | president | prime\ minister | minister | parliament | senate
    | congress | lawmakers | government | elections? | vote[sd]? | referendum | laws? | legislation
    | regulat(?:ors?|ions?|es?) | rules? | ban(?:s|ned)? | sanctions? | treaty | tariffs?
    | tax(?:es)?
    | resigns? | resignation | impeach\w* | condemns? | (?-i:UN) | veto(?:es|ed)? | layoffs?
    | lays?\ off
    | sack(?:s|ed) | job\ cuts | bankrupt\w* | recalls? | suspends? | suspended | outage | breach
    | hack(?:ed|ers) | hurt | accus\w+ | suspects? | scam\w* | abuse[sd]? | protest(?:s|ers)?
    | refugees?
    | migrants? | crisis | emergency | disaster | takeover | merger | antitrust | espionage
    | sp(?:y|ies)
    | whistleblower | expose[sd]? | recession | inflation | shutdown
"""
_GERMAN = r"""
      tote[rn]? | getötet | verletzt\w* | angriff\w* | anschlag | gericht\w* | urteil | prozess
    | polizei
    | ermittel\w+ | ermittlung\w* | festgenommen | klage | regierung\w* | minister\w* | bundestag
    | gesetz\w*
    | wahl\w* | verbot | verbietet | krieg\w* | rücktritt | erdbeben | hochwasser | brand | unfall
    | entlass\w+ | stellenabbau | insolven\w+ | rückruf | betrug | razzia | steuer\w* | streik
"""
_FRENCH = r"""
      morts? | tuée?s? | blessée?s? | attentat | attaques? | tribunal | procès | justice
    | arrêtée?s? | enquête
    | gouvernement | ministre | parlement | assemblée | lois? | élections? | guerre | démission
    | séisme
    | inondations? | incendie | accident | licenciements? | faillite | fraude | grève | impôts?
    | police
    | interdit | interdiction | condamnée?s?
"""
_SPANISH = r"""
      muert[oa]s? | mueren? | herid[oa]s? | ataques? | atentado | juez | jueza | juicio
    | condenad[oa]s? | policía
    | detenid[oa]s? | gobierno | ministr[oa] | congreso | ley(?:es)? | elecciones | guerra
    | dimisión
    | dimite | terremoto | inundaciones | incendio | accidente | despidos | quiebra | fraude
    | huelga
    | impuestos? | prohíbe | tribunal | presidente
"""
_LISTS = {
    language: re.compile(rf"(?xi)\b(?:{words})\b")
    for language, words in (("en", _ENGLISH), ("de", _GERMAN), ("fr", _FRENCH), ("es", _SPANISH))
}


def weighty(title: str, language: str) -> str:
    """Give the word of a headline that tells of a matter of consequence, "" where there is none.

    `language` is a tag such as "de-AT"; without one English is meant, another one has no list.
    """
    words = _LISTS.get(language[:2].lower() or "en")
    return first(words, readable(title)) if words else ""
