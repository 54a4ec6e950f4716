"""The words of the generated programmes: per language, common ones and a few for each topic.

All of it is invented for the benchmark. Each list runs from frequent to rare; the generator draws by rank,
so that a search for one of the first words finds thousands and for one of the last only a few.
"""

from itertools import accumulate

# Kinds of programme, the first word of a title; places in the same order in all languages.
_KINDS = {
    "sl": "Delavnica Skupina Vadba Svetovanje Tečaj Pohod Srečanje Predavanje Klub Posvet",
    "en": "Workshop Group Exercise Counselling Course Walk Meeting Lecture Club Consultation",
    "da": "Værksted Gruppe Træning Rådgivning Kursus Gåtur Møde Foredrag Klub Samtale",
    "nb": "Verksted Gruppe Trening Veiledning Kurs Gåtur Møte Foredrag Klubb Samtale",
    "de": "Werkstatt Gruppe Training Beratung Kurs Spaziergang Treffen Vortrag Verein Gespräch",
}

_COMMON = {
    "sl": """in za v na se z vas ki skupaj lahko vsak po pri vaje brez ljudje dan bolj čas pomoč zdravje voda doma
        pogovor skupina prostor vodja redno počasi veselje teden družina sosedje korak moč mir znanje nasvet prijatelji
        pripomočki pot vrt glasba telo obisk izkušnja jutro navada pogum podpora vreme copati""",
    "en": """and for in to the with you that together can everyone after at exercises without people day more time help
        health water home talk group room leader regularly slowly joy week family neighbours step strength calm
        knowledge advice friends equipment path garden music body visit experience morning habit courage support
        weather slippers""",
    "da": """og for i til den med dig som sammen kan alle efter ved øvelser uden mennesker dag mere tid hjælp sundhed
        vand hjemme samtale gruppe lokale leder regelmæssigt langsomt glæde uge familie naboer skridt styrke ro viden
        råd venner udstyr sti have musik krop besøg erfaring morgen vane mod støtte vejr hjemmesko""",
    "nb": """og for i til den med deg som sammen kan alle etter ved øvelser uten mennesker dag mer tid hjelp helse vann
        hjemme samtale gruppe rom leder regelmessig langsomt glede uke familie naboer skritt styrke ro kunnskap råd
        venner utstyr sti hage musikk kropp besøk erfaring morgen vane mot støtte vær tøfler""",
    "de": """und für in zu die mit Sie das gemeinsam können alle nach bei Übungen ohne Menschen Tag mehr Zeit Hilfe
        Gesundheit Wasser daheim Gespräch Gruppe Raum Leitung regelmäßig langsam Freude Woche Familie Nachbarn Schritt
        Kraft Ruhe Wissen Rat Freunde Geräte Weg Garten Musik Körper Besuch Erfahrung Morgen Gewohnheit Mut
        Unterstützung Wetter Hausschuhe""",
}

# topic → words of the five languages, in the order of LANGUAGES
LANGUAGES = ("sl", "en", "da", "nb", "de")
_TOPICS = {
    "physical-activity": (
        "gibanje hoja telovadba hrbtenica",
        "movement walking gymnastics back",
        "bevægelse gang gymnastik ryg",
        "bevegelse gange gymnastikk rygg",
        "Bewegung Gehen Gymnastik Rücken",
    ),
    "nutrition": (
        "prehrana kuhanje zelenjava recepti",
        "food cooking vegetables recipes",
        "kost madlavning grøntsager opskrifter",
        "kosthold matlaging grønnsaker oppskrifter",
        "Ernährung Kochen Gemüse Rezepte",
    ),
    "healthy-weight": (
        "hujšanje teža apetit",
        "slimming weight appetite",
        "vægttab vægt appetit",
        "slanking vekt appetitt",
        "Abnehmen Gewicht Appetit",
    ),
    "mental-health": (
        "počutje duševnost tesnoba",
        "wellbeing mind anxiety",
        "trivsel sind angst",
        "trivsel sinn angst",
        "Wohlbefinden Seele Angst",
    ),
    "stress-sleep": (
        "spanje sproščanje stres nespečnost",
        "sleep relaxation stress insomnia",
        "søvn afspænding stress søvnløshed",
        "søvn avspenning stress søvnløshet",
        "Schlaf Entspannung Stress Schlaflosigkeit",
    ),
    "loneliness-inclusion": (
        "druženje kava osamljenost",
        "company coffee loneliness",
        "samvær kaffe ensomhed",
        "samvær kaffe ensomhet",
        "Geselligkeit Kaffee Einsamkeit",
    ),
    "alcohol": (
        "alkohol pitje treznost",
        "alcohol drinking sobriety",
        "alkohol drikkeri ædruelighed",
        "alkohol drikking edruelighet",
        "Alkohol Trinken Nüchternheit",
    ),
    "tobacco-nicotine": (
        "kajenje tobak cigarete",
        "smoking tobacco cigarettes",
        "rygning tobak cigaretter",
        "røyking tobakk sigaretter",
        "Rauchen Tabak Zigaretten",
    ),
    "drugs": (
        "droge odvisnost",
        "drugs addiction",
        "stoffer afhængighed",
        "rusmidler avhengighet",
        "Drogen Abhängigkeit",
    ),
    "gambling-screens": (
        "zasloni igranje telefon",
        "screens gambling phone",
        "skærme spil telefon",
        "skjermer pengespill telefon",
        "Bildschirme Glücksspiel Handy",
    ),
    "sexual-reproductive-health": (
        "spolnost rodnost ljubezen",
        "sexuality fertility love",
        "seksualitet frugtbarhed kærlighed",
        "seksualitet fruktbarhet kjærlighet",
        "Sexualität Fruchtbarkeit Liebe",
    ),
    "parenting": (
        "starši dojenček nosečnost dojenje",
        "parents baby pregnancy breastfeeding",
        "forældre baby graviditet amning",
        "foreldre baby svangerskap amming",
        "Eltern Baby Schwangerschaft Stillen",
    ),
    "oral-health": (
        "zobje ščetkanje",
        "teeth brushing",
        "tænder tandbørstning",
        "tenner tannpuss",
        "Zähne Zähneputzen",
    ),
    "sun-protection": ("sonce koža senca", "sun skin shade", "sol hud skygge", "sol hud skygge", "Sonne Haut Schatten"),
    "hygiene-infection": ("umivanje roke", "washing hands", "vask hænder", "vask hender", "Waschen Hände"),
    "vaccination": (
        "cepljenje gripa",
        "vaccination influenza",
        "vaccination influenza",
        "vaksinasjon influensa",
        "Impfung Grippe",
    ),
    "environment-health": (
        "okolje zrak hrup",
        "environment air noise",
        "miljø luft støj",
        "miljø luft støy",
        "Umwelt Luft Lärm",
    ),
    "chronic-disease": (
        "bolezen bolečina astma",
        "illness pain asthma",
        "sygdom smerte astma",
        "sykdom smerte astma",
        "Krankheit Schmerz Asthma",
    ),
    "cardiovascular-diabetes": (
        "srce sladkorna tlak holesterol",
        "heart diabetes pressure cholesterol",
        "hjerte diabetes blodtryk kolesterol",
        "hjerte diabetes blodtrykk kolesterol",
        "Herz Diabetes Blutdruck Cholesterin",
    ),
    "cancer-screening": (
        "presejanje rak dojka",
        "screening cancer breast",
        "screening kræft bryst",
        "screening kreft bryst",
        "Vorsorge Krebs Brust",
    ),
    "falls-injuries": (
        "padci ravnotežje poškodbe",
        "falls balance injuries",
        "fald balance skader",
        "fall balanse skader",
        "Stürze Gleichgewicht Verletzungen",
    ),
    "brain-health-dementia": (
        "spomin demenca možgani",
        "memory dementia brain",
        "hukommelse demens hjerne",
        "hukommelse demens hjerne",
        "Gedächtnis Demenz Gehirn",
    ),
    "violence-safety": ("varnost nasilje", "safety violence", "tryghed vold", "trygghet vold", "Sicherheit Gewalt"),
    "health-literacy": (
        "pismenost obrazci splet",
        "literacy forms web",
        "læsning formularer net",
        "lesing skjemaer nett",
        "Verstehen Formulare Internet",
    ),
}
TOPICS = {
    slug: {code: row.split() for code, row in zip(LANGUAGES, rows, strict=True)} for slug, rows in _TOPICS.items()
}

# Names of settlements: each part once with each other gives 30 · 30 · 8 of them.
_FIRST = """Brezov Lipov Zgornji Spodnji Stari Novi Veliki Mali Črni Beli Dolgi Suhi Mlinski Gorski Kamni Javorov
    Hrastov Jelov Bukov Rdeči Zeleni Tihi Sončni Medvedji Orlov Srnji Travni Vinski Peščeni Zadnji"""
_SECOND = """Dol Breg Vrh Log Grad Most Potok Hrib Kraj Gaj Laz Jarek Otok Brod Trg Klanec Studenec Mlin Travnik Rob
    Slap Kot Hom Gozd Prelaz Vrt Kal Britof Zaton Izvir"""
BESIDE = ["", " ob Reki", " pri Gozdu", " v Hribih", " na Polju", " pod Goro", " za Vodo", " pri Cerkvi"]

KINDS, COMMON = ({code: text.split() for code, text in words.items()} for words in (_KINDS, _COMMON))
FIRST, SECOND = _FIRST.split(), _SECOND.split()
TOPICS = {
    slug: {code: text.split() for code, text in zip(LANGUAGES, texts, strict=True)} for slug, texts in _TOPICS.items()
}


def zipf(count, exponent=1.0):
    """Cumulative weights for `random.choices`: the n-th of `count` is 1/n**exponent as frequent as the first."""
    return list(accumulate(1 / rank**exponent for rank in range(1, count + 1)))


def searchable(language="sl"):
    """The words somebody might type, frequent and rare ones alternating; no little words."""
    topics = [word for words in TOPICS.values() for word in words[language]]
    return list(dict.fromkeys([*topics, *(word for word in COMMON[language] if len(word) > 3)]))
