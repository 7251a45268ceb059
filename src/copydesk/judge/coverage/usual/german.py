"""Prior shares of news articles holding a common German word form (estimates by hand)."""

WORDS = {
    0.50: """der die das und in den von zu mit im ist für auf des sich ein eine nicht dem auch es
    an als er hat aus bei sie dass am nach wie um einen einem einer war noch vor werden sind wird
    zum zur über haben so nur aber bis oder wurde man mehr""",
    0.20: """sein seine seiner seinen ihre ihrer ihren ihr wir ich eines durch kann wenn sei
    schon gegen unter will können wieder hatte immer was da vom jahr jahre jahren uhr euro zwei
    drei prozent sagte sagt millionen neue neuen gibt soll sollen habe doch dann jetzt seit rund
    zwischen keine müssen muss wurden diese dieser diesem diesen dieses alle viele anderen andere
    ihm ihn damit denn weil ob wo etwa ohne ab heute selbst worden waren hier allem während mal
    ersten erste gut macht machen ganz deutschland deutschen deutsche land stadt menschen zeit
    ende tag tage ins sehr bereits allerdings nun zwar dabei laut beim geht gehen kommt kommen
    steht stehen großen große lassen lässt einmal sowie dazu darauf weiter weitere weiteren teil
    mich uns unternehmen viel vier fünf letzten kein könnte könnten würde würden hätte wäre""",
    0.10: """montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz
    april mai juni juli august september oktober november dezember sechs sieben acht neun zehn
    zweiten zweite dritten milliarden tausend hundert dollar polizei kind familie haus wochen
    woche monate monaten monat tagen stunden minuten abend nacht morgen gestern vergangenen
    vergangene kommenden nächsten nächste wegen trotz deshalb daher deutlich besonders vielleicht
    fast knapp mindestens insgesamt zunächst später früher früheren erst erstmals seitdem
    außerdem zudem jedoch sondern obwohl bevor damals gerade dort davon daran dafür dagegen
    daraus darüber hinaus heraus zurück gemeinsam gleich gleichzeitig eigentlich natürlich
    offenbar einfach weniger wenig wenige wohl oft nie niemand jemand nichts etwas alles jeder
    jede jeden jedes beiden beide einige einigen mehrere mehreren meisten vielen solche solchen
    eigene eigenen hohe hohen hoch höher groß größte größten klein kleine kleinen alten alte alt
    jungen junge guten gute besser besten beste lange langen länger schnell schwer wichtig
    wichtige möglich möglichkeit stark frei eben sogar statt ging kam gab stand lag blieb bleibt
    bleiben liegt liegen sieht sehen zeigt zeigen gilt gelten heißt führen führt geben nehmen
    finden findet spielen spielt hält halten bringen stellt stellen setzt setzen glaubt wissen
    weiß arbeiten arbeit erklärte erklärt teilte berichtet berichtete betonte kritisierte sagen
    sprach sprechen gesagt gemacht gekommen gegeben geworden wollte wollen wollten sollte sollten
    konnte konnten musste mussten darf dürfen gewesen hatten habt sieg zahlen seien nämlich bin
    bist dir du mir meine mein euch unsere unser unseren unserer""",
    0.05: """regierung bundesregierung präsident minister chef partei politik politiker spd cdu
    berlin münchen frankfurt hamburg usa europa europäischen europäische eu staat staaten länder
    ländern welt krieg leben mann frau frauen männer kinder kindern spiel spiele mannschaft
    trainer saison platz verein bundesliga team fans problem probleme frage fragen grund gründe
    fall ziel rolle thema punkt punkte seite geld markt firma kunden mitarbeiter angaben
    informationen zahl""",
    0.02: """bundesrepublik bundestag kanzlerin kanzler bundeskanzlerin bürgermeister opposition
    grünen fdp linke linken csu afd union wahl wahlen wähler stimmen parlament gesetz gesetze
    recht rechte gericht urteil richter anwalt staatsanwaltschaft ermittlungen verdacht täter
    opfer feuerwehr unfall verletzt verletzte verletzten getötet tot tote toten tod gestorben
    starb polizisten beamten auto autos fahrer straße straßen verkehr bahn zug flughafen flugzeug
    schiff wasser feuer brand schaden schäden wetter schule schulen schüler lehrer universität
    studenten studie forscher wissenschaftler experten experte arzt ärzte krankenhaus patienten
    medizin gesundheit kosten preis preise gewinn umsatz aktie aktien börse bank banken konzern
    wirtschaft industrie branche vorstand geschäft geschäfte investoren anleger handel produkte
    produktion arbeitsplätze gewerkschaft steuer steuern haushalt schulden krise finanzkrise
    wachstum anstieg rückgang quartal vorjahr gestiegen sank stieg film filme musik buch bücher
    kunst künstler theater kultur publikum bühne autor schauspieler regisseur fernsehen zeitung
    medien internet sender interview journalisten sprecher sprecherin pressekonferenz mitteilung
    bericht berichte presse tor tore minute halbzeit spieler spielern gegner niederlage runde
    finale titel meister weltmeister liga klub sport fußball weltmeisterschaft rennen erfolg
    erfolge chance chancen entwicklung projekt projekte plan pläne entscheidung entschieden
    gespräch gespräche verhandlungen treffen sitzung vertrag verträge angebot vorschlag forderung
    fordert forderte forderten lösung situation lage gefahr sicherheit schutz kampf gewalt
    angriff angriffe soldaten armee truppen terror islamischen russland russische russischen
    china chinesische frankreich paris großbritannien london italien spanien österreich schweiz
    türkei israel syrien iran ukraine griechenland polen amerikanische amerikanischen
    französische britische internationale internationalen nationalen nationale öffentlichen
    öffentliche politische politischen wirtschaftliche soziale sozialen private privaten
    ehemalige ehemaligen verschiedene verschiedenen einzige einzigen jüngsten aktuelle aktuellen
    derzeit inzwischen mittlerweile weiterhin künftig bisher bislang lediglich jedenfalls
    wirklich tatsächlich sicher klar völlig meist häufig manchmal plötzlich schließlich endlich
    danach darin davor hingegen ansonsten entweder weder bald kaum zuletzt spätestens aufgrund
    innerhalb außerhalb hinter neben zusammen nord süden norden westen osten region regionen
    landes dorf gemeinde gemeinden kreis ort orte bürger einwohner bevölkerung gesellschaft
    gruppe gruppen mitglieder mitglied leute freunde freund vater mutter eltern sohn tochter
    bruder schwester paar ehe herr kollegen kollege alter jugendliche jugendlichen mädchen name
    namen nennt genannt bekannt geboren lebt lebte geschichte jahrhundert anfang beginn begann
    beginnt mitte hälfte hilfe helfen hilft brauchen braucht gehört gehören erreicht erreichen
    gewann gewonnen gewinnen verloren verlieren verlor spielte bekommen bekam erhalten erhielt
    verlassen fuhr fahren gefahren gefunden gestellt geführt gesehen gebracht genommen getan
    gehalten geplant geplante kaufen verkauft verkaufen bezahlen kostet arbeitet tun tut machte
    ließ schreibt schrieb lesen hören denken denkt glauben verstehen versucht versuchen warten
    erwartet erwarten hofft hoffen meint meinte bestätigte kündigte angekündigt führte setzte
    stellte zeigte fand nahm hielt brachte trat sah wusste dachte kilometer meter grad
    quadratmeter halbe halben dutzend zwölf zwanzig dreißig vierten vierte fünften aussage
    aufgabe aufgaben beispiel bereich bedeutet bild bilder blick druck eindruck ergebnis
    ergebnisse form""",
    0.01: """abkommen ablehnt abschluss absicht abstimmung akten aktion aktionen allein allgemein
    amt ämter änderung änderungen angst anklage anlage anlass anschlag anspruch anteil antrag
    antwort anzahl arbeiter arbeitgeber arbeitnehmer arbeitslosigkeit arbeitsmarkt argument
    artikel asyl auffällig aufmerksamkeit auftrag auftritt augen ausbau ausbildung ausdruck
    ausland ausländische ausländer ausschuss ausstellung ausgaben auswirkungen autobahn
    außenminister balance ball basis bau bauen baum bäume bedenken bedeutung bedingungen begonnen
    begründet behandelt behandlung behörde behörden beiträge beitrag belastung bereit berg berge
    beruf beschlossen beschluss besitz besuch besucher beteiligt beteiligung betrieb betriebe
    betroffen betroffenen bewegung beweis beziehungen beziehung bilanz bildung blut boden brief
    brücke bundesamt bundesland bundeswehr bürgerinnen bus computer daten datum debatte
    demokratie demokratische demonstranten demonstration dienst digitale diskussion doppelt
    drogen dunkel durchschnitt ebenfalls ebenso ehrlich einfluss einheit einkommen einnahmen
    einrichtung einsatz einsatzkräfte einstieg eis elf energie engagement englisch englischen
    entdeckt entfernt entlassen entlassung entsprechend entsprechende entstanden entsteht
    entwickelt erde ereignisse erfahrung erfahrungen erfolgreich erfüllt ergänzt erhöht erhöhen
    erhöhung erinnert erinnerung erlaubt ermittler eröffnet eröffnung ersetzt erwartungen erzählt
    erzählte essen etliche export fahrt fahrzeug fahrzeuge farbe fehler feier feiern fest
    festgenommen festival finanzen finanziell finanzielle finanzminister fläche flüchtlinge fluss
    folge folgen folgt fordern fortschritt foto fotos freiheit freude frieden friedlich früh
    frühjahr führung funktion furcht fuß garten gast gäste gebäude gebaut gebiet gebiete
    gefängnis gefordert gefühl gegend gegründet gehandelt geheim gekauft gelang gelegenheit
    geliefert gelungen gemeinsame gemeinsamen generation genug genutzt gerät geräte gerettet
    gering gesamt gesamte gesamten geschäftsführer geschehen geschlossen gesetzlich gesicht
    gesprochen gestartet gestohlen gesucht getroffen gewählt gewerkschaften gewicht gezeigt glück
    gold gott grenze grenzen größer größere größeren grundlage gründung gutes hafen halle hand
    hände hauptstadt häuser heftig heimat helfer herbst herz hessen himmel hinweise hinweis
    historischen hoffnung höhe hotel hund hunde idee ideen immerhin impfung initiative inhalt
    insel institut interesse interessen investitionen israelische italienische japan jubel juden
    junger justiz kaffee kamera kamen kandidat kandidaten karriere karte karten katholische
    kilogramm kino kirche kirchen klage klima klimawandel klinik köln kommission kommune kommunen
    kommunikation konferenz konflikt kontakt kontrolle kontrollen konzept konzert kopf körper
    kraft kräfte krank krankheit krankheiten kritik kritiker küche kurs kurz kurze kurzen
    kurzfristig küste laden lager landesregierung landkreis landtag landwirtschaft langfristig
    laufen läuft lauf leicht leichte leid leider leistung leistungen leiter leitung letztlich
    letzte licht liebe lieber lieferung linie liste löhne luft mangel marke maßnahme maßnahmen
    material mehrheit meinung menge mensch methode miete militär ministerium ministerpräsident
    mitgliedstaaten mittag mittel mitten modell moderne mord motor mündlich museum nachbarn
    nachfolger nachfrage nachmittag nachricht nachrichten nähe nahe natur negativ netz
    niederlande niedrig niedrigen normal nötig notwendig nutzen nutzer oben objekt offen offene
    offiziell offiziellen öffentlichkeit öffnen öl organisation organisationen ostern papier park
    parteien partner passiert pause personal personen person persönlich persönliche perspektive
    pferd pflege plant position positiv post praxis premiere prinzip probe professor programm
    protest proteste prozess prüfen prüfung psychologische qualität quelle rahmen raum räume
    reagiert reagierte reaktion realität rechnet rechnung rede reform reformen regel regeln
    regelung regen reihe reise reisen religion rente republik restaurant rettung richtig richtige
    richtung risiko risiken roman rot rote roten rückkehr rücktritt ruhe russen sache sachsen
    sammlung schicksal schlag schlecht schlechte schlimm schließen schritt schritte schuld
    schüsse schwach schwarz schwarze schwierig schwierigkeiten see sechsten serie server sichtbar
    sitz sogenannte sogenannten sommer sonne sonst sorge sorgen sozial sparen spaß spezielle
    spitze sprache staatliche staatlichen stab stadtrat standort stärker stärke start starten
    station stelle steigen steigt stimmung strafe strategie strecke streik streit strom
    strukturen stück stuttgart suche suchen summe system systeme szene tätig technik technische
    technologie teilen teilnehmer teilweise telefon temperaturen test teuer text themen these
    tief tier tiere tisch todesfälle tour tourismus touristen tradition traum trifft trug turnier
    typisch überhaupt überraschend überraschung überzeugt übrig übrigens umfrage umgebung umgehen
    umsetzung umwelt unabhängig unbekannt ungarn ungefähr unklar unmöglich unterschied
    unterschiede unterstützen unterstützt unterstützung untersuchung ursache ursprünglich urlaub
    veranstaltung veranstalter verantwortlich verantwortung verband verbessern verbindung
    verboten verbot verbraucher verbunden verdient verfahren verfügung vergleich verhalten
    verhältnis verhindern verkauf verletzungen verlust verluste verlangt veröffentlicht
    verpflichtet versammlung versichert versicherung version verstärkt versuch vertreter
    vertrauen verurteilt verwaltung verzichten video vielzahl volk voraussetzung vorbereitung
    vorgehen vorgestellt vorn vorschläge vorsitzende vorsitzender vorsitzenden vorstellung
    vorteil vorwurf vorwürfe wachsen wächst waffe waffen wagen wahlkampf wald wand ware warnt
    warnte warnung wechsel weg wege weihnachten wein weise weiteres weltweit werk werke wert
    werte westlichen wettbewerb wichtigste wichtigsten widerstand wind winter wirkt wirkung
    wissenschaft wohnung wohnungen wort worte wunsch zahlreiche zahlreichen zeichen zeitpunkt
    zeiten zentral zentrale zentrum zerstört zeuge zeugen ziehen zieht ziele zimmer zinsen zog
    zufolge zufrieden zugleich zukunft zusammenarbeit zusammenhang zusätzlich zusätzliche
    zuschauer zustand zustimmung zweifel zuvor zuständig""",
}
