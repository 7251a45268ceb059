"""Prior shares of news articles holding a common English word form (estimates by hand)."""

WORDS = {
    0.50: """the and of to in for on is that with as at by from it was be are have has an this
    not but who said he his they will were had been their which or its one after we more about
    also when would there all out up can you new two she her than into people over time if other
    last first year what no so some years just while could our only now do us before like them
    most because many being during where how even him made including says may my through those
    these between three make since against still both should back did any such well part""",
    0.20: """get day way very much then down week work take here told set own under off each
    around four really going come good another five long high home next world state used too end
    million per cent percent place former according group until called does best see know think
    want use got went came took found within public government country president national company
    police news several six number days months month today city family life help need your me
    every few big same never right go say added later early late without among less old second
    third put keep left support using always something things already great making though lot man
    men woman women children school house area once given local case report team members member
    business top plan plans party began start started become far across however again least show
    change money minister health might must seen ago market taking night working better little
    why open run seven eight ten small full major past asked statement issue issues able coming
    looking look important service services together away known expected half needs likely others
    whether community south north west east hours wednesday thursday friday monday tuesday
    saturday sunday march january june july september october november december february april
    august general held meeting himself having done point based possible university united states
    american director international recent current line billion taken instead along game season
    office media chief order decision power announced near future close despite real find give
    turn bring believe call""",
    0.10: """court law death killed died deal talks leader leaders official officials political
    election campaign vote prime secretary spokesman spokesperson spokeswoman department federal
    council committee countries security military war attack forces attacks control action system
    program programme project process policy problem problems question reason result results role
    rate rates price prices cost costs industry economic economy financial bank companies tax
    budget increase increased growth rise fell rose pay paid job jobs workers staff board
    executive manager chairman chair head senior center centre street road building car water
    food fire air land property site region areas town district county central station students
    student education college parents mother father son daughter wife husband friends friend boy
    girl young age born child families couple person human history story book film music art
    event events win won lost lead players player club league match side played playing play
    coach final score points victory goal cup record career ever anything nothing everything
    everyone someone anyone nobody ahead almost enough often perhaps soon yet rather simply quite
    actually clear certain different hard difficult easy strong short large larger largest
    biggest bigger low lower higher highest main key special single whole total average nearly
    especially particularly recently immediately currently previously finally certainly probably
    directly fully additional following further earlier ready sure true wrong free fact idea hope
    hand hands face eyes body mind heart name named list letter word words information data
    reports reported reporting reporters research study technology online social internet website
    phone video shows shown showed tell telling talk talking speak speaking spoke ask asking
    saying spent spend save buy sell sold bought move moved moving moves stay leave leaving
    leaves return returned live living lived die helped helping wanted needed gave giving gives
    gets getting makes takes comes goes seems looks works runs means mean meant knew feel felt
    thought thing try trying tried let allow allowed allowing follow followed continue continued
    continues remain remains remained include includes included involved became becoming brought
    led leading turned kept sent sending send received receive offered offer offers provide
    provided provides providing create created build built hit hold holding meet met cut stop
    stopped considered charge charged charges arrested accused alleged claims claim claimed
    investigation evidence judge trial legal justice lawyer rights crime victims victim incident
    injured hospital medical patients care doctors drug safety risk concerns concern emergency
    response effort efforts access opportunity level levels rest front middle inside outside
    behind above below toward towards throughout upon beyond weeks weekend morning evening
    afternoon minutes hour minute moment period times century decade decades twice nine twelve
    dozen hundreds thousands thousand hundred british european china uk england london britain
    europe america washington york trade foreign agreement union capital interest value fund
    funding investment investors sales agency authorities authority organization association
    conference press release interview published comment comments commission democratic
    republican congress senate bill parliament opposition protest freedom position term terms
    view views example kind type amount share cases themselves itself whose although becomes
    nation citizens population residents black white red green bad bit yes maybe appeared appears
    add adding wants""",
    0.05: """ability act agree aid aim amid annual appeal appear approach approved argued arrest
    arrived article attended attention award aware base beating beginning benefit benefits blue
    box break bringing broke broken buildings businesses busy calling calls cannot caught cause
    caused cars carry carried carrying caution challenge challenges chance chances changed
    changes changing character check choice choose clearly climate closed closing command
    communities conditions confirmed conflict consider considering content cover covered crisis
    cultural daily damage date dead debate decided decline delivered design detail details
    developed development difference discuss discussed discussion draw drive driving drop dropped
    due ease either else english enjoy ensure entered entire eventually exactly exist existing
    expect experience expert extra eye facing fail failed fall fallen falling field fight figure
    file filed finding finish finished fit fix focus focused force forced form formed forward
    foundation fourth function games generation goals ground groups growing grow happen happened
    happening heard hearing height highly hill historic homes host hot huge ideas image impact
    improve independent initial injuries interested interests involving join joined joint killing
    killings knows knowledge lack language launch launched laws learn learned light lines link
    linked listed lives longer loss losses love loved management mark markets matter matters
    meaning meanwhile meetings memory message minimum missing names nations nor note notice
    numbers offering officers oil ones opened opening opportunities original originally overall
    owned pace park particular parts pass path paying peace performance personal phase picture
    pictures planned planning pleased plus policies politics possibly post posted potential
    powerful powers prepared presented previous priority produce produced professional programs
    progress promise promised protect prove pull pulled push pushed putting quarter questions
    quick quickly race raise raised raising range reach reached reaction read reading reality
    reasons records regional related relationship released remember reporter represent
    representatives request require required requires respect respond responded responsibility
    responsible review rising room round rule ruled rules ruling running russia safe saw scene
    scheduled schools search seat seats seeing seek seeking seemed self sense separate series
    serious seriously serve session shared shares shot showing sign signed significant similar
    simple sites situation size sometimes southern space specific speech spending sport sports
    stage stand standard standing star starting starts status step steps stood stories straight
    strength style success successful suffered suggested suggests supply supported supporting
    table taxes teams thank thanks threatened tonight tough treated ultimate understand unless
    update user usually valley various via visit visited voted wait waiting walked wanting
    warning watch watching ways western wide widely winning wish worked worker worth worst worse
    write writing writer written wrote fifth shut none whom forms turning""",
    0.02: """absence accept accepted accident account accounts achieve achieved acting activities
    activity adults advantage advice affairs affected afford agencies agent agreed agents
    agreements aimed aircraft airport alone answer anti apart apparently application artist
    assembly assets assistance assistant attempt attempts audience author available avoid baby
    ball ban banks bar basis battle beat beautiful birth birthday blood brother camera camp
    candidate candidates charity chinese christmas church civil class clinical closely coast cold
    collection combined commercial commitment committed common competition complete completed
    completely complex condition conduct conducted confidence connection construction consumer
    consumers contact contract corporate correct corruption coverage creating credit crew
    critical criticism culture customers dangerous dark debt decisions declared declined deep
    defense defence degree demand demands deputy described designed detained develop developing
    disease double doubt dream driver drugs duty easily effect effective effects elections
    elected electric email employees employment encourage energy engineering enter environment
    environmental equipment era essential establish established excellent exchange experts
    explained express expressed facebook facilities facility factor factors failure fair faith
    famous fans favorite fear fears federation feeling fighting figures finance fine firm firms
    floor flight football founder french fuel gas german germany global god gold goods governor
    guard guilty gun guy hair happy heavy holiday holidays hotel identified images implement
    improved improving independence india indian individual individuals inflation influence
    initially initiative injury inquiry institute institutions insurance intelligence intended
    introduced investigating invited iran iraq islamic island israel italy japan japanese
    journalist journalists judges king labor labour lady lawyers leadership learning legislation
    liberal limit limited loan location machine maintain majority male managed mass massive
    master material maximum mayor measure measures mental mile miles ministry miss mission mixed
    model modern monthly moral mostly moscow mom movement movie multiple murder natural nature
    nearby necessary negative negotiations neighborhood network nevertheless normal northern
    noted nuclear obviously occurred officer operation operations opinion option options ordered
    organisation organized owner owners pain paper parties partly partner partners partnership
    passed passengers passing patient perfect permanent personnel photo physical piece platform
    poor popular positive possibility practice presence present presidential pressure prevent
    prison private prize product production products professor profit promote proposal proposed
    prosecutors protection protests proud quality radio rebels recession recognized recommended
    recovery reduce reduced reform reforms refused regarding regular relations religious
    representative republic rescue reserve resources restaurant rich river rival rural russian
    sale scheme science secure sentence served serving sex sexual shooting shop signs sister
    skills slow society software solution song sort sought source sources spot spread spring
    standards stars stock stocks store stores strategy strike strikes struggle subject summer
    supporters surprise survey suspect suspected syria systems target targets task teacher
    teachers technical telephone television terrorism test tests texas text theater theatre theme
    threat throw ties tour tourism tournament traditional traffic training transfer transport
    travel treatment tree trip troops trouble trust truth twitter types understanding
    unemployment unit units universities urged users vehicle vehicles version videos village
    violence visitors voice volunteers voters votes walk wall warned watched weapons weather
    wearing wind winner winter wonder yesterday youth border debut defeat defeated champion
    championship scored kilometers kilometres meters metres feet square tons degrees dollars
    dollar euros pounds sixth eleven fifteen twenty thirty forty fifty australia australian
    africa african asia asian arab canada canadian california france spain italian israeli
    ukraine gaza muslim christian pakistan afghanistan korea mexico paris signing female abroad
    actions active acts actual adds address addressed addressing administration administrative
    admit admitted adopt adult advisory affect affecting aims airports allegedly allows amazing
    ambitious americans announce announcement anyway appearance applications apply appointment
    appropriate approximately argue argues arm arrive arriving associated attacked attempted
    attend attending attorney attract awarded backed background band banking basic begin begins
    believed believes bid bills boost borders bottom brings buying campus capacity challenging
    challenged championships chose cities claiming colleague colleagues collect concerned context
    continuing core count course covers criminal cuts danger dates deals deaths decide
    declaration defending definitely departments describe determined direct direction door drives
    driven elsewhere employed ended ending engine engineer entirely everybody expand expecting
    expects experiences explain explains faced faces falls feature features featuring films
    flooding focusing follows frequently funds generally generations governments governing
    greater happens headed heading heads hear hire holds hopes hoped hoping immediate
    implementation importance increases increasing increasingly indeed interesting intervention
    interviewed interviews investigate investigations involves jersey keeping keeps knowing
    latest latter lets liked likes links loans located locations mainly maintained manage marked
    married medium meets mentioned milk nationally neighborhoods newly normally notes noting
    obvious offices officially okay ongoing onto opens operate orders organisations organisers
    plays pre presidents pretty primarily princess producers projects proved publicly reaching
    react recognised recommendation regard regarded regions regularly religions remaining
    republicans requirements requiring researchers researcher resource returns revealed risks
    roles schedule scores seasons sees selection selling serves sides significantly similarly
    slowly spanish speaks specifically stated statements stayed stopping stops strategies
    strongly successfully sun supreme talked teenager terror therefore thinking tracks trips
    unclear unlikely upcoming van variety vice viewed viewers visiting visits volume winners
    writes mr mrs ms dr inc ltd co ceo corp pm advised advise reportedly brexit eu""",
    0.01: """abandoned academic accepting accidents accompanied accounting accurate accusations
    accusing acquired acquisition acknowledged actors actress adopted advance advanced advisers
    advocate advocates affair afraid agricultural agriculture aides airline airlines album
    alcohol alert alive allegations alliance allies alternative ambassador amendment ancient
    anger angry animal animals apartment apparent appealed appearing applied appointed appreciate
    approaching approval approve architect arena argument armed arms army arrangement arrests
    arrival articles artists arts aside asset assault assessment associates assume atmosphere
    attached attacking attitude attorneys attractive auction authorized auto automatic avenue
    awards awareness badly bag balance ballot baseball basketball beach bear bed bedroom beer
    behavior behaviour beliefs bids bird bitter blame blamed block blocked boat bodies bomb
    bombing bombs bond bonds books boss bottle boys brand brands breaking bridge brief briefing
    bright broad broadcast bus buyers cabinet cable cameras campaigns cancer capable capture
    captured carbon card cards careful carefully cash casualties category catholic celebrate
    celebrated celebration cell centers centres ceremony chain champions channel chapter
    characters chemical choices chosen circumstances citing civilian civilians classes classic
    clients clothes clothing clubs coal coalition coaches code coffee collapse collapsed
    collected color comedy comfortable commander commissioner commit communications communist
    compared comparison compensation competitive competitors complained complaint complaints
    computer computers concept concert conclusion condemned confident confirm congressional
    consecutive consequences conservative consideration consistent constant constitution
    constitutional contest contracts contrast contribute contribution controlled controversial
    controversy convention conversation convicted conviction cool cooperation corporation
    corporations correspondent costing councils counter courage courts crash creation creative
    crimes criminals critics criticized criticised cross crowd crowds crucial currency cycle
    damaged dance database deadline deadly dealing defensive delay delayed delays deliver
    delivery democracy democrats demonstrated demonstrators denied deny departure depth desire
    desperate destroyed destruction detective determine devices device dialogue dinner diplomatic
    diplomats directed directors disaster discovery discussions diseases dismissed display
    dispute distance distribution diversity division doctor document documents dog dogs domestic
    donated doors dozens draft dramatic drew drink drinking drivers dropping drove dry earned
    earnings earth economies economist economists edge edition editor effectively elderly
    electoral electricity electronic element elements embassy emerged emotional employee employer
    employers empty encouraged enemy enforcement engaged engineers enormous entertainment equal
    error escape escaped ethnic evil everyday examination excited exciting executives exercise
    exhibition expanded expansion expenses expensive explosion export exports exposed extended
    extreme extremely facts factory farm farmers fashion fast fatal favor favour favourite
    featured fees fee feed feels festival fewer fighters fighter filled filing finals fires fixed
    flag flat flights flood flying foot forecast forest fought founded fraud fresh friendly fruit
    fundamental funeral funny gain gained gang gap garden gather gathered gay georgia gift girls
    glad glass grand grant granted greatest guess guests guide guidelines guns guys handed handle
    handling hanging harder hate headquarters healthy heat heavily helicopter helps hero highway
    hired historical hits hole hong honor hospitals households housing hunt hurt ice identify
    illegal illness imagine immigrants immigration imposed impossible impressive improvement
    incidents income incredible index indicated industrial industries infection infrastructure
    inner innocent innovation insisted inspector inspired institution internal interior introduce
    invasion invest invested investigators investments involvement iraqi iranian irish ireland
    iron islands items jail jerusalem joining journey judicial jump jury kid kids kick kingdom
    kitchen korean lake landed landing languages latin lawmakers lawsuit lay leads leg lessons
    letters license lie lights limits listen listening literature loves lovely luck lucky lunch
    machines magazine mail maintenance managers mandate manner manufacturers manufacturing map
    marketing marriage matches materials meal measured meat medal medicine memorial memories
    messages metal method methods mexican migrants militants mine mines minority mistake mistakes
    mobile moments momentum monitor monitoring mortgage mothers motor mount mountain mountains
    mouth museum musical muslims narrow naval navy neck neighbors neighbours neither networks
    newspaper newspapers nice nights nobel nomination nominated northeast northwest novel nurses
    objective obtained ocean offense offensive older olympic olympics operated operating opposed
    opinions opponents opponent ordinary organizations organizers outcome overseas ownership pack
    package page pages pair palestinian palestinians panel papers parking parks parliamentary
    participants participate participated participation passenger passion pattern payment
    payments pension perform performances performed perspective photos pick picked pieces pilot
    pitch placed places plane planet plant plants plastic plenty pocket poll polls pool pope
    portion positions possibilities posts potentially pound poverty practical prepare preparing
    presentation presidency primary prince principal principle principles prior prisoners privacy
    procedure procedures proceedings producer profits promises proof proper properly properties
    proposals prosecution prosecutor protected protesters provincial province provisions
    publication purchase purchased pure purpose pursue quarterback queen quiet quoted quote
    racing racism rail railway rain ran ranked rapid rapidly rare rarely rating readers realize
    realized rebel recall receiving reception recognition recommendations recording recorded
    recover reduction referendum refugees refuse regime registered regulation regulations
    regulatory rejected relatively relatives relationships releases relief religion remarks
    remarkable remembered remote removed repair repeatedly replace replaced replacement
    represented representing reputation requests requested residence resident resign resignation
    resigned resistance resolution resolve resort restaurants restrictions resulted resulting
    retail retired retirement returning reveal revenue revenues revolution ring rises roads
    robbery rock roof rooms rough roughly route royal row rugby runner rush sad sadly saved
    saving savings saudi scale scandal scenes scholarship scientific scientist scientists scoring
    screen script sea seconds secret section sector securities seemingly selected senator
    senators sensitive sentenced severe shape sharp shift ship ships shock shoot shopping shops
    shortly shots shoulder sick sight signal silence singer sit sitting skin sky sleep slightly
    smart smoke smoking smaller snow soccer socialist solar soldier soldiers solid solutions
    solve somewhat somebody songs sons sorry sound sounds southwest soviet speaker specialist
    speed spirit split stability stable stadium stages stake statistics steady steel stepped
    stolen stone storage storm strange strategic stream streets stress strict striking structure
    struck studies studio stuff substantial suddenly suffer suffering suggest suggestion suicide
    suit suitable super supplies supposed surface surgery surprised surprising surrounded
    surrounding survival survive survived suspended suspects suspicion sweet switch symbol
    symptoms talent talented tank tanks targeted tea teach teaching technologies teen teenagers
    temperature temperatures temple temporary tend tennis tension tensions terrible territory
    terrorist terrorists testimony thanked thanksgiving thick thin threats threatening thrown
    threw throwing ticket tickets tight tiny tired title titles tobacco tomorrow tone tool tools
    topic topics touch tourists tower towns toys track tradition tragedy trail train trained
    trains transaction transition transportation treat trees trend trends trials tribute truck
    trucks truly turkey turkish turns tv typical typically ultimately uncle unfortunately unique
    unknown unlike upper urban urging useful usual vacation valuable values vast venture venue
    versus victories villages violation violations violent virus vision vital volunteer voting
    vulnerable wage wages waited wake walking warm warnings wars wash waste waters wave weak
    weapon wealth web wedding weekly weekends weight welcome welcomed welfare whatever whenever
    willing window windows wine wing withdraw witness witnesses wonderful wood worldwide worried
    worry worrying wound wounded writers yard yards younger youngest yourself youtube zone etc
    egypt libya delhi beijing tokyo florida chicago boston angeles ohio nato""",
    0.005: """abuse academy actor adequate adviser afghan afterward aftermath aggressive aging
    agreeing alongside anniversary announcing annually anxiety arguing assess assigned assured
    attempting attracted averaged backing banned bars bay belong bench birds blow boards breaks
    breath brilliant brothers budgets buses calm cancelled captain chase cheap churches clean
    click climb clinic closer coastal colleges column columns committees communication compete
    comply components comprehensive concluded conducting conferences confirming connected
    consumption contacted contain containing contributed corner counsel counts coup covering
    credited criteria cultures customer cutting daughters decrease dedicated defend defendant
    defender deficit define demanded demanding depending depression describes deserve designs
    developers disappeared disappointed discovered discussing diverse divided donations drawing
    drawn dress earn educational eggs emissions emphasis enable encouraging engage entering
    enterprise entrance entry equally evaluation evident exact examples exclusive executed exit
    experienced exposure extensive extent fairly false familiar fan faster fights finances
    financing fingers fired firing fishing fish flow flowers fly forever forget forming forum
    gains generate gentleman golden golf graduate graduated grants grew guarantee guest harm
    heights holy homeless hosted hosting hostages household identity ignored impose improvements
    incredibly indicate indicates innovative inspection instance institutional instruments
    introduction invitation item jewish journal jumped junior kilometer lands lane laugh laughed
    legs lending lesson lies lifestyle lifted locked logistics loyal luxury makers managing metro
    michigan mid midnight militia minds mode moderate modest moon motion motivated mystery
    nationwide needing neighbor nominee objects occasion occupied odds operator oppose organize
    organizing organised origin outlook outstanding oxygen painting pardon parent patrol
    photographs picking planes pleasure port powered practices praised pregnant preparation print
    privately processes producing profile promoting prompted protecting protesting proven pulling
    purposes pushing quarterly quarters racial ranks reader realise recalled recognize recovered
    reducing reference referred referring reflect reflects register registration regulators
    relative relation rely remove rent repeat repeated represents rescued reservation residential
    responding restored resume retain retire reward ride riding riot rolling romantic root roots
    scenario seller sharing shoulders silver singing sir smile smallest smooth sole soul
    southeast species spiritual sponsored staffing stance startup stretch structures struggling
    studied subsequent suburban sunni surveillance sustainable sweden swimming syrian tackle
    taliban tall targeting taste taught technique tehran testing thirds torture touched tourist
    tragic transparency traveling travelled traveled treaty tribal triggered turnover twins
    undergo underground unhappy unity unprecedented updated urge vegetables veteran veterans
    virginia virtual visa visual vocal walls warming waves wear wells wherever whilst wildlife
    winds wins wireless wishes withdrawal withdrew wooden worship worlds yeah zones bail bailout
    statistical accord mumbai absolute absolutely accountability accuracy achievement acres
    activist activists adapt addiction affordable afternoons agenda ambulance analysis analyst
    analysts anonymous anticipated anywhere apology app apps argentina aspects athletes atlantic
    attackers attendance attributed aunt autumn bankruptcy battery beauty behalf belief berlin
    billions bishop blast boats boots booked borrowing brain branch brave brazil bread breakfast
    breast bride brown brussels bullet bullets burden bureau burned burning buried businessman
    calculated calendar cap cargo ceasefire celebrity celebrities certificate chairs chairwoman
    charging charter chef chemicals chicken childhood cinema circle circuit citizen citizenship
    clash clashes cleared clearing clerk climbing closure cloud collision colonel colonial colour
    comfort commented commenting commerce commissioned commodities compare complicated composed
    compromise concentrate concentrated concentration concerning concrete connections consensus
    conservation considers considerable conspiracy constituency constructed consultant
    consultants consulting contains contemporary continuous contractor contributions convert
    convinced cook cooking coordination cop copies cops copper copy coronavirus cousin covid
    craft cricket crossed crossing crown crude cruise cuba custody custom cyber dancing dealers
    dealt debris declining definition delegates delegation demonstrate demonstration dental
    depends deployed deployment deposit deposits desert desk destination detailed detectives
    detention devastating developments dictator diet difficulties digital dining diplomacy
    directions disabilities disability disabled discipline discount discrimination displaced
    disputed districts dividend divorce documentary dominated donation donors downtown drama
    drought eager earliest earthquake eastern easier easter eat eating efficiency efficient
    egyptian eighth elite emerging emotions emperor empire ends enhance enjoyed enrolled
    entrepreneurs entrepreneur episode equity estate estimated estimates ethics evacuated
    evacuation exchanges exclusively execution expectations exploring explosives extend external
    extraordinary extremists fabric faculty fantastic fare farming fate fault fiction filmmaker
    financially firearms firefighters fiscal fitness fleet floods folk footage formal formally
    formation formerly formula forth fortune fossil framework frequent friendship furniture
    galaxy gallery gambling gardens gathering gear gender generated genes genetic giant gifts
    girlfriend gonna google grade grades gradually grandfather grandmother grass greatly greece
    greek grocery gross guards guerrillas guidance gulf gunman gunmen gym hall halt handful
    harassment harbor harsh healthcare hearings hearts heaven hell heritage herself hidden hide
    highlight highlights hills hiring historian hockey hollywood honour horses hostage hostile
    hotels humanitarian humor hunting hurricane identification illegally immune imports
    imprisonment inaugural incentives inch inches indigenous indictment indonesia infected
    infections inmates insurers integrated integration intellectual interactive interim
    investigated isolated jailed jet judgment judiciary kidnapped kidnapping killer kings knocked
    label laboratory lab lakes largely lasted lasting lawn leather legacy legally legend
    legendary legislative length liberation library lieutenant lifetime limiting loaded lobby
    lord lover magic mainland malaysia manufactured marathon marine marines maritime mask masks
    massacre mayors mechanical medals mediterranean melbourne mentally merchants merger merged
    metropolitan midfielder midfield migration milestone millions mining ministers ministries
    missile missiles mixture mob monetary monument mood mosque motorcycle motorists murdered
    murders museums musicians musician mutual myself nationals negotiators nervous nigeria norway
    norwegian notable numerous nurse obesity obligations observers obtain occasionally occur
    offence offences orange orchestra organic orthodox oscar ourselves outbreak outdoor outer
    outfit output overnight overtime overwhelming pacific paint painted paintings palace pandemic
    panic parade parish partially passport pastor patience peaceful peak penalty penalties
    pending pennsylvania pensions percentage permission permitted persons petition pharmaceutical
    philippines philosophy photographer photography physics pipeline playoffs playoff plea
    pleaded pledged plot poet poetry poland policeman policemen polish politician politicians
    pollution pop popularity portrait portugal poster prayer prayers predicted prediction
    pregnancy premier premiere premium preparations presents prevention priest priests printed
    prisons probe processing profession professionals professors prominent promising promotion
    proportion prosecuted prospects prostitution protein protocol provider providers
    psychological psychology publisher publishing punishment qualified qualifying quest quit
    rabbi races racist radar radical raid raids rainfall rally ranking rape ratings raw reactor
    rear reasonable rebuild rebellion recipient reconciliation recruitment recycling refinery
    refugee regiment rehabilitation reiterated relevant reliable reluctant reminded removal
    renewable renewed rental replied reply respectively retailer retailers retreat reunion
    reveals reviews rice rider rifle riots ritual rivals rocket rockets rome routine rulers ruler
    rumors sacred safer sailors saint salary salaries salt sanctions satellite satisfied scared
    scattered scholars scholar scotland scottish searching seized select seminar separatist
    sergeant settle settled settlement settlements seventh shareholders sharply shelter shelters
    sheriff shipping shiite shootings shore shortage shortages siege signals signature
    significance singapore sisters sixty slavery smartphone smuggling soft soil solidarity sooner
    spacecraft specialists spectators speculation spokespeople sponsors squad staged startups
    stations statue steal storms strengthen stronger strongest stuck studying styles submitted
    subsidies suburb suburbs sued sugar suits sum summit supplier suppliers surge surgeon surplus
    surrender survivors swept swiss switzerland sydney tasks taxi taxpayers teenage temporarily
    tent terminal terrain territories thai thailand theft theory therapy thoughts thus tie timber
    tips toll torn tornado toxic trader traders trading trailer trainer transferred transit
    translation trapped treasury tremendous trophy tropical tsunami tuition tumor tunnel turmoil
    turnout twist ukrainian unable unanimously uncertainty understood unemployed uniform unrest
    unusual unveiled upset utility vaccine vaccines vaccination varied verdict vessel vessels
    veto viable vietnam vowed walks warrant warrants weakness wealthy weekday wheat widespread
    widow wild wilderness winters workshop worn xinhua yellow yen yield zealand zero""",
}
