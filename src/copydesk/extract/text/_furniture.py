"""Furniture: short lines that are the site's and not the article's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copydesk.extract.words import is_notice

_LINE = 200  # characters; the longest line that can be no part of the article
_NOTE = 300  # characters of a caption with its credit, a path, or what a page says of itself
_ASKED = 350  # characters of what asks the reader for something, at the end
_SHELL = 600  # characters; a text of less that begins like this is all there is

_FURNITURE = re.compile(
    r"""(?xi)(?:
      [\W_]* | anzeige | werbung | publicité | publicidad | pubblicità | реклама | 広告 | 广告
    | (?:advertisements?\ ?)?(?:continue\ reading.{0,40})? | comments?
    | share(?:\ this)?(?:\ (?:story|article|page|on\ .*))?
    | (?:read|see|watch|listen|download)(?:\ (?:more|also|now|next))?\ ?:.* | related\ ?:?.{0,20}
    | follow\ .{1,80}\ on\ (?:facebook|twitter|instagram|x|threads|linkedin|bluesky|mastodon)\b.*
    | (?:sign\ up|subscribe)\ (?:for|to)\ (?:our|the|this)\b.* | skip\ to\ (?:main\ )?content
    | (?:story|article)\ continues\ below.* | scroll\ (?:down\ )?(?:for|to)\b.*
    | (?:photo|image|picture|video|foto|bild|grafik)s? | subscribe(?:\ now)? | menu | search
    | (?:(?:bild|foto)s?\ |click\ |tap\ )?(?:zum\ |to\ )?(?:vergrößern|enlarge|expand)\b.{0,40}
    | (?:back\ to\ (?:the\ )?top|nach\ oben|zum\ seitenanfang|haut\ de\ page|volver\ arriba)
    )$"""
)
# "Read also" in the languages of the web's news, before a colon, an arrow or the end.
_ALSO = re.compile(
    r"""(?xi)(?:
      (?:à\ )?lire\ (?:aussi|également|plus) | voir\ aussi | sur\ le\ même\ (?:sujet|thème)
    | lesen\ sie\ (?:auch|mehr|dazu) | (?:lies|lest)\ auch | mehr\ (?:zum\ thema|dazu)
    | auch\ interessant | das\ könnte\ (?:sie|dich)\ auch\ interessieren
    | weitere\ (?:top-)?(?:artikel|beiträge|themen|informationen)(?:\ zu[mr]?\ [^.!?]{1,60})?
    | (?:lee|lea|leer)\ (?:también|más) | te\ puede\ interesar | leia\ (?:também|mais)
    | leggi\ (?:anche|pure) | lees\ (?:ook|meer) | läs\ (?:också|mer) | les\ (?:også|mer)
    | læs\ (?:også|mere) | lue\ (?:myös|lisää|aiheesta\ lisää) | czytaj\ (?:także|też|również)
    | zobacz\ (?:także|też) | čtěte\ (?:také|také) | baca\ juga | читайте\ (?:также|ещё)
    | читайте\ також | okuyun | 相关(?:阅读|新闻|链接) | 延伸阅读 | 関連(?:記事|ニュース)
    | (?:read|see)\ also
    )(?:\s*[:：.»>→–|-].*|)$"""
)
# What a page's machinery writes below an article, and in place of what it does not show.
_META = re.compile(
    r"""(?xi)(?:
      this\ (?:entry|post)\ was\ (?:posted|published|filed)\b
    | dieser\ (?:eintrag|beitrag)\ wurde\ (?:veröffentlicht|am|unter|in|von)\b
    | (?:cet\ article|ce\ billet|cette\ entrée)\ a\ été\ publiée?\b
    | esta\ entrada\ (?:fue\ publicada|se\ publicó)\b
    | questo\ articolo\ è\ stato\ pubblicato\b | filed\ under\b | bookmark\ the\ permalink
    | benachrichtigung(?:en)?\ (?:über|zu)\ neue
    | (?:wir\ würden|hier\ würden\ wir)\ .{0,80}\ zeigen\b.*\b(?:zustimmung|einwilligung)\b
    | klicken\ sie\ auf\ .{0,40}\ um\ den\ inhalt | an\ dieser\ stelle\ (?:finden|befindet)\ .{0,60}
      \b(?:externe|eingebettete)[rsn]?\b | empfohlener\ (?:redaktioneller|externer)\ inhalt
    | (?:um\ diese[sn]|für\ diese[sn])\ .{0,40}\ (?:anzuzeigen|zu\ sehen)\b.*\b(?:cookies|zustimm)
    | (?:ce|cette)\ (?:contenu|vidéo)\ .{0,60}\b(?:bloquée?|cookies)\b
    | (?:to\ (?:view|see)|in\ order\ to\ view)\ this\ (?:content|video|embed)\b.*\bcookies\b
    )"""
)
# Words before a credit, and who is credited.
_SHOWS = r"(?:photo|photograph|foto|fotografie|bild|image|picture|grafik|symbolbild|titelbild)s?"
_CREDITS = r"(?:credits?|copyright|quelle|nachweis|source|courtesy|by|rechte)"
_AGENCY = (
    r"(?:getty(?:\ images)?|reuters|afp|dpa|epa|istock(?:photo)?(?:\.com)?|adobe\ ?stock"
    r"|shutterstock|unsplash|pixabay|pexels|imago|picture[ -]alliance|alamy|wireimage|keystone"
    r"|apa|ansa|efe|fotolia|wikimedia(?:\ commons)?)"
)
_CREDIT = re.compile(
    rf"""(?xi)
      ^©[^.!?]{{2,120}}\.?$
    | (?:^|[.!?…|,)”"]\ |\ [|–-]\ )©\s?[^.!?©]{{2,80}}\.?$
    | \((?:{_SHOWS}|credits?|{_SHOWS}[\ -]?{_CREDITS})\s?[:/]\ [^()]{{1,80}}\)\.?$
    | \([^()]{{2,60}}\ ?/\ ?{_AGENCY}\)\.?$
    | \b{_SHOWS}\ (?:by|courtesy(?:\ of)?)\ [^.!?]{{2,60}}$
    """
)
_CREDIT_ALONE = re.compile(
    rf"(?i)^\(?(?:all )?{_SHOWS}(?:[ -]?{_CREDITS}){{0,2}}(?: ?[:©]|(?<=by)|(?<=courtesy))"
    r"(?:[^.!?]|\.(?=\S)){0,80}\.?$"
)
_CREDIT_SIGN = re.compile(r"(?i)©|\(|photo|foto|bild|image|picture|grafik")
_HOME = re.compile(
    r"(?i)(?:home(?:page)?|front page|start(?:seite)?|accueil|inicio|início|etusivu|hem|hjem"
    r"|forside|sie sind hier:?|you are here:?|vous êtes ici ?:?)\b"
)
_STEP = re.compile(r"\s[»›>→/]\s")
_ASKS = re.compile(
    r"""(?xi)
      ^\+\+\+ | \bnewsletter\b | ^(?:please\ )?(?:subscribe|sign\ up|follow|like\ us|join\ us)\b
    | \bfollow\ (?:us|me|him|her|them)\b | \bmoderat(?:e|ing)\b.{0,20}\bcomments\b
    | \bconsider\ (?:donating|subscribing|supporting|a\ donation)
    | \bbecome\ an?\ (?:member|patron|supporter|subscriber)\b | ^support\ (?:us|our)\b
    | ^(?:jetzt\ )?abonnieren | \babonnieren\ sie\b | \bfolgen\ sie\ uns\b | \bspenden\ sie\b
    | \bunterstützen\ sie\ (?:uns|unsere)\b | ^(?:ihnen|dir)\ (?:hat|gefällt)\ (?:der|unser)\b
    | \bapp\b.{0,80}\b(?:download|verfügbar|herunterladen|available)\b
    | ^(?:abonnez-vous|suivez-nous|suscríbe(?:te|se)|síguenos|iscriviti|seguici|volg\ ons)\b
    """
)
_LIKED = re.compile(r"(?i)if you (?:enjoyed|liked) th(?:is|e) (?:article|story|post)\b")
_COMMENTS = re.compile(
    r"""(?xi)\W*(?:[0-9]{1,5}\s)?(?:
      comments? | (?:leave|post|write|add)\ a\ (?:comment|reply)
    | join\ the\ (?:discussion|conversation)
    | (?:leser)?kommentare? | lesermeinung(?:en)? | kommentar\ (?:schreiben|verfassen|hinterlassen)
    | schreib(?:e|en\ sie)?\ einen\ kommentar | commentaires? | (?:laisser|ajouter)\ un\ commentaire
    | comentarios? | deja\ un(?:a\ respuesta|\ comentario) | commenti | lascia\ un\ commento
    | reacties | reageer | kommentarer | コメント | 评论
    )\W*(?:\(?[0-9]{1,5}\)?)?\W*"""
)
_APP = re.compile(
    r"""(?xi)
      \b(?:java[ -]?script|cookies)\b.{0,80}
        \b(?:required|enabled?|disabled|aktivier\w*|deaktiviert|erforderlich|benötigt|activ\w+|habilit\w+
        |désactivé|requis|abilita\w*|disabilitato)\b
    | \b(?:enable|activate|aktivieren\ sie|activez|activer|habilit[ae]|abilita\w*|turn\ on)
        \ (?:\w+\ ){0,3}java[ -]?script\b
    | \b(?:browser|navigateur|navegador)\b.{0,60}
        \b(?:out\ ?dated|out\ of\ date|veraltet|obsol\w+|(?:not|no\ longer)\ supported|unsupported
        |nicht\ (?:mehr\ )?unterstützt|pas\ (?:pris\ en\ charge|à\ jour)|desactualizado|antiquato)\b
    | \b(?:unsupported|outdated|veraltete[nr]?)\ browser\b
    """
)


def is_furniture(line: str) -> bool:
    """Say whether a whole line is the site's and not the article's.

    A long line is always the article's: there are stories about cookies.
    """
    if len(line) > _NOTE:
        return False
    if is_credit(line) or _META.match(line):
        return True
    return len(line) <= _LINE and bool(
        is_notice(line) or _FURNITURE.match(line) or _ALSO.match(line)
    )


def is_credit(line: str) -> bool:
    """Say whether a line is a picture's caption that ends with whose it is, or the credit alone."""
    if len(line) > _NOTE or not _CREDIT_SIGN.search(line):
        return False
    return bool(_CREDIT.search(line) or _CREDIT_ALONE.match(line))


def is_path(line: str, squashed: str, titles: Sequence[str]) -> bool:
    """Say whether a line leads from the site's front page to the article: "Home » Ports » …"."""
    if len(line) > _NOTE or not _STEP.search(line):
        return False
    if _HOME.match(line):
        return True
    return len(_STEP.findall(line)) > 1 and any(
        title and squashed.endswith(title) for title in titles
    )


def asks(line: str) -> bool:
    """Say whether a line at the end of a text asks the reader to subscribe, follow or give."""
    return bool(_LIKED.match(line)) or (len(line) <= _ASKED and bool(_ASKS.search(line)))


def begins_comments(heading: str) -> bool:
    """Say whether what is below a heading are the readers' comments."""
    return bool(_COMMENTS.fullmatch(heading))


def is_shell(found: str) -> bool:
    """Say whether a text is but a page's word on the browser that it wants."""
    return len(found) < _SHELL and bool(_APP.search(found[:_LINE]))
