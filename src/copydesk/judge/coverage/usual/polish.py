"""Prior shares of news articles holding a common Polish word form (estimates by hand)."""

WORDS = {
    0.50: """nie na się do to jest że od za po jak jego oraz dla przez""",
    0.20: """ale ma tym tego co są tak już tylko może być był była było były będzie przed pod nad
    przy bez czy jej ich które który która których roku lat lata osób osoby polski polsce polska
    między także jednak kiedy gdy gdzie bardzo więc tej ten ta te tych jeszcze można również
    ponad około właśnie podczas wszystko wszystkich dwa dwie trzy pierwszy pierwsze nowe nowy
    nowej procent złotych tys mln powiedział mówi dni dnia czas czasie więcej teraz dziś sobie mu
    jeden jedna jednej innych inne aby ze we ja my oni on ona nas""",
    0.10: """poniedziałek wtorek środę czwartek piątek sobotę niedzielę stycznia lutego marca
    kwietnia maja czerwca lipca sierpnia września października listopada grudnia cztery pięć
    sześć siedem osiem dziewięć dziesięć sto tysięcy tysiące milionów miliony miliardów mld euro
    dolarów zł godz godziny godzinie godzin minut tydzień tygodnia tygodniu miesiąc miesięcy
    historii historia kultury problem problemy problemów pytanie pytania plan plany projekt
    projektu program programu decyzja decyzję decyzji sytuacja sytuacji umowy przypadku
    przypadków powodu sposób liczba grupa grupy miejsce miejsca miejscu część części początku
    początek koniec końca końcu raz razy pomoc pomocy zdaniem dodaje dodał podkreśla poinformował
    poinformowała twierdzi uważa wyjaśnia zapowiedział informuje stwierdził przyznał zaznaczył
    powinien powinny musi muszą mogą mógł mogła chce chcą chciał wie wiem trzeba należy zostać
    został została zostały zostało jestem mamy mają miał miała mieli mieć zrobić robi idzie
    przyszedł dostał widać znaleźć stoi zaczął doszło trwa odbędzie odbyło dobry dobre dobrze
    lepiej najlepszy najbardziej bardziej mniej największy duży duże dużo wielki wielu wiele małe
    wysokie długo młodych młodzi stary szybko ważne możliwe trudno potrzeba często czasem zawsze
    nigdy nic nikt coś ktoś każdy każdego inny drugi druga trzeci drugiej prawie niemal
    oczywiście naprawdę nawet zaś natomiast dlatego ponieważ bo choć chociaż jeśli jeżeli mimo
    wobec według wśród dzięki razem obecnie ostatnio ostatnich ostatni następnie potem później
    wcześniej kolejne kolejny kolejnych przyszłym ubiegłym temu tam tutaj tu dlaczego ile jaki
    jakie jako swoje swój swoich swoją nam nim nich niej go ją mnie mi pan pani panie nasz nasze
    naszej naszych""",
    0.05: """miesiąca wczoraj jutro rano wieczorem nocy policja policji policjanci minister
    ministra ministerstwo premier prezydent prezydenta rząd rządu sejm sejmu poseł posłowie
    partia partii pis wybory wyborów wyborach kandydat ustawa ustawy prawo prawa sąd sądu
    prokuratura prokuratury śledztwo sprawa sprawy sprawie gmina gminy miasto miasta mieście
    burmistrz wójt radni radnych województwa powiatu warszawa warszawie warszawy kraków krakowie
    poznań wrocław gdańsk kraju kraj krajów państwa państwo europejskiej europejski unii europy
    usa amerykański niemcy niemiec rosji rosja rosyjski ukrainy ukrainie wojny wojna świata
    świecie świat wojsko wojskowy bezpieczeństwa mężczyzna kobieta kobiety kobiet mężczyzn dzieci
    dziecko dziecka rodzice rodziny rodzina ojciec matka syn życie życia śmierci zginął zmarł
    szkoły szkole szkoła uczniów uniwersytetu studentów nauczyciele zdrowia szpitala szpitalu
    lekarze lekarz pacjentów wody pożar wypadku wypadek drogi drodze ulicy samochód samochodu
    kierowca kierowcy firma firmy firm gospodarki gospodarka rynku rynek ceny cen bank banku
    banków pieniądze pieniędzy koszty wzrost wzrostu pracy praca pracowników pracownicy zarząd
    dyrektor prezes szef rzecznik przewodniczący mecz meczu trener drużyna drużyny zawodników
    zawodnik piłkarze sezonu sezonie punktów zwycięstwo wygrał wygrała mistrzostw mistrz pucharu
    klub klubu ligi sport piłki film filmu książki książka muzyki teatr sztuki""",
    0.02: """adwokat akcji akcja aktor armii artykuł artysta atak ataku autor autobus badania
    badań bramki budowa budowy budynek budżet budżetu celu cel chiny chłopak choroby człowiek
    człowieka dane danych demokracji dom domu domów dostęp działania działalności działań
    dziennikarz dziennikarze dzień dziewczyna energii festiwal francji funkcjonariusze gazeta
    głos głosów głosowania głównie górnicy granicy gry imprezy informacje informacji inwestycji
    inwestycje internet internecie izrael język kampanii kara kary klasy klient klienci klientów
    kolej komisji komisja komitet kontroli kontrola konkurs konferencji konflikt koncert kościół
    kościoła kredyt krytyka kryzys króla ludzi ludzie ludziom lekarza lider linii list lista
    lokalne lotnisko londyn materiał media mediów metrów kilometrów km mieszkańcy mieszkańców
    mieszkania ministrów międzynarodowe moment muzeum nadzieję nagroda nagrody naród narodowego
    nauki negocjacje niedawno nazwisko obiekt obrony obywateli oczy odpowiedź odpowiedzialność
    ofiar ogień okres opinii opozycja opozycji organizacja organizacji osoba otwarcie pasażerów
    papież park piątej pierwsza pieniądz plaży poczta podatek podatki podstawie pogoda pojazd
    polacy polaków polityka polityki polityczne polskie polskich polskiego poparcie porozumienie
    postępowanie powietrza powstania pozycji prasy prezydenckich procesu produkcji produkty
    produktów profesor przedsiębiorcy przepisy przestępstwa przyczyny przykład przyszłości
    publicznych radio rada rady raport ratownicy reforma region regionu religii rola rolnicy
    rolników rozmowy rozwoju rozwój ruch ruchu rzeki samolot sieci sędzia siły skutki służby
    spadek społeczne społecznej spotkanie spotkania spółka spółki sprzedaż stan stanu stanów
    strony strona strażacy sukces sukcesu systemu system świętego śnieg środków środki świadek
    tekst telefon telewizji temat tematu terroryści tradycji transport turnieju turystów twórca
    udział udało układ umowa urząd urzędu usługi ustawę warunki wartość wieku wieś wiosny woda
    wojska wolności wpływ wsparcie współpracy wydarzenia wynik wyniki wyroku wystawa wyścig
    zachód wschód północ południe zadanie zakład zasady zdjęcia zdrowie zespół zespołu ziemi zima
    zmian zmiany zmiana związku związek związki znak""",
}
