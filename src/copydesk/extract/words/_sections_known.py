"""Sections: what newspapers call theirs, and what menus call what is none."""

from __future__ import annotations

# What is no section of a site, but its front door, all that it has, or a thing to do there.
GENERAL = frozenset(
    {
        *("home", "homepage", "start", "startseite", "accueil", "inicio", "inici", "início"),
        *("главная", "首页", "首頁", "ホーム", "홈", "trangchủ", "beranda", "forside", "etusivu"),
        *("news", "newsroom", "article", "articles", "artikel", "story", "stories", "post"),
        *("blog", "blogs", "archive", "archives", "page", "pages", "content", "item", "details"),
        *("uncategorized", "uncategorised", "allgemein", "nonclassé", "sincategoría", "default"),
        *("frontpage", "featured", "featuredarticle", "topnews", "topstories", "breakingnews"),
        *("posts", "nil", "allgemeines", "misc", "miscellaneous", "sonstiges", "diesdas", "divers"),
        *("overview", "übersicht", "forenübersicht", "foren", "forum", "forums", "community"),
        *("general", "main", "all", "none", "null", "undefined", "index", "latest", "other"),
        *("aktuell", "aktuelles", "nachrichten", "meldungen", "neuigkeiten", "topthema"),
        *("actualités", "actualité", "actus", "noticias", "notícias", "notizie", "nieuws"),
        *("nyheter", "nyheder", "uutiset", "новости", "新闻", "新聞", "ニュース", "뉴스"),
    }
)

# What menus have beside sections, and what a site does besides.
MENU = frozenset(
    {
        *("themen", "topics", "topic", "magazin", "magazine", "archiv", "information"),
        *("informationen", "presse", "press", "pressemedien", "mediathek", "newsfeatures"),
        *("service", "services", "dienstleistungen", "ausgaben", "issues", "downloads", "seite"),
        *("aboutus", "about", "überuns", "apropos", "quisommesnous", "sobrenosotros", "chisiamo"),
        *(
            "impressum",
            "imprint",
            "datenschutz",
            "privacy",
            "privacypolicy",
            "terms",
            "faq",
            "help",
        ),
        *("hilfe", "kontakt", "contact", "contactus", "contacto", "contatti", "suche", "search"),
        *("recherche", "buscar", "cerca", "zoeken", "поиск", "sitemap", "menu", "menü", "rss"),
        *("login", "logout", "register", "registrieren", "anmelden", "subscribe", "newsletter"),
        *("abo", "abonnement", "shop", "mehr", "more", "weiter", "next", "back", "zurück"),
        *("share", "teilen", "drucken", "print", "mailen", "email", "save"),
    }
)

# What an address may call a section: its own words for other things cannot be told from sections.
KNOWN = frozenset(
    {
        *("world", "national", "international", "local", "regional", "politics", "business"),
        *("economy", "economics", "finance", "money", "markets", "companies", "sport", "sports"),
        *("football", "soccer", "cricket", "tennis", "golf", "rugby", "cycling", "nfl", "nba"),
        *("science", "sciences", "space", "technology", "tech", "gadgets", "gaming", "games"),
        *("health", "wellness", "fitness", "environment", "climate", "energy", "nature"),
        *("education", "culture", "arts", "art", "books", "music", "movies", "film", "films"),
        *("theatre", "theater", "television", "entertainment", "celebrity", "showbiz", "gossip"),
        *("life", "style", "lifestyle", "fashion", "beauty", "food", "travel", "family", "home"),
        *("opinion", "opinions", "commentary", "editorial", "editorials", "columnists"),
        *("crime", "law", "justice", "courts", "religion", "society", "cars", "autos"),
        *("motoring", "transport", "weather", "property", "housing", "obituaries", "defense"),
        *("europe", "africa", "asia", "usa", "americas", "china", "india", "israel", "australia"),
        *(
            "diy",
            "safety",
            "security",
            "cybersecurity",
            "information",
            "media",
            "women",
            "agriculture",
        ),
        # German
        *("politik", "innenpolitik", "aussenpolitik", "ausland", "inland", "welt", "wirtschaft"),
        *("finanzen", "boerse", "unternehmen", "geld", "wissen", "wissenschaft", "forschung"),
        *("technik", "digital", "netzwelt", "netzpolitik", "gesundheit", "umwelt", "natur"),
        *("klima", "gesellschaft", "kultur", "feuilleton", "musik", "literatur", "kino"),
        *("meinung", "debatte", "kommentare", "panorama", "leben", "reise", "reisen"),
        *("fussball", "wintersport", "motorsport", "lokales", "regionales", "bildung", "karriere"),
        *("geschichte", "religion", "kirche", "justiz", "recht", "verkehr", "mobilitaet"),
        *("familie", "mode", "essen", "stil", "ratgeber", "vermischtes", "chronik", "wetter"),
        # French, Spanish, Italian, Portuguese, Dutch
        *("politique", "economie", "societe", "planete", "sante", "sciences", "sport", "monde"),
        *("idees", "politica", "economia", "cultura", "deportes", "ciencia", "tecnologia"),
        *("salud", "sociedad", "sociedade", "mundo", "esporte", "esportes", "saude", "opinione"),
        *("esteri", "cronaca", "scienze", "salute", "calcio", "mondo", "binnenland", "buitenland"),
        *("economie", "wetenschap", "gezondheid", "cultuur"),
    }
)
JOINED = frozenset({"and", "und", "et", "y", "e", "en", "news"})
CAPITALS = frozenset({"diy", "usa", "nfl", "nba"})
