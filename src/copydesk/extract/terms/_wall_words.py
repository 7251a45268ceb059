"""What pages say at a wall, in fourteen languages: an offer and what it is for, or a whole notice.

Each begins the block that says it. A newsletter's offer, a comment's or a site's own ("log in",
"subscribe now") is none: it must speak of reading on, or of this article.
"""

from __future__ import annotations

import re

# Within sixty characters of each other: "subscribe … to continue reading".
_OFFERS = (
    (
        (
            "subscribe|sign (?:in|up)|log ?in|register|join|create an? (?:free )?account"
            "|become an? (?:\\w+ )?(?:member|subscriber)|start your (?:free )?trial"
        ),
        (
            "to (?:continue|keep|finish) reading|to continue\\W*$|to unlock|to read (?:on\\b|this"
            "|the (?:full|rest|whole|entire))|to (?:access|view) (?:this|the full)"
        ),
    ),
    (
        "to (?:continue reading|keep reading|read (?:on|this (?:article|story)|the (?:full|rest)))",
        "subscribe|sign (?:in|up)|log ?in|register|become|you (?:need|must)",
    ),
    (
        (
            "melden sie sich|registrieren sie sich|(?:jetzt |kostenlos )?"
            "(?:anmelden|einloggen|abonnieren|registrieren|testen)"
        ),
        "weiter(?:zu)?lesen|weiter zu lesen|artikel (?:zu )?lesen",
    ),
    ("um (?:den|diesen) ", "(?:artikel|beitrag|text) (?:weiter ?)?(?:zu ?)?lesen"),
    (
        "(?:abonnez|connectez|inscrivez|identifiez)-vous",
        "pour (?:lire|continuer|accéder|poursuivre|découvrir)|lire la suite",
    ),
    (
        "suscríbe(?:te|se)|suscríbase|inici[ae] sesión|regístra?(?:te|se)|regístrese",
        "para (?:seguir|continuar|leer)|seguir leyendo",
    ),
    ("para (?:seguir|continuar) leyendo", "suscr|inici[ae]|regístr|hazte"),
    ("abbonati|accedi|registrati|iscriviti", "per (?:continuare|leggere|proseguire)"),
    ("per continuare a leggere", "abbona|acced|registra"),
    (
        "assine|faça login|cadastre-se|subscreva|registe-se|inicie sessão",
        "para (?:continuar|ler)",
    ),
    ("para continuar (?:a ler|lendo|a leitura)", "assin|subscr|login|cadastr"),
    (
        "abonneer|log in|word (?:lid|abonnee)|registreer|neem een abonnement",
        "verder (?:te )?lezen|verder te lezen|dit artikel",
    ),
    (
        "logga in|logg inn|log ind|bli (?:prenumerant|abonnent)|bliv abonnent",
        "läsa|lese|læse",
    ),
    ("zaloguj się|kup dostęp|wykup (?:dostęp|prenumeratę)", "czytać|przeczytać|czytaj"),
    ("aby (?:czytać|przeczytać)", "zaloguj|wykup|kup dostęp|zasubskrybuj"),
    ("подпишитесь|оформите подписку|войдите", "чтобы (?:читать|прочитать|продолжить)"),
    ("会員登録|ログイン|購読", "続き|全文|お読み"),
    ("订阅|登录|登入|訂閱|成为会员|成為會員", "继续阅读|繼續閱讀|阅读全文|閱讀全文"),
)
_NOTICES = (
    "(?:do you )?want to (?:keep|continue) reading|continue reading (?:this \\w+ )?(?:with|for) ",
    "(?:möchten|wollen) sie weiterlesen|weiterlesen mit ",
    "envie de lire la suite|poursuivez votre lecture",
    "quieres seguir leyendo|vuoi continuare a leggere|quer continuar lendo",
    "verder lezen\\?|lees verder met ",
    (
        "(?:the (?:rest|remainder) of )?this (?:article|content|story|post|page) is "
        "(?:only |exclusively |reserved |available |exclusive |for |to |paid |premium |our )+"
        "(?:subscribers|members)"
    ),
    "you(?:['’]ve| have) (?:reached|read|used) (?:your|all)\\b.{0,40}(?:articles?|limit)",
    "(?:this is )?(?:an? )?(?:subscriber|member)s?[- ](?:only|exclusive)(?: \\w+)?[.!]?$",
    (
        "(?:dieser |der )?(?:artikel|beitrag|text|inhalt) (?:ist |nur |exklusiv |steht )*"
        "für (?:unsere |registrierte )?(?:\\S*abonnent|mitglieder)"
    ),
    "(?:exklusiv|nur) für (?:unsere )?(?:\\S*abonnent|mitglieder)",
    "(?:cet |l['’] ?)article (?:complet )?est (?:exclusivement )?réservé\\b.{0,20}\\babonné",
    "(?:la suite|ce contenu|l['’]accès)\\b.{0,40}\\bréservée?\\b.{0,20}\\babonné",
    "il vous reste [\\d.,]+ ?% de cet article",
    (
        "(?:este |el )?(?:artículo|contenido) (?:es )?(?:exclusivo|solo|sólo|reservado)\\b.{0,20}"
        "\\b(?:suscriptor|socio)"
    ),
    (
        "(?:questo |l['’])?(?:articolo|contenuto) (?:è )?(?:riservato|solo|accessibile)\\b.{0,25}"
        "\\babbonat"
    ),
    (
        "(?:este |esta )?(?:conteúdo|artigo|matéria|reportagem) (?:é )?"
        "(?:exclusiv|reservad|restrit)\\w\\b.{0,25}\\b(?:assinante|subscritor)"
    ),
    "(?:dit|het) artikel is (?:alleen|exclusief|enkel)\\b.{0,30}\\b(?:abonnee|leden)",
    (
        "(?:den här |denne |dette )?(?:artikeln?|artikkelen|saken|indhold) (?:är|er) "
        "(?:endast |bara |kun |bare |forbeholdt |för |for |våra |våre )*(?:prenumerant|abonnent)"
    ),
    (
        "(?:ten )?(?:artykuł|tekst|materiał) (?:jest )?(?:dostępny )?(?:tylko )?dla (?:\\w+ )?"
        "(?:subskrybent|prenumerator|abonent)"
    ),
    "(?:этот )?(?:материал|статья|текст)\\b.{0,30}\\bподписчик",
    "(?:この記事は|続きは|ここから先は|残り).{0,20}(?:有料|会員|購読)",
    "(?:本文|此文|该文章)(?:仅|僅|只).{0,10}(?:会员|會員|订阅|訂閱|付费)",
)
WALL = re.compile(
    "(?i)[\\s»>→•*|¿-]*(?:please |bitte |veuillez |por favor )?(?:"
    + "|".join(
        [*(f"(?:{offer}).{{0,60}}?(?:{aim})" for offer, aim in _OFFERS), *_NOTICES],
    )
    + ")"
)
# A word of subscribing or signing in, as an element that is named a wall has one.
OFFER = re.compile(
    "(?i)subscri|\\blog ?in\\b|\\bsign (?:in|up)\\b|\\bregist|\\bmembers?\\b|abonn|anmelden"
    "|einloggen|abbona|suscr|suscríb|assin[ea]|prenumer|connectez|inicia sesi|accedi|logga in"
    "|подпис|会員|登録|订阅|訂閱|zaloguj|subskry"
)
