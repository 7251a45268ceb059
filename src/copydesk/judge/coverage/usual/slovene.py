"""Prior shares of news articles holding a common Slovene word form (estimates by hand)."""

WORDS = {
    0.50: """je in na za se da so pa ki tudi bi po še ne pri iz kot ali bo do od""",
    0.20: """ter bil bila ob med leta že več lahko ni pred zaradi biti kar če ta to bilo bili jih
    jo ga mu jim si sta le tako vendar sicer saj ko kjer letos letu let slovenije sloveniji
    odstotkov evrov milijonov danes prav zelo dve dva tri prvi prva novo novi nove dodal povedal
    predsednik vlada vlade države svet ljudi dan dni čas časa del svoje svojo svoj ima imajo nad
    pod brez proti čez vse vsi vseh bodo zato kako kaj kdo kje kadar zdaj nato potem sam""",
    0.10: """ponedeljek torek sredo četrtek petek soboto nedeljo januarja februarja marca aprila
    maja junija julija avgusta septembra oktobra novembra decembra štiri pet šest sedem osem
    devet deset sto tisoč milijarde milijona dolarjev ura uri ure minut minuti teden tedna tednih
    mesec mesecev meseca zjutraj zvečer ponoči včeraj jutri policija policisti ukrepi ukrepe
    odločitev dogovor razmere primer primeru razlog število skupina skupine vloga začetek konec
    koncu sredini način zadeva pomoč mnenje dejal dejala pojasnil poudaril opozoril napovedal
    sporočil sporočili zapisal meni pravi menijo gre gredo šel prišel prišlo prišli pride dobil
    dobili imel imela imeli nima mora morajo moral treba more želi želijo hoče ve vedo videti
    videl našli najti stoji ostaja ostal postal postala začel začela začeli končal potekal
    potekala velja kaže pomeni predstavil objavili potrdil dobro dober dobra boljši najbolj bolj
    manj največ največji velik velika veliko veliki majhen visok dolgo mlad mladi star stari
    hitro pomembno mogoče možno jasno potrebno težko dovolj pogosto včasih vedno nikoli nič nekaj
    nekdo nihče vsak vsako vsaka drug drugi druga druge drugih tretji skoraj približno okoli
    okrog pravzaprav seveda morda zagotovo res celo samo zgolj torej ampak namreč čeprav medtem
    kljub glede skupaj sedanji prejšnji naslednji zadnji zadnje prihodnje lani lanskega kateri
    katera katere katerih tega tem teh tej temu njegov njegova njihov njen naš naša naše mi vi on
    ona oni jaz ti nas vas njih njim njega""",
    0.05: """policije policijske minister ministrstvo ministrica premier poslanci poslanec
    državnega državni zbora zbor stranka stranke volitve volitvah kandidat zakon zakona sodišče
    sodišča tožilstvo sodnik obtožen preiskava občina občine župan mesto mesta ljubljana
    ljubljani maribor mariboru slovenija slovenske slovenski slovenska slovenskih evropske
    evropska evropski evropi unije zda ameriški ameriške hrvaška hrvaške italije nemčije avstrije
    državah vojna vojne mir varnost moški ženska ženske otroci otrok otroke starši oče mati
    družina družine življenje življenja smrt umrl umrli šola šole šoli učenci univerza študenti
    zdravje zdravniki bolnišnica bolnišnice voda vode požar nesreča nesreče cesta ceste cesti
    vozilo voznik podjetje podjetja družba družbe gospodarstva gospodarske trg trgu cena cene
    banka banke denar stroški dobiček rast delo dela delavci delavcev direktor uprava vodja član
    članov predstavniki tekma tekme tekmi trener ekipa ekipe igralci igralec sezona sezone točk
    točke zmaga zmago zmagal finale prvenstva prvenstvo pokal klub nogomet film knjiga knjige
    glasba umetnost gledališče razstava zgodovina kultura kulture problem težave vprašanje
    vprašanja načrt""",
    0.02: """agencija avto avtor beseda besede bližini bolnik boj cilj cilja četrti človek
    človeka časopis dejstvo delež denarja dogodek dogodki dokumenti dom domov drevo društvo
    država državljani direktorica dosegel dogaja glas glasovi glavni gospodarstvo gost gostje
    gora gore hčerka hiša hiše igra igre ime informacije inštitut interes izid izjava javnosti
    javni javna junij kazen kmetje kilometrov komisija komisije kriza krize kritika kraj kraju
    letalo leto ljudje ljubezen les lista mandat medijev mediji medije meja meje metrov
    mednarodne mednarodni možnost mladih morje moč možje napad napadi napaka narod naravo narave
    naslov nevarnost noč obdobje oblasti območju obisk obiskovalci obnova odbor odgovor odnosi
    odprli odprt ogenj okolje opozicija organizacija orožje oseb oseba osebe otok papež park
    pesem pesmi počitnice podpora podpore podatki podatkih pogajanja pogodba pogoji poletje
    položaj polovica ponudba posledice postopek potniki pot poti pravica pravice predlog
    predsednica predstava prebivalci prebivalcev pregled premoženje prihodnost pripadniki
    prireditev program programa projekt projekta proizvodnja promet proračun prostor prostori
    razmerje razvoj referendum reka reke rekord rešitev rezultat rezultati rusija rusije ruski
    sestanek sin sistem skupnost služba sodelovanje sodelovanja soočenje sneg sonce stanje
    stanovanje stran strani srečanje stavka strokovnjaki sveta svoboda šport športa tabor tarča
    tehnologija telefon televizija temperature terorizem tisk tovarna turisti turizem ukrajina
    uspeh uspeha ustanova ustava varnosti večer večina vlak vodstvo vojaki volilni vreme vrednost
    vrh zadetek zahod vzhod sever jug zahteva zaposleni zemlja zgodba zima zveza zveze žrtev
    žrtve župnija""",
}
