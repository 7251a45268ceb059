"""Prior shares of news articles holding a common Swedish word form (estimates by hand)."""

WORDS = {
    0.50: """och att det som en på är av för med den till inte har de om ett men var jag han från
    vi så""",
    0.20: """kan när man ska år nu hade också eller efter där under vid sig vara blir blev mot
    får skulle ut upp alla andra bara hon sin sina sitt mer än finns måste då här mycket någon
    något några över två tre första nya ny sverige svenska procent miljoner kronor enligt säger
    många dag dem detta denna dessa före mellan in utan inom även fram kommer kom ha bli varit
    blivit gör vill hur vad varför vilket samt sedan året tid del stora stor redan helt""",
    0.10: """måndag tisdag onsdag torsdag fredag lördag söndag måndagen tisdagen onsdagen
    torsdagen fredagen lördagen söndagen januari februari mars april maj juni juli augusti
    september oktober november december fyra fem sex sju åtta nio tio hundra tusen miljarder
    dollar euro klockan timmar minuter vecka veckan veckor månad månader dagar dagen kväll
    kvällen natten morgonen anledning resultat antal antalet grupp gruppen medlemmar roll plats
    början slutet gång gånger sätt hjälp fall göra gjort gjorde går gick gått komma kommit står
    stod se ser såg sett fick fått ge ger gav gett låta tog ta tar tagit säga sade sa sagt
    skriver skrev berättar tror tycker menar anser vet visste veta ville kunde kunnat borde bör
    fanns ligger låg håller höll visar visade börja började sätta leda bra bättre bäst största
    större små liten litet hög höga lång långa ung unga gammal gamla snabbt viktigt viktig
    möjligt tydligt svårt nödvändigt tillräckligt ofta ibland alltid aldrig inget ingen inga
    ingenting allt varje själv själva tillsammans nästan cirka ungefär mindre minst mest flera
    flest dessutom därför därefter därmed dock ändå alltså kanske säkert naturligtvis verkligen
    utanför bakom bredvid genom förra nästa kommande senaste senare tidigare tredje hela halv
    fortfarande snart samma olika egen egna vår våra min mitt mina din du er oss honom henne
    deras hans hennes dess vilka vem eftersom medan trots enbart just""",
    0.05: """igår idag imorgon polisen polis regeringen regering statsminister minister ministern
    president presidenten riksdagen parti partiet partier politik politiska politiker valet val
    väljare moderaterna socialdemokraterna lag lagen domstol tingsrätten åklagare misstänkt
    misstänkta dömd brott offer kommun kommunen kommuner kommunal stockholm göteborg malmö europa
    europeiska eu usa amerikanska ryssland ryska tyskland norge danmark finland land landet
    länder världen stad staden krig kriget fred mannen kvinna kvinnan kvinnor män barn barnen
    föräldrar pappa mamma familj familjen liv livet död döda dog skola skolan skolor elever
    lärare universitet studenter forskare forskning sjukhus sjukhuset vård läkare patienter
    vatten brand branden olycka olyckan väg vägen gatan bil bilen trafik tåg företag företaget
    företagen ekonomi ekonomin marknaden bank banken pengar priset priser kostnader vinst jobb
    arbete anställda chef vd ordförande presschef talesperson uttalande tidning tidningen
    nyhetsbyrån tt matchen match laget tränare spelare spelaren säsongen mål poäng seger vann
    vinna vunnit förlorade final vm em klubben fotboll film filmen bok boken musik konst teater
    publik historia problem fråga frågan frågor plan planer beslut beslutet åtgärder situation
    situationen""",
    0.02: """advokat angrepp ansvar arbetslöshet armén avtal bakgrund befolkningen bilar bild
    bilder brittiska bolag bolaget bostäder boende byggnad central chans chefen debatt demokrati
    direkt dotter drabbats driva effekt eld elden energi engelska erfarenhet exempel fara fans
    fest flygplan flyktingar folk form forskaren fortsätta framtid framtiden franska frankrike
    frihet fri fängelse försäljning förslag förslaget förhandlingar försöker försökte
    förändringar föreningen gränsen hälsa händelsen händer hem hemma hand hot hus huset idé
    information internationella internet intervju intresse israel italien japan journalist
    journalister kamp kina klimat kommission konflikt kontroll kraft krav kraven kris krisen
    kritik kung kvar kyrkan källor landslaget ledare ledning lokala läget lön luften makt mark
    media medlem meter kilometer militären miljö minut mord moderna museum myndigheter människor
    människa möte mötet namn nationella natur norr söder öster väster nyheter nämnden
    oppositionen ordning område området organisation orsak par personer person personal pris
    produkter produktion program projekt protester rapport rapporten region regler resa rätt
    rättegång risk risken röster samarbete samhället samtal sida siffror sjö sjuk skada skador
    skadad skattar skatt skatten skott skydd sommaren son soldater spel spela spelade stöd stopp
    staten statliga steg studie styrelsen ställning svar system säkerhet sök tal tanke teknik
    telefon television text titel tillväxt tidigt turkiet turister tv tävlingen unionen ungdomar
    undersökning uppdrag utbildning utredning utveckling utvecklingen vapen vänner värde
    världskriget vägar vänstern våld väder vinter vintern äldre åker ägare ökar ökat ökade ökning
    överens""",
}
