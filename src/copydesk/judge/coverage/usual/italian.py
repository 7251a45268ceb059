"""Prior shares of news articles holding a common Italian word form (estimates by hand)."""

WORDS = {
    0.50: """di che il la in per un del della una con non sono ha al si da nel le anche dei più
    gli come dal ma alla lo delle ed""",
    0.20: """dell all nella sulla sul dopo stato due questo questa essere anni anno ai dalla
    hanno ad se era tra cui prima suo sua loro fatto quando ancora solo stata dove ora chi contro
    senza quello ogni tutti già fino poi molto presidente parte governo paese italia milioni euro
    giorni giorno tre oggi tempo italiano italiana tutto quanto primo caso fra perché così
    secondo città persone mentre altri altro altre altra momento sia deve può fare detto lavoro
    anzi bene mai ieri stati però casa vita mondo nuovo nuova suoi sue questi queste nelle negli
    agli alle dai dalle degli sui sugli uno ci mi io noi lui lei ne ciò quindi invece infatti
    oltre circa meno durante sempre""",
    0.10: """lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio marzo
    aprile maggio giugno luglio agosto settembre ottobre novembre dicembre quattro cinque sei
    sette otto nove dieci cento mila mille miliardi dollari ore minuti settimana settimane mese
    mesi mattina pomeriggio sera notte domani uomo donna uomini donne bambini bambino membri
    associazione comunità cittadini popolazione gente nessuno nulla niente qualcuno qualche
    alcuni alcune vari molti molte molta tanti tanto troppo poco pochi poche entrambi tutte tutta
    dunque allora comunque tuttavia quasi forse tale tali subito spesso davvero proprio qui lì là
    dentro fuori sopra sotto davanti accanto presso verso attraverso nonostante meglio peggio
    migliore buon buona buono bella bello grande grandi piccolo piccola alto alta bassa
    principale importante importanti nuovi nuove ultimo ultima ultimi ultime pmo prossima
    prossimi prime primi terzo terza seconda propria possibile necessario difficile certo chiaro
    vero vera giovane giovani lungo unico unica totale dire dice dicono fa fanno avere aveva
    avevano abbiamo hai ho avrebbe avrà saranno sarà sarebbe erano stava stanno sta fu furono
    possono poter potrebbe devono dovrebbe dovrà vuole vogliono rimane rimasto resta restare va
    vanno andare andato viene vengono venire venuto vedere visto sa sapere arrivato arrivare
    arriva dare dato passato passare continua vinto vincere perso spiegato affermato dichiarato
    aggiunto sottolineato annunciato ricordato commentato riferito conclude presentato chiesto
    credo abbia siano fosse siamo nostra nostro nostri quella quelli quelle quell nell sull
    dall""",
    0.05: """figlio figlia figli padre madre genitori famiglia famiglie morte morti morto polizia
    carabinieri agenti giustizia tribunale procura giudice giudici inchiesta indagini processo
    politica politico politici ministro ministero premier partito elezioni candidato parlamento
    senato camera deputati legge leggi progetto progetti diritto diritti crisi guerra sicurezza
    violenza economia economica azienda aziende impresa imprese società mercato prezzi prezzo
    crescita lavoratori occupazione banca banche denaro soldi spesa bilancio aumento investimenti
    produzione programma piano misure misura accordo incontro riunione decisione situazione
    problema problemi questione tema sistema servizio servizi salute ospedale medico medici
    scuola università studenti acqua zona regione provincia comune sindaco roma milano napoli
    torino europa europea europeo unione uniti internazionale nazionale pubblico pubblica
    pubblici sociale sociali direttore capo segretario squadra giocatori giocatore allenatore
    stagione campionato gol partita gara gioco vittoria finale coppa calcio campione film musica
    libro storia cultura opera via strada centro nord sud est ovest punto punti gruppo""",
    0.02: """accesso accusa accuse adesso aereo aeroporto affari agenzia aiuto alcuno alleanza
    ambiente americana americano americani amici amico amministrazione amore analisi animali
    anziani appello applicazione appuntamento area aree aria armi arresto arrestato arte articolo
    artista artisti aspetto assemblea assessore assicurazione atmosfera attacco attacchi
    attenzione attesa attività attore atto atti attuale auto autore autorità avanti avvocato
    azione base bambina battaglia bisogna bisogno borsa britannico calo cambiamento cambiare
    campagna campo candidati capace capacità capitale capitano carattere carcere carriera carta
    casi causa centinaia centrale centrodestra centrosinistra cerca cercare certamente chiesa
    chilometri cielo cifra cinema cina classe classifica cliente clienti club codice
    collaborazione colpa colpito colpo comando comitato commercio commissione compagnia complesso
    comunicato comunicazione comuni concerto concorso condizioni conferenza conferma confermato
    confronti confronto conoscere conoscenza consiglio consumatori consumo contatto contenuto
    conti conto contratto contributo controllo controlli corpo corsa corso corte cosa cose costa
    costi costo costituzione costruzione creare creazione credito crescere crimine critica
    critiche cuore cura dati data debito decisioni decreto denuncia democrazia destra dialogo
    dichiarazioni dichiarazione differenza difficoltà difesa diffusione digitale dimissioni dio
    dipendenti direzione dirigenti discorso discussione distanza diversi diverse domanda domande
    droga dubbio durata edizione educazione effetto effetti elettorale elettori emergenza energia
    enti ente entro eroe errore esempio esercito esperti esperienza esterno estero estate età
    evento eventi evitare ex extra fabbrica faccia facile fase fatti favore fede federale
    federazione felice ferito feriti festa festival fiducia figura fila filosofia fine
    finanziaria finanziario finito fiume fondazione fondi fondo fonti fonte forma formazione
    forte forza forze foto francese francia fratello fronte funzione fuoco futuro garanzia gas
    generale generazione genere germania giappone giocare giornale giornali giornalista
    giornalisti giovanile girone giro giunta giusto governatore grazie guida idea idee identità
    immagine immagini immigrati impatto impegno impianto impianti importanza impossibile
    imprenditori incendio incidente inglese indagine indice industria industriale inflazione
    informazione informazioni iniziativa iniziative inizio iniziato insieme insomma intelligenza
    intera interesse interessi interna interno internet intervento interventi intervista intorno
    inverno investitori iran iraq isola israele istituto istituzioni italiani italiane lato
    leader lega legame legale lettera lettere libertà libri libera libero linea linee lista
    livello locale locali londra lontano lotta luce luogo luoghi macchina maggioranza maggiore
    maggior magistrati malattia malattie malato mamma manca mancanza manifestazione
    manifestazioni mano mani mare massima massimo materia mattino media medaglia memoria mercati
    messaggio metà metri mezzo migliaia migranti militare militari minuto minori missione modello
    modo moglie momenti mondiale mondiali montagna motivo motivi motore movimento municipale
    museo musicale nascita nato natura naturale navi necessità negozi nemico neve nome nomi
    normale norma norme notizia notizie numero numerosi nucleare obiettivo obiettivi occasione
    occhi offerta operai operatori operazione operazioni opere opinione opportunità opposizione
    ordine organizzazione origine orario oro ospiti ottenere ottenuto pace pagare pagina paesi
    pagamento palazzo palla papa parco parere parlare parlato parola parole partecipanti
    partecipare partecipazione partenza partiti partite passaggio passo patto paura pena pensa
    pensare pensioni perdere perdita periodo permette personaggio personale petrolio pezzo piazza
    piede piena pilota piste polemica polemiche politiche popolare popolo porta portare portato
    porto posizione possibilità posti posto potere potenza povertà pratica precedente premio
    preoccupazione presenza presente presidenza pressione presto prevenzione previsto previsti
    primavera prigione principio privato privati procedura procuratore prodotti prodotto
    professionale professore promesso proposta proposte prospettiva protagonista protesta
    proteste protezione prova prove pubbliche pubblicato pubblicità qualità quarta quarto
    quartiere quest quota radio ragazza ragazze ragazzi ragazzo ragione ragioni rapporto rapporti
    rappresenta rappresentanti razzismo reale realizzare realizzato realtà recente recupero regia
    regime regionale regioni regista regole relazione relazioni religione repubblica residenti
    responsabile responsabili responsabilità rete ricerca ricercatori ricordo ridurre riduzione
    riforma riforme rifiuti rischio rischi risorse rispetto risposta risultati risultato ritardo
    ritiro ritorno riuscito riuscire rivoluzione ruolo russa russia russo sala salario salvare
    sanità sanitario sangue scelta scelte scena scienza sciopero scorsa scorso scritto scuole
    secolo sede segno segue seguito senso sentenza sentito serata serie seriamente sesso settore
    settori sfida significa signora signor simbolo sinistra sindacati sindacato siria sito social
    soldati sole soli soluzione soluzioni soprattutto sorella sostegno sostiene spagna spazio
    speciale speranza spettacolo spettacoli spiaggia spiega sport sportivo sportiva squadre
    stadio stampa statale stazione storico storica stesso stessa stessi straordinario strade
    straniero stranieri strategia strumenti strumento struttura strutture studi studio successo
    successivo sviluppo svizzera tanta tasse tasso teatro tecnica tecnico tecnologia telefono
    televisione temperature tendenza tensione teoria termine termini terra terreno territorio
    terrorismo terroristi test testa testimone testo titolo titoli traffico trasporti trasporto
    trattativa trattamento treno trova trovare trovato truppe turismo turisti turno turchia
    ucraina ufficiale ufficio umana umano unità urgente uso usa utenti utile utilizzo vacanza
    vacanze valore valori vecchio vecchia veicoli veicolo velocità vendita vendite vento verità
    versione verde viaggio vice vicino video vino virus visita vista vittima vittime vivere voce
    volta volte volo volontà volontari voti voto""",
    0.01: """abbandonato abitanti abitazione accettare accolto accordi accusato acque acquistare
    acquisto addirittura adulti affermazione affetto affrontare agricoltori agricoltura aiutare
    albergo alberi alimentare allarme allenamento alluvione ambasciata ambasciatore ambito
    amministratore ampio annuncio antica antico apertura aperta aperto appartamento applausi
    approvato approvazione araba arbitro arma armato arriveranno ascolto assenza assistenza
    associazioni attaccante attentato atleti attrice attualmente aula autobus automobile
    autonomia autori autostrada avanzata avversario avversari avviato avvio avvocati bagno bar
    bandiera barca basta battere battuto bellezza bere bianco bianca biglietti blocco bocca bomba
    bosco braccio brasile breve brutto cadavere caduta calciatore caldo calore camion cammino
    canale cancro cane cani cantante canzone canzoni capelli capitali capolavoro caratteristiche
    carburante carico carne carte cattolica cavallo cellulare cena centri centrocampo cerimonia
    chiama chiamato chiaramente chiede chiedere chiusa chiuso chiusura cibo circolazione civile
    civili classico clima coalizione collega colleghi collettiva collegamento colore colori
    coltello colonna comincia commerciale commercianti commissario comportamento comprare
    comprendere computer comunale comunista concetto concreto condanna condannato conflitto
    congresso conseguenza conseguenze consenso considerato consigliere consiglieri contesto
    continuare contrario contratti convegno convinto coppia coraggio coro correre corretto
    corruzione cosiddetta cosiddetto costretto creato cresciuta crescente cristiana critico croce
    cucina culturale culturali curiosità danni danno debutto decenni decina decine deciso decide
    decidere definito definitivo delitto delegazione deputato derby desiderio destino detenuti
    diciotto difendere differenze diminuzione dimostrare diplomatico diretta diretto direttiva
    disagio disastro disciplina disegno disoccupazione disponibile disposizione dispositivo
    distretto distribuzione divieto divisione docenti documento documenti dolore domicilio
    dominio doppio dottore dovere dramma durissimo eccellenza eccezionale economiche economici
    economico edificio edifici effettivamente elementi elemento elettrica elezione eletto
    emissioni emozione enorme entrata entrare entrambe episodio epoca equilibrio eredità errori
    esame escluso esecutivo esercizio esistenza esiste esito esplosione esponenti espressione
    essenziale estrema estremo estremamente europee europei eventuale evidente evoluzione
    facilmente falso fama familiari famoso farmaci fascia fattori fenomeno ferma fermare fermato
    ferrovia fianco fiamme fiera finalmente finanza finanziamenti finestra fiori firma firmato
    fisica fisico flusso folla forme formula fortuna franchi frase frattempo freddo frontiera
    frontiere fuga funziona furto garantire gatto gelo genio gestione gesto ghiaccio giallo
    giardino ginocchio gioia giornata giornate gioventù giudizio giuria gloria governi grado
    gratuito grave gravi guadagno guardare guardia guerre identificato illegale imbarcazione
    immobiliare impiegati imposta imposte impressione improvvisamente inaugurazione incontrare
    incontri incremento indagato indietro indipendente indipendenza individuo indirizzo inferiore
    influenza infortunio infrastrutture ingegnere inglesi inghilterra ingresso innovazione
    inserito insegnanti insegnante intanto integrazione intende intenzione intervenire inutile
    investimento inviato invito ipotesi irregolari iscrizioni ispirazione istruzione ladri lago
    lanciato lancio largo lasciare lasciato lascia latte lavora lavorare lavori lavoratore
    lavorato legato leggere leggera lento letto lettore lettori letteratura lezione lezioni
    liberazione libreria licenza licenziamenti limite limiti lingua livelli locandina logica
    lunga lunghi lupo lusso maglia magari magistrato magistratura malgrado mandato mandare
    mantenere maschile massa matematica materiale materiali matrimonio mattinata mattone medicina
    medio membro mensile mente mentale merito messa messo mette mettere metodo metro mezza mezzi
    mezzogiorno miglioramento migliorare migliori militante minaccia minacce minima minimo
    ministri minoranza mira mistero mitico mobile moda moderno moneta monte morale morire
    moltissimi mortale mostra motori mura musei musicisti nascere nascosto natale nave nazione
    nazioni negativo negoziati nera nero neppure nessuna nessun normativa note notevole nozze
    nuotare oceano odio offre offrire oggetto oggetti olimpiadi ombra omicidio omaggio onda onore
    onorevole operatore opportuno oppure ordinanza ordini organizzato organizzare orgoglio
    orientamento originale ormai orto ospedali ottimo pacchetto padrone paga pagato pane panchina
    panico parcheggio parente parenti parigi pari parlamentare parlamentari parrocchia partigiani
    partner passeggeri passione pasto patrimonio pausa pazienti paziente pazza peccato pelle
    pellicola pendolari pensato pensiero pensionati percentuale percorso perdono perfetto perfino
    pericolo pericoloso pericolosa permesso permettere persona personaggi personalmente peso
    pesca pesce pessimo pezzi piacere piani pianeta piante pianta piatti piccoli piccole piedi
    pioggia pietra piscina plastica podio poesia poeta poliziotti poliziotto ponte popolazioni
    porte portavoce portiere positivo possesso possiamo post poteva potuto poveri povero preciso
    preferito prefetto premi prende prendere preparazione presa preso presentare presentazione
    prestazioni presunto pretesa previsioni primato principali principe privata privilegi
    probabilmente procedimento processi prodotta produrre produttori produttore profitti profondo
    profonda programmi progresso promessa promozione pronto pronta proprietà proprietario
    prosegue protagonisti provoca provocato provvedimento provvedimenti psicologico pubblicazione
    pulito punta punizione pura purtroppo quadro quaranta quindici quotidiano quotidiani rabbia
    raccolta raccolto racconta raccontato radici raggiungere raggiunto ragionamento rapido
    rapidamente rapina rappresentante rata reato reati reazione reazioni recentemente record
    reddito referendum regalo registrato registrazione regno regolamento regolare relativa rende
    rendere residenza resistenza resto ricchezza ricco ricchi ricevere ricevuto richiesta
    richieste riconosciuto riconoscere ricorda ricordare ricorso ridotto riesce riferimento
    rifugiati rigore rilancio rilascio rimettere rinnovo ripresa riprendere risalire riserva
    risolvere risparmio ristorante ristoranti risultare ritmo ritorna ritrovare riunioni rivale
    rivali rivista rosso rossa rumore russi sabbia sacrificio salire salita salone salto salvo
    santo sanzioni sapore sbagliato sbarco scadenza scambio scandalo scattare scegliere scelto
    scenario schermo sciare scientifica scientifico scomparsa scomparso sconfitta scontri scontro
    scoperta scoperto scopo scrittore scrivere scrive scudetto sdegno secondi segnale segnali
    segnato segreto selezione sembra sembrano semifinale semplice semplicemente senatore senatori
    sensibile sentimento sentire separazione sequestro sereno sergente sessione sesto settanta
    settimanale severo sfide sguardo sicuro sicuramente sigla significativo silenzio simile
    simili sindaci singolo singoli situazioni smentito soccorso soccorsi socialista soci soffrire
    soggetti soggetto sogno solidarietà solitamente solito somma sondaggi sondaggio sopravvissuti
    sorpresa sorriso sorte sospeso sosta sostanza sostenere sostenitori sostenuto sostituire
    spagnolo spalle sparato spazi specialista specie spera sperare spese spiegare spinta sponsor
    stabile stabilito stamattina stanza stare statistica statistiche statua stelle stella stile
    stipendio stipendi stop storie strage stretta striscia stupro sufficiente suicidio suolo
    superare superato superficie superiore supporto svolge svolta tabella taglio tagli talento
    tappa tardi targa tavolo taxi tecnologie tedesca tedesco tedeschi tela telecamere telefonata
    temi temporale tempi tenere tennis tentativo tenuto terapia termina terremoto testimoni
    testimonianza tetto tifosi tipo tiro tocca tonnellate tono torna tornare tornato torneo torre
    tradizione tradizionale tragedia tranquillo transizione trasferta trasformazione trasmissione
    trasparenza tratta trattato trattative trenta triste truffa tumore turistica tutela tuttora
    udienza ufficialmente uffici ultras umanità umani undici universale universitario urbana
    urgenza uscire uscita uscito utili utilizzare utilizzato vaccino valutazione valle vantaggio
    vasta vecchi velocemente vendere venduto ventina venti verifica verificare vescovo vestito
    veterano vetro viaggiatori vicenda vicina vicini vietato vigili vigore villa vincitore
    violento visioni visitatori viva vivo voglia volevo volante volontario voltare volume
    vorrebbe votare votato vuoto zero zone""",
}
