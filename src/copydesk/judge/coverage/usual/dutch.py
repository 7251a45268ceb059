"""Prior shares of news articles holding a common Dutch word form (estimates by hand)."""

WORDS = {
    0.50: """de het een van en in is dat op te zijn voor met die aan er niet om ook als bij door
    naar uit maar over nog hij was""",
    0.20: """ze worden wordt heeft hebben dan of meer jaar werd zich had kan wel al tot geen we
    ik zo wat ons nu deze dit hun haar tegen na onder twee drie volgens tussen omdat moet zegt
    moeten kunnen zou veel andere mensen waar hoe nieuwe eerste laatste tijd alle daar hier
    nederland nederlandse procent miljoen euro waren zal zullen echter want toen terwijl af
    eerder weer even mijn je hem zonder sinds vooral alleen dag eigen eens steeds""",
    0.10: """maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart
    april mei juni juli augustus september oktober november december vier vijf zes zeven acht
    negen tien honderd duizend miljard dollar uur minuten week weken plan plannen maatregelen
    besluit situatie gevolg reden deel aantal groep leden rol plaats begin einde eind keer manier
    zaak zaken maken maakt maakte gemaakt gaan gaat ging gegaan komen komt kwam gekomen staan
    staat stond zien ziet zag gezien krijgen krijgt kreeg gekregen geven geeft gaf gegeven doen
    doet deed gedaan laten laat liet blijven blijft bleef nemen neemt nam genomen zeggen zei
    gezegd denken denkt vinden vindt vond gevonden weten weet wist willen wil wilde wilden mag
    mogen mocht moest moesten kon konden zouden zat zit liggen ligt lag houden brengen stellen
    goed goede beter beste groot grote grootste groter klein kleine hoog hoge lang lange jong
    jonge oude oud snel belangrijk belangrijkste mogelijk duidelijk nodig moeilijk genoeg vaak
    soms altijd nooit niets iets iemand niemand iedereen elkaar zelf samen allemaal bijna
    ongeveer ruim minder meeste vele enkele aldus bovendien daarom daarna daarmee daarbij
    hierdoor waardoor waarbij toch dus misschien zeker natuurlijk echt binnen buiten boven achter
    naast rond tijdens vanaf via vorig vorige volgende komende afgelopen tweede derde half hele
    heel zeer""",
    0.05: """maand maanden dagen jaren ochtend middag avond nacht gisteren vandaag morgen politie
    regering minister president premier kabinet partij partijen politiek politieke kamer kamerlid
    verkiezingen wet justitie rechter rechtbank openbaar ministerie verdachte slachtoffer
    slachtoffers gemeente burgemeester provincie amsterdam rotterdam den haag belgië belgische
    vlaamse brussel europa europese unie verenigde staten amerikaanse wereld land landen stad
    oorlog vrede man vrouw mannen vrouwen kinderen kind ouders vader moeder familie leven dood
    overleden school scholen onderwijs universiteit studenten onderzoek onderzoekers ziekenhuis
    zorg artsen water brand weg straat auto verkeer trein bedrijf bedrijven economie bank banken
    geld prijs prijzen kosten omzet winst markt klanten werk werknemers banen topman directeur
    voorzitter woordvoerder bericht krant nieuws club trainer wedstrijd spelers speler seizoen
    doelpunt punten ploeg team winnen won gewonnen verloren finale kampioen beker voetbal film
    boek muziek kunst theater publiek geschiedenis probleem problemen vraag vragen""",
    0.02: """aanslag aanval advocaat akkoord allerlei ambtenaren antwoord asielzoekers bal basis
    beeld beelden begon begonnen bekend belang belasting beleid bestuur betalen bevolking
    bewoners bezoek bijvoorbeeld blijkt boer boeren bouw brief broer burgers buurt campagne
    chinese college commissie contact contract controle crisis cultuur datum democratie dochter
    doel dorp druk duitse duitsland effect energie engeland ernstig ervaring extra fans feest
    foto franse frankrijk gebied gebouw gebruik gebruiken geboren gehad geleden geloof gemiddeld
    gesprek gevaar gevoel geweld gewoon gezin gezondheid grens grond handel hart helft hoofd hoop
    huis huizen hulp idee informatie inwoners internationale internet interview invloed israël
    italië journalist journalisten kans kansen keuze kerk klimaat koning kritiek leger leiden
    leider lid lijn links lijst locatie london maatschappij macht meerderheid meisje meter
    kilometer militairen minuut misdaad mogelijkheden moment museum nationale natuur noorden
    oosten westen zuiden officier ondernemers ongeluk ontwikkeling oorzaak oplossing oppositie
    organisatie overheid overleg patiënten periode personeel persoon persoonlijk positie product
    producten programma project projecten protest rapport recht rechten rechts regels regio
    resultaat rijden risico ruimte rusland russische samenleving samenwerking schade schip sector
    situaties sociale soldaten spel spanje speelde spelen sport start steden stem stemmen steun
    straf strijd studie systeem tafel taal tekst televisie thuis toekomst toerisme toernooi topic
    turkije tv uitslag uitspraak uitstoot verband verhaal verkoop verlies verschil verschillende
    vertrouwen veiligheid verantwoordelijk vliegtuig vluchtelingen voorbeeld voorstel vriend
    vrienden vrij waarde wapens weekend werden werkgelegenheid wetenschappers wijk winkel winkels
    winter zomer zee zoon zuid noord""",
}
