"""Invented names and sentences. No child, no family, no real person."""

FIRST_NAMES = (  # noqa: SIM905 - reads more easily than a list
    "Aili Aino Anneli Astrid Birgit Diana Eda Eha Ene Epp Eveli Hedi Heli Helve Ilme Imbi "
    "Inga Ivi Janika Jelena Kadi Kai Kaja Karin Katrin Kersti Krista Kristel Lea Leili Liia "
    "Liina Linda Maarika Maire Margit Marika Meeli Merle Merike Mirjam Natalia Olga Pille "
    "Piret Raili Riina Ruth Signe Siiri Svetlana Tiia Tiina Triin Tuuli Ulvi Urve Veronika "
    "Virve Õie Ülle Andres Indrek Jaan Kalev Margus Priit Raivo Siim Tarmo Toomas Urmas"
).split()

# Two halves of surnames that nobody bears: "Udulind", "Tähesild".
SURNAME_BEGINNINGS = (  # noqa: SIM905 - reads more easily than a list
    "Udu Tähe Kaste Pilve Sambla Virmalise Hõbe Kuu Hommiku Õhtu Rahe Jääpurika Kanarbiku "
    "Sõnajala Vaarika Murulaugu Pääsu Öö Äikese Õitse"
).split()
SURNAME_ENDINGS = (  # noqa: SIM905 - reads more easily than a list
    "lind rada sild kell tuhin sosin pärg saba nokk vile säde kaar hääl"
).split()

TITLES = (
    "lastekaitsespetsialist",
    "lastekaitsetöötaja",
    "laste heaolu spetsialist",
    "lastekaitse peaspetsialist",
    "laste ja perede heaolu spetsialist",
)
MANAGER_TITLES = (
    "sotsiaalosakonna juhataja",
    "abivallavanem",
    "lastekaitse valdkonna juht",
    "sotsiaalnõunik",
)

QUESTIONS = (
    "Vanemad ei jõua kokkuleppele, kelle juures laps elab. Kuidas hinnata lapse huve ja koostada "
    "kohtule arvamus?",
    "Laps ei käi koolis ja lahkub kodust. Milliseid abimeetmeid pakkuda järgmisena?",
    "Kool on mures enesevigastamise pärast. Kuidas jagada ülesanded võrgustikus?",
    "Pere vajab erivajadusega lapse tõttu mitut teenust korraga. Kust alustada?",
    "Pere ei lase koju. Kuidas edasi tegutseda, et usaldus ei katkeks?",
    "Kohus küsib arvamust suhtluskorra kohta. Mida arvamuses kindlasti käsitleda?",
)
DONE = (
    "Kodukülastus, vestlus vanematega eraldi ja koos, kooli iseloomustus.",
    "Kaks võrgustikukohtumist, abivajaduse hindamine on alustatud.",
    "Vestlus lapsega, päring perearstile, nõustamine vanemale.",
)
RISKS = "Pinge vanemate vahel, koolikohustuse täitmata jätmine, tugivõrgustik on väike."
PROTECTING = "Üks usaldusväärne täiskasvanu, huviring, vanem on koostööks valmis."
SUMMARIES = (
    "Juhtumit arutati kolmel korral. Pere on teenusel ja võrgustik kohtub kord kuus.",
    "Arvamus kohtule on esitatud. Omavalitsus jätkab pere nõustamist.",
    "Abimeetmed on kokku lepitud, järgmine hindamine on poole aasta pärast.",
)
RECOMMENDATIONS = (
    "Hinda abivajadust uuesti kolme kuu pärast. Hoia kooli ja perearsti võrgustikus.",
    "Lepi perega kokku ühes kontaktisikus. Jaga tegevuskava kõigi osalistega.",
)
MESSAGES = (
    "Tere! Vaatasin kirjelduse läbi. Kas abivajaduse hindamine on STARis lõpetatud?",
    "Hindamine on pooleli, kooli vastus jõuab homme. Lisan siis kokkuvõtte.",
    "Aitäh! Teen ettepaneku juhtumiaruteluks järgmisel nädalal.",
)
INTERNAL_NOTES = ("Küsi juristilt üle, kas arvamuse vorm sobib.",)
MEASURES = (
    "Pereteraapia teenuse taotlus",
    "Ümarlaud kooliga",
    "Tugiisiku leidmine",
)
WISHES = (
    "Alustasin hiljuti ja soovin kindlust juhtumikorralduses ning STARi kasutamises.",
    "Olen tööl ainus lastekaitsetöötaja. Vajan kedagi, kellega rasked kohad läbi mõelda.",
    "Tulin pikalt puhkuselt tagasi. Soovin end uute põhimõtetega kurssi viia.",
    "Tahan taotleda kutset ja planeerida oma aega paremini.",
)
GOALS = (
    "Koostan juhtumiplaani iseseisvalt ja julgen seda perele selgitada.",
    "Tean, keda ja millal võrgustikku kutsuda.",
    "Oskan märgata oma väsimust ja tean, mida siis teha.",
    "Eneseanalüüs kutse taotlemiseks on valmis.",
)
SHARED_NOTES = (
    "Vaatasime läbi esimese juhtumiplaani. Suhe perega on tugev, harjutame eesmärkide sõnastamist.",
    "Rääkisime võrgustikutööst ja rollidest. Leppisime kokku, kuidas järgmist ümarlauda juhtida.",
    "Arutasime töökoormust ja seda, kuidas päeva alguses tähtsaim välja valida.",
)
PLANS_FOR_NEXT = (
    "Võta kaasa üks juhtumiplaan ilma nimedeta.",
    "Vaatame koos üle ajaplaneerimise nädalalehe.",
)
TASKS = (
    "Loe läbi abivajaduse hindamise juhend",
    "Pane kirja kolm küsimust järgmiseks korraks",
    "Lepi kokku kohtumine kooli sotsiaalpedagoogiga",
)
NETWORK_WISHES = (
    "Kool, politsei ja tervishoid näevad sama olukorda erinevalt. Soovime leida ühise sihi.",
    "Soovime oma valla võrgustikutööd paremaks teha ja rollid selgeks rääkida.",
)
PLACES = {
    "Harju maakond": "Tallinn, Näidise 1",
    "Hiiu maakond": "Kärdla, Näidise 2",
    "Ida-Viru maakond": "Jõhvi, Näidise 3",
    "Jõgeva maakond": "Jõgeva, Näidise 4",
    "Järva maakond": "Paide, Näidise 5",
    "Lääne maakond": "Haapsalu, Näidise 6",
    "Lääne-Viru maakond": "Rakvere, Näidise 7",
    "Põlva maakond": "Põlva, Näidise 8",
    "Pärnu maakond": "Pärnu, Näidise 9",
    "Rapla maakond": "Rapla, Näidise 10",
    "Saare maakond": "Kuressaare, Näidise 11",
    "Tartu maakond": "Tartu, Näidise 12",
    "Valga maakond": "Valga, Näidise 13",
    "Viljandi maakond": "Viljandi, Näidise 14",
    "Võru maakond": "Võru, Näidise 15",
}
ROOMS = [
    ("nõupidamisruum 1", 12, "II korrus, lift on olemas. Võtme saab valvelauast."),
    ("vestlustuba", 4, "I korrus, uks otse parklast."),
]
HALLS = {
    "Harju maakond": "Tallinn",
    "Hiiu maakond": "Hiiumaa vald",
    "Ida-Viru maakond": "Jõhvi vald",
    "Jõgeva maakond": "Jõgeva vald",
    "Järva maakond": "Paide linn",
    "Lääne maakond": "Haapsalu linn",
    "Lääne-Viru maakond": "Rakvere linn",
    "Põlva maakond": "Põlva vald",
    "Pärnu maakond": "Pärnu linn",
    "Rapla maakond": "Rapla vald",
    "Saare maakond": "Saaremaa vald",
    "Tartu maakond": "Tartu linn",
    "Valga maakond": "Valga vald",
    "Viljandi maakond": "Viljandi linn",
    "Võru maakond": "Võru linn",
}
"""Where each county has a room in which groups of supervision meet."""
HALL = ("supervisioonisaal", 14, "Tasuta riigimajas. Sissepääs kaldteega, sisekõne nupp 2.")
VIDEO_LINK = "https://video.demo.example/"

WHYS = [
    "Vajan selleks rohkem aega kui arvasin.",
    "Olen seda teinud ainult korra.",
    "Kolleeg on seda seni minu eest teinud.",
    "Tunnen end selles kindlalt.",
]
SIGNS = [
    "Teen järgmise võrgustikukohtumise ise.",
    "Märkmed on samal nädalal kirjas.",
    "Küsin abi enne, kui on kiire.",
    "Oskan kolleegile seletada, miks nii otsustasin.",
]
LEARNING = [
    (150, "training", "Võrgustikutöö alused", "6"),
    (80, "covision", "Kovisioon naabervaldade kolleegidega", "2"),
    (25, "reading", "Ajakiri Sotsiaaltöö 2/2023", "1.5"),
]
"""Days ago, kind, title, hours."""
