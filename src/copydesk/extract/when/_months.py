"""Months and zones by the names that pages write, in the languages that news comes in."""

from __future__ import annotations

import functools
import unicodedata
from datetime import date, timedelta

# Twelve at a time, January first: full names in the cases that dates use, then abbreviations.
_NAMES = """
january february march april may june july august september october november december
jan feb mar apr may jun jul aug sep oct nov dec
januar februar märz april mai juni juli august september oktober november dezember
jan feb märz apr mai juni juli aug sept okt nov dez
jan feb mär apr mai jun jul aug sep okt nov dez
jänner februar märz april mai juni juli august september oktober november dezember
jän feb märz apr mai juni juli aug sep okt nov dez
jän feb mär apr mai jun jul aug sep okt nov dez
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
janv févr mars avr mai juin juil août sept oct nov déc
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
ene feb mar abr may jun jul ago sept oct nov dic
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
gen feb mar apr mag giu lug ago set ott nov dic
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
jan fev mar abr mai jun jul ago set out nov dez
januari februari maart april mei juni juli augustus september oktober november december
jan feb mrt apr mei jun jul aug sep okt nov dec
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
sty lut mar kwi maj cze lip sie wrz paź lis gru
styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
янв февр мар апр мая июн июл авг сент окт нояб дек
январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
янв февр март апр май июнь июль авг сент окт нояб дек
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
oca şub mar nis may haz tem ağu eyl eki kas ara
januari februari mars april maj juni juli augusti september oktober november december
jan feb mars apr maj juni juli aug sep okt nov dec
januar februar mars april mai juni juli august september oktober november desember
jan feb mars apr mai juni juli aug sep okt nov des
jan feb mar apr mai jun jul aug sep okt nov des
tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta
lokakuuta marraskuuta joulukuuta
tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu
tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu
joulukuu
ledna února března dubna května června července srpna září října listopadu prosince
led úno bře dub kvě čvn čvc srp zář říj lis pro
leden únor březen duben květen červen červenec srpen září říjen listopad prosinec
januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra
jan feb mar apr máj jún júl aug sep okt nov dec
január február marec apríl máj jún júl august september október november december
január február március április május június július augusztus szeptember október november december
jan febr márc ápr máj jún júl aug szept okt nov dec
ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
ian feb mar apr mai iun iul aug sept oct nov dec
ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου
νοεμβρίου δεκεμβρίου
ιαν φεβ μαρ απρ μαΐ ιουν ιουλ αυγ σεπ οκτ νοε δεκ
ιανουάριος φεβρουάριος μάρτιος απρίλιος μάιος ιούνιος ιούλιος αύγουστος σεπτέμβριος οκτώβριος
νοέμβριος δεκέμβριος
ιαν φεβ μάρ απρ μάι ιούν ιούλ αύγ σεπ οκτ νοέ δεκ
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
січ лют бер квіт трав черв лип серп вер жовт лист груд
січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
януари февруари март април май юни юли август септември октомври ноември декември
яну фев март апр май юни юли авг сеп окт ное дек
gener febrer març abril maig juny juliol agost setembre octubre novembre desembre
gen febr març abr maig juny jul ag set oct nov des
jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember
jaan veebr märts apr mai juuni juuli aug sept okt nov dets
januar februar marec april maj junij julij avgust september oktober november december
jan feb mar apr maj jun jul avg sep okt nov dec
januari februari maret april mei juni juli agustus september oktober november desember
jan feb mar apr mei jun jul agu sep okt nov des
janv févr mars avr mai juin juil août sept oct nov déc
jan feb maart apr mei juni juli aug sept okt nov dec
janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre
jan feb mrz apr mai jun jul aug sept okt nov dez
jan feb mars apr may june july aug sept oct nov dec
jan feb mar apr maj jun jul aug sep okt nov dec
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna october studenoga prosinca
jänner feber märz april mai juni juli august september oktober november dezember
"""
# Minutes east of Greenwich; a name that newspapers of several zones write has the most common one.
_ZONES = {
    name: minutes
    for minutes, names in {
        -600: "HST",
        -540: "AKST",
        -480: "AKDT PST",
        -420: "MST PDT",
        -360: "CST MDT",
        -300: "EST CDT",
        -240: "AST EDT",
        -210: "NST",
        -180: "ADT BRT ART",
        -150: "NDT",
        0: "Z UT UTC GMT WET",
        60: "BST CET MEZ WAT WEST",
        120: "CEST EET MESZ CAT SAST",
        180: "EEST MSK TRT EAT",
        240: "GST",
        300: "PKT",
        330: "IST",
        420: "WIB",
        480: "HKT SGT MYT PHT AWST",
        540: "JST KST",
        570: "ACST",
        600: "AEST",
        630: "ACDT",
        660: "AEDT",
        720: "NZST",
        780: "NZDT",
    }.items()
    for name in names.split()
}
_AMERICAN = {"ET": -300, "CT": -360, "MT": -420, "PT": -480}  # in winter, an hour later in summer


def month(word: str) -> int | None:
    """Give the number of a month by its name in any of the languages; None for another word."""
    return _numbers().get(_bare(word))


def offset(name: str, day: date) -> timedelta | None:
    """Give how far a zone is east of Greenwich on a day; None for a name of no zone."""
    name = name.upper()
    if name in _AMERICAN:
        return timedelta(minutes=_AMERICAN[name] + (60 if _is_american_summer(day) else 0))
    return timedelta(minutes=_ZONES[name]) if name in _ZONES else None


@functools.cache
def _numbers() -> dict[str, int]:
    numbers: dict[str, int] = {}
    for at, name in enumerate(_NAMES.split()):
        numbers.setdefault(_bare(name), at % 12 + 1)
    return numbers


def _bare(word: str) -> str:
    """Fold a word to what is left without case and accents: `Août` and `AOUT` are one."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _is_american_summer(day: date) -> bool:
    """Say whether clocks stand forward: from March to November, as since 2007."""
    start = date(day.year, 3, 14) - timedelta(days=(date(day.year, 3, 14).weekday() + 1) % 7)
    end = date(day.year, 11, 7) - timedelta(days=(date(day.year, 11, 7).weekday() + 1) % 7)
    return start <= day < end
