"""Words that stand in every sentence, questions and pronouns included: they find nothing by themselves.

A query made of nothing else keeps them. Words that negate are apart: "ne spim" is not "spim".
"""

_LISTS = {
    "sl": """a ali ampak ter in pa saj ker ki ko če da naj bi za na v vo iz z s k h o ob od do po pri med pred nad pod
        čez skozi proti zaradi kot tudi še že le samo zelo tako kako kje kam kdaj kdo kaj koga komu zakaj
        čemu koliko kateri katera katero katere kakšen kakšna kakšne jaz ti on ona ono mi vi oni me te ga jo nas
        vas jih mu ji jim nam vam meni tebi mene tebe sebe se si svoj svoja svoje svojo moj moja moje mojo tvoj
        naš naša naše vaš vaša njegov njen njihov ta to ti tega tej tem temu tista tisti tisto je sem smo ste so
        sta bil bila bilo bili biti bom boš bo bomo bodo imam imaš ima imamo imajo imeti lahko moram mora morajo
        morem more hočem želim rad rada rabim potrebujem iščem najdem dobim grem gre prosim bi nekaj nekdo vse vsi
        vsak vsaka kar koder potem zdaj tu tam sicer torej oziroma glede več preveč bolj manj
        veliko malo vedno ves cel cela cele celo spet""",
    "en": """a an the and or but if of on in to for from by at with about into over under as so than then too very just
        also is are was were be been being am do does did doing done have has had having can could may might must
        shall should will would i me my mine myself you your yours he him his she her hers it its we us our ours
        they them their theirs this that these those who whom whose which what where when why how there here some
        any all each every both such only own same want wants need needs like looking look find get got go going
        please help im ive id ill whats wheres
        much many more most keep keeps kept keeping always still again ever even got told all time feel feeling""",
    "da": """og eller men om at i på af til for fra med ved hos over under mellem efter før mod som så end da når
        hvis fordi den det de der dem denne dette disse en et ene er var være været bliver blev blive har havde
        have haft kan kunne skal skulle vil ville må måtte bør gør gøre gik går gå få får fik jeg mig min mit mine
        du dig din dit dine han ham hans hun hende hendes vi os vores i jer jeres sig sin sit sine man hvad hvem
        hvor hvordan hvornår hvorfor hvilken hvilket hvilke her der nu også bare kun meget mere mest noget nogen
        nogle alle alt hver selv gerne søger finde finder brug behov hjælp
        tit altid hele lige igen stadig længe siden""",
    "nb": """og eller men om at å i på av til for fra med ved hos over under mellom etter før mot som så enn da
        når hvis fordi den det de der dem denne dette disse en ei et er var være vært blir ble bli har hadde ha
        hatt kan kunne skal skulle vil ville må måtte bør gjør gjøre gikk går gå få får fikk jeg meg min mi mitt
        mine du deg din di ditt dine han ham hans hun henne hennes vi oss vår vårt våre dere deres seg sin si sitt
        sine man hva hvem hvor hvordan når hvorfor hvilken hvilket hvilke her nå også bare kun veldig mye mer mest
        noe noen alle alt hver selv gjerne søker finne finner trenger behov hjelp
        ofte alltid hele helt igjen fortsatt lenge siden""",
    "de": """und oder aber denn weil dass daß ob wenn als wie auch nur schon noch sehr so zu zum zur für auf in im ins
        an am ans aus bei beim mit nach von vom vor über unter um durch gegen bis seit zwischen der die das
        den dem des ein eine einer einem einen eines dieser diese dieses diesen diesem jener ist sind war waren
        sein bin bist seid gewesen werden wird wurde worden werde habe hast hat haben hatte kann kannst können
        könnte muss müssen soll sollen sollte will wollen möchte darf dürfen mag ich mich mir mein meine meinen
        meinem meiner du dich dir dein deine er ihn ihm sie ihr ihre ihren ihrem ihrer es wir uns unser unsere
        euch euer man sich wer wen wem was wo wohin woher wann warum wieso weshalb welche welcher welches hier da
        dort jetzt dann alle alles jede jeder jedes etwas jemand gibt suche finde finden brauche bitte hilfe
        mehr viel viele immer ganz wieder schon ewig""",
}
STOP_WORDS = {language: frozenset(words.split()) for language, words in _LISTS.items()}
_NEGATIONS = {
    "sl": "ne ni nisem nočem noče nimam nima nič nihče nikogar brez",
    "en": """no not can't cannot cant don't dont won't wont nobody nothing never without
        haven't havent hasn't hasnt isn't isnt aren't arent doesn't doesnt didn't didnt couldn't couldnt""",
    "da": "ikke ingen intet aldrig uden",
    "nb": "ikke ingen intet aldri uten",
    "de": "nicht kein keine keinen niemand nichts nie ohne",
}
NEGATIONS = {language: frozenset(words.split()) for language, words in _NEGATIONS.items()}

# What kind of offer it is; where nothing has all words of a query, these are the first to go.
_OFFERS = {
    "sl": "tečaj tečaji delavnica delavnice program programi skupina skupine skupinska predavanje pomoč center",
    "en": "course courses class classes group groups workshop workshops programme program club session sessions help",
    "da": "kursus kurser hold gruppe grupper forløb tilbud klub workshop undervisning rådgivning hjælp",
    "nb": "kurs gruppe grupper tilbud klubb samling verksted undervisning veiledning hjelp",
    "de": "kurs kurse gruppe gruppen angebot angebote treff treffen programm workshop beratung hilfe",
}
OFFERS = {language: frozenset(words.split()) for language, words in _OFFERS.items()}

# (whose, who): of whom somebody speaks; what they look for is something else. Where the word means any man or woman,
# it would find what is for men.
_RELATIVES = {
    "sl": ("moj moja mojega moji mojo mojemu", "mož moža možu žena žene ženo ženi"),
    "en": ("my", "husband wife man"),
    "da": ("min", "mand kone kæreste"),
    "nb": ("min mi", "mann mannen kone kona kjæreste"),
    "de": ("mein meine meinen meinem meiner", "mann frau"),
}
RELATIVES = {code: tuple(frozenset(words.split()) for words in pair) for code, pair in _RELATIVES.items()}
# "Without alcohol": what follows is what the text is not about.
WITHOUT = {"sl": "brez", "en": "without", "da": "uden", "nb": "uten", "de": "ohne"}
