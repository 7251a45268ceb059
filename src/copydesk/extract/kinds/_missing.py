"""Error pages that answer 200, and notes in place of an article that was taken away."""

from __future__ import annotations

import re

from copydesk.extract.kinds._look import SHORT, TINY, Look
from copydesk.extract.page import visible_text
from copydesk.kit import text

# What stands before the sentence proper: a code, a word of regret, "the page that you wanted".
_BEFORE = r"""
    (?:(?:error|erreur|fehler|errore|erro|fout|błąd|ошибка)?\W*(?:404|410)\W+)?
    (?:(?:oops|ups|hoppla|oups|whoops|uh[ -]?oh|ops|(?:we(?:['’]re|\ are)\ )?(?:very\ )?sorry
      |désolés?|lo\ sentimos|helaas|leider|przepraszamy|entschuldigung|scusa|siamo\ spiacenti
      |spiacenti|desculpe|lamentamos)(?:,\ but)?\W+)?
"""
_ENGLISH = r"""
    (?:the|this|that|your)?\ ?(?:requested\ )?
    (?:web\ ?page|page|file|content|article|story|post|url|link|document|item|video|resource)
    (?:\ (?:that\ )?(?:you(?:['’]re|\ are|\ were|\ have)?\ )?
      (?:requested|(?:looking|searching)\ for|tried\ to\ (?:reach|open)|trying\ to\ reach|wanted))?
    \ (?:(?:was|is|could|can?|does|has)?(?:\ ?not|n?['’]t)\ (?:be\ |been\ )?
        (?:found|available|exist|accessible)(?:\ any\ ?more|\ any\ longer)?
      | (?:is\ |are\ )?(?:currently\ )?(?:no\ longer\ (?:available|here|online|active|published)
        |unavailable|missing|gone)
      | (?:has|have)\ been\ (?:removed|deleted|unpublished|withdrawn|taken\ down|archived)
      | (?:was|is)\ (?:removed|deleted|unpublished|withdrawn|taken\ down)
      | no\ longer\ exists | does\ not\ exist(?:\ any\ ?more)?)
"""
_GERMAN = r"""
    (?:die|diese|der|dieser|das|dieses|ihre)?\ ?(?:von\ ihnen\ )?
    (?:gewünschte|angeforderte|aufgerufene|gesuchte|gewünschter|angeforderter)?\ ?
    (?:web)?(?:seite|artikel|inhalt|beitrag|datei|dokument|url|meldung)
    \ (?:(?:wurde|konnte|kann|ist|existiert|steht)\ )?(?:leider\ )?
    (?:nicht(?:\ mehr)?(?:\ (?:gefunden(?:\ werden)?|verfügbar|vorhanden|zur\ verfügung|online))?
      | gelöscht(?:\ worden)? | entfernt(?:\ worden)?)
    | (?:existiert|wurde|ist)\ (?:die|diese|der|dieser|das)\ (?:seite|artikel|inhalt|beitrag)
      \ (?:leider\ )?(?:nicht(?:\ mehr)?(?:\ (?:gefunden|verfügbar))?|gelöscht|entfernt)
"""
_FRENCH = r"""
    (?:la\ |cette\ |l['’]|cet\ |le\ |ce\ )?(?:page|article|contenu|fichier|document|vidéo)
    (?:\ (?:demandée?|recherchée?|que\ vous\ (?:cherchez|recherchez|avez\ demandée?)))?
    \ (?:est\ |n['’]est\ |n['’]existe\ |n['’]a\ |a\ été\ )?
    (?:introuvable|(?:non|pas)\ (?:été\ )?trouvée?|(?:plus|pas)(?:\ (?:disponible|en\ ligne))?
      |indisponible|supprimée?|retirée?)
"""
_SPANISH = r"""
    (?:la\ |esta\ |el\ |este\ )?(?:página|pagina|artículo|articulo|contenido|noticia)
    (?:\ (?:solicitad[ao]|que\ (?:buscas|busca|estás\ buscando|ha\ solicitado)))?
    \ (?:no\ (?:(?:ha\ sido|fue|ha\ podido\ ser)\ )?encontrad[ao]
      | no\ se\ (?:ha\ )?(?:encontró|encuentra|encontrado)(?:\ disponible)?
      | (?:ya\ )?no\ (?:está\ disponible|existe|se\ encuentra(?:\ disponible)?|disponible)
      | (?:ha\ sido|fue)\ (?:eliminad[ao]|borrad[ao]|retirad[ao]))
"""
_ITALIAN = r"""
    (?:la\ |questa\ |l['’]|questo\ |il\ )?(?:pagina|articolo|contenuto|notizia)
    (?:\ (?:richiest[ao]|che\ (?:cerchi|stai\ cercando)))?
    \ (?:non\ (?:è\ stat[ao]\ )?trovat[ao]
      | non\ (?:è\ )?(?:più\ )?(?:disponibile|esiste|presente)(?:\ più)?
      | è\ stat[ao]\ (?:rimoss[ao]|cancellat[ao]|eliminat[ao]))
"""
_PORTUGUESE = r"""
    (?:a\ |esta\ |essa\ |o\ |este\ |esse\ )?(?:página|pagina|artigo|conteúdo|notícia|matéria)
    (?:\ (?:solicitad[ao]|que\ você\ (?:procura|procurou)))?
    \ (?:não\ (?:(?:foi|pôde\ ser)\ )?encontrad[ao] | não\ existe(?:\ mais)?
      | (?:já\ )?não\ está\ (?:mais\ )?disponível | já\ não\ existe
      | foi\ (?:removid[ao]|apagad[ao]|excluíd[ao]|eliminad[ao]))
"""
_DUTCH = r"""
    (?:de\ |deze\ |het\ |dit\ )?(?:pagina|artikel|bericht|inhoud)(?:\ die\ (?:je|u)\ zoekt)?
    \ (?:(?:is|kan|kon|bestaat|werd)\ )?(?:helaas\ )?
    (?:niet(?:\ meer)?(?:\ (?:worden\ )?(?:gevonden(?:\ worden)?|beschikbaar))?|verwijderd)
"""
_POLISH = r"""
    (?:ta\ |ten\ |podana\ |szukana\ )?(?:strona|artykuł|treść|podstrona)
    (?:,?\ (?:której\ szukasz|o\ podanym\ adresie))?
    \ (?:nie\ (?:została\ |został\ )?(?:znaleziona|znaleziony|istnieje|jest\ (?:już\ )?dostępn[ay])
      | (?:została|został)\ usunięt[ya] | już\ nie\ istnieje)
    | nie\ znaleziono(?:\ (?:strony|artykułu))?
"""
_OTHERS = r"""
    (?:страница|статья)\ (?:не\ найдена|удалена|не\ существует)
    | sidan\ (?:kunde\ inte\ hittas|hittades\ inte|finns\ inte(?:\ längre)?)
    | siden\ (?:blev\ ikke\ fundet|ble\ ikke\ funnet|findes\ ikke|finnes\ ikke)
    | (?:aradığınız\ )?sayfa\ bulunamadı
    | (?:お探しの|指定された)?(?:ページ|記事)(?:は|が)
      (?:見つかりません(?:でした)?|存在しません|削除されました)
    | (?:您(?:访问|要找)的)?(?:页面|網頁|頁面|文章)(?:不存在|未找到|找不到|已(?:被)?删除)
    | 找不到(?:页面|网页|頁面|網頁)
    | 페이지를\ 찾을\ 수\ 없습니다
"""
_SENTENCE = re.compile(
    rf"""(?xi)\A\W*{_BEFORE}(?:
    {_ENGLISH}|{_GERMAN}|{_FRENCH}|{_SPANISH}|{_ITALIAN}|{_PORTUGUESE}|{_DUTCH}|{_POLISH}|{_OTHERS}
    )\W*\Z"""
)
_REMOVED = re.compile(
    r"""(?xi)\b(?:removed|deleted|unpublished|withdrawn|taken\ down|no\ longer|any\ ?more|gone
    | nicht\ mehr | gelöscht | entfernt | plus | supprimée? | retirée? | ya\ no | eliminad[ao]
    | borrad[ao] | retirad[ao] | rimoss[ao] | cancellat[ao] | eliminat[ao] | più | removid[ao]
    | apagad[ao] | excluíd[ao] | mais | já\ não | verwijderd | niet\ meer | usunięt[ya] | już
    | удалена )\b | 削除 | 删除"""
)
# The headings of error pages in English, whole, as servers and templates have them.
_CODE = r"(?:(?:http|error|status)\W*){0,2}(?:400|401|403|404|405|410|429|500|502|503|504)"
_REASON = r"""(?:
      (?:page|file|url|resource|content|article|story|object)?\W?not\ found | page\W+error
    | (?:internal\ )?server\ error | service\ (?:temporarily\ )?unavailable | bad\ gateway
    | bad\ request | forbidden | unauthorized | gone | gateway\ time-?out | too\ many\ requests
    | method\ not\ allowed | access\ (?:is\ )?(?:denied|forbidden) | (?:that['’]s\ )?an\ error
    | something\ (?:went|has\ gone)\ wrong | (?:an\ )?error\ (?:has\ )?occurred | error\ page
    | oops(?:\W+(?:page\ )?(?:missing|not\ found|error)|\W+wrong\ (?:page|link|turn))?
    | (?:we['’]re\ )?(?:currently\ )?(?:down\ for|under|in)\ (?:scheduled\ )?maintenance
    | (?:site\ )?maintenance(?:\ mode)? | (?:web\ ?)?site\ (?:is\ )?(?:temporarily\ )?unavailable
    | (?:this\ )?account\ (?:has\ been\ |is\ )?suspended | index\ of\ /\S{0,200}
    )"""
_ERROR = re.compile(
    rf"(?xi)\A\W*(?:(?:sorry|oops)\W+)?(?:{_CODE}\W*(?:{_REASON}|error|page)?|{_REASON}\W*{_CODE}?)\W*\Z"
)
_NAMES = frozenset({"error", "forbidden", "gone", "unauthorized", "maintenance", "oops"})
# What templates of the large systems write on the page's body, and what prerenderers ask for.
_CLASSES = frozenset({"error404", "error-404", "page-404", "page-not-found", "http-error-404"})
_CODES = ("prerender-status-code", "render:status_code", "status-code")
_LONGEST = 160  # characters of a sentence that is compared


def find(look: Look) -> str:
    """Say that a page is an error in a 200 or a note in place of an article, "" for neither.

    A heading, or the first sentence of a page of almost no text, must be that note and nothing
    else. Beside an article by its own word only the note itself counts, and beside the headline
    that its source gave only one in the text.
    """
    if look.length >= SHORT:
        return ""
    if look.declared.first(*_CODES)[0].strip() in {"404", "410"} or look.classes & _CLASSES:
        return "an error page in a 200"
    if not look.is_as_listed:
        if not look.is_sure and _is_error(look):
            return "an error page in a 200"
        for heading in (look.title,) if look.is_sure else look.whole_headings:
            if found := _note(heading):
                return found
    return _note_in_the_text(look)


def _is_error(look: Look) -> bool:
    """Say whether the title is an error's and nothing else; a word that a film may have too counts
    on a page of few.
    """
    title = look.title.strip()[: _LONGEST + 1]
    if text.squash(title) in _NAMES:
        return look.length < SHORT / 2
    return len(title) <= _LONGEST and bool(_ERROR.match(title))


def _note_in_the_text(look: Look) -> str:
    if look.length >= (TINY if look.is_sure else SHORT / 2):
        return ""
    shown = [*look.words.split("\n")[:2], *visible_text(look.document, "//h2 | //main//p", 3)]
    sentences = (re.split(r"(?<=[.!?。])\s", one[: 2 * _LONGEST])[0] for one in shown)
    return next(filter(None, map(_note, sentences)), "")


def _note(sentence: str) -> str:
    folded = sentence.strip()
    if not folded or len(folded) > _LONGEST or not _SENTENCE.match(folded):
        return ""
    return "a removed article" if _REMOVED.search(folded) else "an error page in a 200"
