"""The rows of a generated portal, as text for COPY. The same size gives the same rows; only days move with today.

Nothing here knows the database or Django: `generate.py` says which number each term has, and writes the lines.
Programmes come in blocks, each with a random generator of its own, so that processes can share the work.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import ceil, sqrt
from random import Random

from .words import BESIDE, COMMON, FIRST, KINDS, LANGUAGES, SECOND, TOPICS, zipf

BLOCK = 1_000
CENTRES = 60  # a country has no more of them, however many its programmes are
MIDDLE = (46.1, 14.8)  # degrees: where the grid of settlements has its middle
TEXTS = ("title", "summary", "description", "what_happens")

COLUMNS = {
    "partners_municipality": ("id", "code", "name", "name_sl", "lat", "lon", "population"),
    "partners_settlement": ("id", "municipality_id", "slug", "name", "lat", "lon"),
    "partners_group": ("id", "slug", "name", "name_sl", "name_en", "phone", "reviews_programmes", "accepts_signals",
                       "reviews_edits", "standing"),
    "partners_group_municipalities": ("group_id", "municipality_id"),
    "partners_organisation": ("id", "slug", "name", "name_sl", "name_en", "sector_id", "phone", "version"),
    "partners_membership": ("group_id", "organisation_id", "joined_on"),
    "partners_location": ("id", "organisation_id", "slug", "name", "name_sl", "name_en", "address", "settlement_id",
                          "lat", "lon", "phone", "is_centre", "is_remote", "version", "appointment_days"),
    "partners_locationaccess": ("location_id", "term_id"),
    "partners_openinghours": ("location_id", "weekday", "opens", "closes"),
    "partners_openingexception": ("location_id", "group_id", "starts_on", "ends_on", "reason", "reason_sl", "version"),
    "programmes_programme": ("id", "organisation_id", "slug", "status", "is_full", "resumes_on", "title", "age_min",
                             "age_max", "capacity", "contact_phone", "checked_on", "version", "held_languages",
                             "ready_languages",
                             "reviewed_version", *(f"{text}_{code}" for text in TEXTS for code in LANGUAGES)),
    "programmes_programmeterm": ("programme_id", "term_id"),
    "programmes_schedule": ("id", "programme_id", "location_id", "rule", "starts_at", "ends_at", "valid_from",
                            "valid_to", "exceptions", "runs_on_holidays", "has_interpreter", "note", "note_sl"),
    "programmes_schedulelanguage": ("schedule_id", "term_id"),
}  # fmt: skip

# vocabulary → (slugs from frequent to rare, how much rarer each next one is, chances of having 0, 1, 2 … of them)
CLASSIFIED = {
    "life_phase": ("working-age older-adults all-ages oldest-old young-adults school-age adolescence preschool "
                   "early-childhood pregnancy-birth", 0.8, (0, 65, 35)),
    "target_group": ("general-population chronic-illness living-alone-older families-children mental-distress "
                     "pregnant-parents informal-carers low-income unemployed migrants-refugees disabilities women "
                     "rural-remote men-at-risk single-parents volunteers professionals roma neet-youth lgbtq homeless",
                     0.9, (20, 40, 25, 15)),
    "format": ("exercise-group short-workshop individual-counselling in-depth-course meeting-place lecture "
               "walking-group self-help-group cooking-food-club screening-test home-visit online-course "
               "volunteer-support event-campaign outreach helpline", 0.7, (0, 80, 20)),
    "referral_route": ("self-registration drop-in professional-recommendation gp-referral brief-advice community-nurse "
                       "link-worker social-employment organisation-request personal-invitation hospital-discharge",
                       0.8, (0, 60, 40)),
    "cost": ("free small-fee free-insured membership voluntary subsidised employer-paid", None, (0, 100)),
    "setting": ("neighbourhood primary-care association sports-outdoor home-family library-culture online school "
                "workplace care-home kindergarten", 0.8, (5, 95)),
    "support_kind": ("formal informal self-help", 1.0, (10, 90)),
    "prevention_level": ("health-promotion universal selective self-management indicated early-intervention", 0.9,
                         (20, 80)),
    "accessibility": ("companion-welcome evening-weekend online-option large-print anonymous childcare easy-read "
                      "no-insurance-needed sign-language single-gender", 0.8, (50, 35, 15)),
}  # fmt: skip
COSTS = (60, 74, 86, 92, 97, 99, 100)  # cumulative per cent, in the order of the slugs above
TOPIC_NUMBERS, TOPIC_WEIGHTS = (50, 85, 100), zipf(len(TOPICS), 0.7)
ACCESS = "step-free public-transport accessible-toilet disabled-parking lift quiet-space assistance-dog induction-loop"
SPOKEN = ("en", "de", "hr", "bs", "sq", "uk", "nb", "da", "ar")
LANGUAGE_CHANCES = {"en": 0.92, "da": 0.85, "nb": 0.85, "de": 0.88}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_WEIGHTS = (20, 40, 60, 78, 90, 97, 100)
PHONE = "+386 1 000 01 10"
HOUSES = ("Dom", "Dvorana", "Knjižnica", "Ambulanta", "Park", "Šola")
HOLIDAYS = ("01-01", "02-08", "04-27", "05-01", "06-25", "08-15", "10-31", "11-01", "12-25", "12-26")


@dataclass(frozen=True)
class Scale:
    """How much there is of everything at `size` programmes; `terms` is {(vocabulary, slug): number}."""

    size: int
    today: date
    terms: dict

    @property
    def settlements(self):
        return max(13, self.size // 150)

    @property
    def municipalities(self):
        return max(1, self.settlements // 15)

    @property
    def organisations(self):
        return max(5, self.size // 40)

    @property
    def locations(self):
        return max(10, self.size // 20)

    @property
    def blocks(self):
        return range(ceil(self.size / BLOCK))

    def day(self, days):
        return self.today + timedelta(days=days)

    @cached_property
    def drawn(self):
        """{vocabulary: (term numbers, cumulative weights, cumulative chances of how many)}."""
        found = {}
        for vocabulary, (slugs, exponent, chances) in CLASSIFIED.items():
            numbers = [self.terms[vocabulary, slug] for slug in slugs.split()]
            weights = zipf(len(numbers), exponent) if exponent else COSTS
            found[vocabulary] = (numbers, weights, [sum(chances[: n + 1]) for n in range(len(chances))])
        return found


def line(*values):
    """One row in PostgreSQL's text format. No text of ours holds a tab, a line break or a backslash."""
    return "\t".join("\\N" if v is None else "tf"[not v] if isinstance(v, bool) else str(v) for v in values) + "\n"


# ---- where and who ------------------------------------------------------------------------------
def settlement_name(index):
    number, beside = index % (len(FIRST) * len(SECOND)), index // (len(FIRST) * len(SECOND))
    # 7 has no divisor in common with 30 · 30: every name comes once, and neighbours do not begin alike.
    first, second = divmod(number * 7 % (len(FIRST) * len(SECOND)), len(SECOND))
    return (
        f"{FIRST[first]} {SECOND[second]}{BESIDE[beside % len(BESIDE)]}{'' if beside < len(BESIDE) else f' {beside}'}"
    )


def settlement_position(scale, index):
    """(latitude, longitude): a grid of about 3 km, from a valley's size to a country's."""
    side = ceil(sqrt(scale.settlements))
    row, column = divmod(index, side)
    shift = Random(index).uniform(-0.008, 0.008)
    return round(MIDDLE[0] + (row - side / 2) * 0.028 + shift, 5), round(
        MIDDLE[1] + (column - side / 2) * 0.04 - shift, 5
    )


def municipality_of(scale, settlement):
    return settlement * scale.municipalities // scale.settlements


def around(scale):
    """{table: lines} of everything but programmes: municipalities, settlements, partners, places."""
    rng, found = Random(scale.size), {table: [] for table in COLUMNS if table.startswith("partners_")}

    def add(table, *values):
        found[f"partners_{table}"].append(line(*values))

    for number in range(1, scale.municipalities + 1):
        name = f"Občina {settlement_name((number - 1) * scale.settlements // scale.municipalities)}"
        add("municipality", number, f"obcina-{number}", name, name, *MIDDLE, rng.randrange(1_500, 40_000))
        group = f"Skupina za zdravje {name}"
        add(
            "group",
            number,
            f"skupina-{number}",
            group,
            group,
            f"Health group {number}",
            "+386 1 000 01 10",
            True,
            False,
            "before",
            "participating",
        )
        add("group_municipalities", number, number)
    for number in range(1, scale.settlements + 1):
        municipality = municipality_of(scale, number - 1) + 1
        where = settlement_position(scale, number - 1)
        add("settlement", number, municipality, f"naselje-{number}", settlement_name(number - 1), *where)
    for holiday in HOLIDAYS:
        for year in (scale.today.year, scale.today.year + 1):
            day = f"{year}-{holiday}"
            add("openingexception", None, 1, day, day, "Praznik", "Praznik", 1)
    _organisations(scale, rng, add)
    _locations(scale, rng, add)
    return {table: "".join(lines) for table, lines in found.items()}


def _organisations(scale, rng, add):
    sectors = [number for (vocabulary, _slug), number in scale.terms.items() if vocabulary == "sector"]
    for number in range(1, scale.organisations + 1):
        topic = rng.choice(list(TOPICS))
        name = f"Društvo {TOPICS[topic]['sl'][0]} {settlement_name(number * 3 % scale.settlements)} {number}"
        english = f"{TOPICS[topic]['en'][0].capitalize()} society {number}" if rng.random() < 0.5 else None
        add("organisation", number, f"partner-{number}", name, name, english, rng.choice(sectors), PHONE, 1)
        add("membership", number % scale.municipalities + 1, number, scale.day(-rng.randrange(400, 3_000)))


def _locations(scale, rng, add):
    access = [scale.terms["accessibility", slug] for slug in ACCESS.split()]
    for number in range(1, scale.locations + 1):
        # The first settlements are towns: they have many places, the last ones hardly any.
        settlement = int(scale.settlements * rng.random() ** 2)
        lat, lon = settlement_position(scale, settlement)
        name = f"{rng.choice(HOUSES)} {settlement_name(settlement)} {number}"
        is_remote, is_centre = rng.random() < 0.02, number <= min(CENTRES, scale.municipalities)
        lat, lon = round(lat + rng.uniform(-0.01, 0.01), 5), round(lon + rng.uniform(-0.01, 0.01), 5)
        where = (None, None, None) if is_remote else (settlement + 1, lat, lon)
        address = "" if is_remote else f"Lipova {rng.randrange(1, 90)}"
        organisation, english = (number - 1) // 2 % scale.organisations + 1, f"Place {number}" if number % 3 else None
        add("location", number, organisation, f"kraj-{number}", name, name, english, address,
            *where, "", is_centre, is_remote, 1, "{}")  # fmt: skip
        for term in rng.sample(access, rng.randrange(1, 6)):
            add("locationaccess", number, term)
        if is_centre or rng.random() < 0.6:
            for weekday in range(5):
                add("openinghours", number, weekday, "08:00", rng.choice(["14:00", "16:00", "18:00"]))
        if rng.random() < 0.05:
            first = rng.randrange(-20, 60)
            add("openingexception", number, None, scale.day(first), scale.day(first + 6), "Prenova", "Prenova", 1)


# ---- programmes ---------------------------------------------------------------------------------
# Words of each language in a row, frequent ones often. A text begins somewhere in it: that is
# faster than to draw each word, and search sees no difference.
_ROW = {
    code: Random(code).choices(words, cum_weights=zipf(len(words), 0.9), k=30_000) for code, words in COMMON.items()
}


def programmes(scale, block):
    """{table: lines} of the programmes of one block, with their terms and schedules."""
    rng = Random(f"programmes {block}")
    found = {table: [] for table in COLUMNS if table.startswith("programmes_")}
    for number in range(block * BLOCK + 1, min((block + 1) * BLOCK, scale.size) + 1):
        topics = _distinct(rng, list(TOPICS), TOPIC_WEIGHTS, TOPIC_NUMBERS, least=1)
        organisation = rng.randrange(scale.organisations) + 1
        found["programmes_programme"].append(_programme(scale, rng, number, organisation, topics))
        terms = [scale.terms["topic", topic] for topic in topics]
        for numbers, weights, chances in scale.drawn.values():
            terms += _distinct(rng, numbers, weights, chances)
        found["programmes_programmeterm"] += [f"{number}\t{term}\n" for term in terms]
        for place in range(1 if rng.random() < 0.7 else 2):
            schedule, spoken = _schedule(scale, rng, number * 2 + place, number, organisation)
            found["programmes_schedule"].append(schedule)
            found["programmes_schedulelanguage"] += [f"{number * 2 + place}\t{term}\n" for term in spoken]
    return {table: "".join(lines) for table, lines in found.items()}


def _distinct(rng, values, weights, chances, least=0):
    """Some of the values without repetition; `chances` are the cumulative per cent of `least`, one more, two more …"""
    drawn = rng.random() * 100
    wanted = least + sum(drawn >= chance for chance in chances)
    return list(dict.fromkeys(rng.choices(values, cum_weights=weights, k=wanted))) if wanted else []


def _programme(scale, rng, number, organisation, topics):
    state = rng.random()
    status, resumes = (
        ("paused", scale.day(rng.randrange(5, 90)) if rng.random() < 0.5 else None)
        if state < 0.03
        else ("published", None)
    )
    texts = _texts(scale, rng, topics)
    title = next(filter(None, texts[: len(LANGUAGES)]))
    ages = rng.choice([(None, None), (None, None), (18, None), (60, None), (6, 14), (0, 3), (15, 29)])
    return line(number, organisation, f"program-{number}", status, state > 0.97, resumes, title, *ages,
                rng.choice([None, None, 8, 12, 20]), PHONE, scale.day(-rng.randrange(330)), 1, "{}", "{}",
                1, *texts)  # fmt: skip


def _texts(scale, rng, topics):
    """Values of the text columns, text by text and language by language; None where it is not translated."""
    only_slovenian, chance = rng.random() < 0.05, rng.random()
    present = {"sl": chance > 0.02 or only_slovenian}
    for code, part in LANGUAGE_CHANCES.items():
        present[code] = not only_slovenian and (rng.random() < part or (code == "en" and not present["sl"]))
    kind = rng.randrange(len(KINDS["sl"]))
    place = settlement_name(int(scale.settlements * rng.random() ** 2)) if rng.random() < 0.4 else ""
    picks = [int(4 * rng.random() ** 2) for _ in range(2)]
    found = [[], [], [], []]
    for code in LANGUAGES:
        if not present[code]:
            for values in found:
                values.append(None)
            continue
        about = [word for topic in topics for word in TOPICS[topic][code]]
        words = [about[pick % len(about)] for pick in picks]
        found[0].append(" ".join(filter(None, [KINDS[code][kind], *dict.fromkeys(words), place])))
        for values, length in zip(found[1:], (16, 48, 40), strict=True):
            values.append(_prose(rng, code, about, length))
    return [value for values in found for value in values]


def _prose(rng, code, about, length):
    """Sentences of twelve words, every fourth of them about the topic. `length` is a multiple of four."""
    begin = int(rng.random() * (len(_ROW[code]) - length))
    words = _ROW[code][begin : begin + length]
    words[::4] = rng.choices(about, k=length // 4)
    sentences = (" ".join(words[first : first + 12]) for first in range(0, length, 12))
    return " ".join(f"{sentence[0].upper()}{sentence[1:]}." for sentence in sentences)


def _schedule(scale, rng, number, programme, organisation):
    """(line of the schedule, term numbers of the languages spoken)."""
    drawn = rng.random()
    day = rng.choices(DAYS, cum_weights=DAY_WEIGHTS)[0]
    if drawn < 0.9:
        days = day if rng.random() < 0.85 else ",".join(sorted({day, rng.choice(DAYS[:5])}, key=DAYS.index))
        rule = f"FREQ=WEEKLY;{'INTERVAL=2;' if rng.random() < 0.12 else ''}BYDAY={days}"
    else:
        rule = f"FREQ=MONTHLY;BYDAY={rng.randrange(1, 5)}{day}" if drawn < 0.95 else ""
    quarter, length = rng.randrange(8 * 4, 19 * 4), rng.choice([3, 4, 4, 6, 6, 8])
    times = (_clock(quarter), _clock(quarter + length)) if rule else (None, None)
    first = rng.randrange(1, 60) if rng.random() < 0.08 else -rng.randrange(700)
    last, ends = None, rng.random()
    if ends < 0.08 and first < 0:
        last = max(first, -rng.randrange(1, 100))
    elif ends < 0.25:
        last = first + 730 + rng.randrange(200)
    elif ends < 0.3:
        last = max(first, 0) + rng.randrange(7, 120)
    location = None
    if rng.random() < 0.94:
        location = ((organisation - 1) * 2 + rng.randrange(2)) % scale.locations + 1
    off = f"{{{scale.day(rng.randrange(1, 60))}}}" if rng.random() < 0.05 else "{}"
    note = "" if rule else "Po dogovoru, pokličite nas."
    row = line(number, programme, location, rule, *times, scale.day(first), None if last is None else scale.day(last),
               off, rng.random() < 0.05, rng.random() < 0.05, note, note or None)  # fmt: skip
    spoken = ["sl"] if rng.random() < 0.98 else []
    if rng.random() < 0.2:
        spoken.append(SPOKEN[int(len(SPOKEN) * rng.random() ** 2)])
    return row, [scale.terms["language", code] for code in spoken]


def _clock(quarter):
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"
