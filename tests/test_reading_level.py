"""How hard texts are to read: the measure, its words, and that it blocks nobody."""

from types import SimpleNamespace

import pytest
from django.utils.translation import override

from portal import reading_level
from portal.languages import CODES
from portal.reading_level import reading
from programmes.models import Programme

from .records import make_organisation, make_programme, make_user, signed_in

EASY = {
    "sl": "Hodimo ob reki. Hodimo počasi. Na koncu popijemo čaj. Pridite, kakor ste. Prijava ni potrebna. "
    "Dobimo se pred vrati ob devetih. Psa lahko vzamete s seboj.",
    "en": "We walk by the river. We walk slowly. Then we have tea. Come as you are. You need not sign up. "
    "We meet at the door at nine. You may bring your dog.",
    "da": "Vi går langs åen. Vi går roligt. Så drikker vi te. Kom som du er. Du skal ikke melde dig til. "
    "Vi mødes ved døren klokken ni. Du må tage din hund med.",
    "nb": "Vi går langs elva. Vi går rolig. Så drikker vi te. Kom som du er. Du trenger ikke melde deg på. "
    "Vi møtes ved døra klokka ni. Du kan ta med hunden.",
    "de": "Wir gehen am Fluss. Wir gehen ruhig. Dann trinken wir Tee. Kommen Sie, wie Sie sind. Sie müssen sich nicht "
    "anmelden. Wir treffen uns um neun an der Tür. Der Hund darf mit.",
}
HARD = {
    "sl": "Strokovnjakinje zdravstvenovzgojnega centra udeležencem omogočajo pridobivanje poglobljenega razumevanja "
    "dejavnikov tveganja kroničnih nenalezljivih obolenj, pri čemer posebno pozornost namenjajo posameznikovemu "
    "socialnoekonomskemu položaju in njegovim dosedanjim izkušnjam z zdravstvenimi storitvami.",
    "en": "Multidisciplinary professionals facilitate participants' comprehensive understanding of behavioural "
    "determinants underlying noncommunicable conditions, particularly considering individual socioeconomic "
    "circumstances alongside previous experiences concerning institutional healthcare provision throughout life.",
    "da": "Tværfaglige sundhedsprofessionelle understøtter deltagernes helhedsorienterede forståelse af adfærdsmæssige "
    "risikofaktorer forbundet med livsstilsrelaterede sygdomme, hvor opmærksomheden særligt rettes mod den enkeltes "
    "socioøkonomiske omstændigheder og tidligere erfaringer med sundhedsvæsenet.",
    "nb": "Tverrfaglige helsearbeidere understøtter deltakernes helhetlige forståelse av atferdsmessige risikofaktorer "
    "forbundet med livsstilsrelaterte sykdommer, der oppmerksomheten særlig rettes mot den enkeltes sosioøkonomiske "
    "omstendigheter og tidligere erfaringer med helsetjenestene.",
    "de": "Multiprofessionelle Fachkräfte ermöglichen den Teilnehmenden ein umfassendes Verständnis "
    "verhaltensbezogener Risikofaktoren chronischer Erkrankungen, wobei insbesondere die sozioökonomischen "
    "Lebensumstände sowie "
    "vorausgegangene Erfahrungen mit gesundheitsbezogenen Einrichtungen berücksichtigt werden.",
}


@pytest.mark.parametrize("language", CODES)
def test_plain_texts_are_easy_and_heavy_ones_hard_in_each_language(language):
    assert [reading(EASY[language], language).level, reading(HARD[language], language).level] == ["easy", "hard"]


def test_short_texts_are_not_judged():
    assert (reading("Walking group", "en"), reading("", "en")) == (None, None)


def test_hints_name_what_could_be_shorter_in_the_language_of_who_reads():
    long = "Walk " + " ".join(["walk"] * 29) + "."
    with override("en"):
        hints = reading(f"{long} {long} We stop.", "en").hints
    assert hints == ("2 sentences have more than 25 words, the first: “Walk walk walk walk walk walk walk walk…”",)
    with override("en"):
        assert "divide it" in reading("We walk now. " * 40, "en").hints[0]
        assert "Donaudampfschifffahrtsgesellschaft" in reading("Donaudampfschifffahrtsgesellschaft.", "de").hints[0]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Začnemo 3. decembra ob 9. uri, npr. v dvorani dr. Kovača, z vajo.", "sl"),
        ("Wir beginnen am 3. Dezember, z. B. im Saal bei Dr. Huber mit einer Übung.", "de"),
        ("Vi begynder den 3. december, f.eks. i salen hos dr. Holm med en øvelse.", "da"),
    ],
)
def test_ordinal_numbers_and_abbreviations_end_no_sentence(text, language):
    assert reading_level._sentences(f"{text} {text}") == [text, text]


def test_a_text_of_abbreviations_is_one_sentence_and_looked_at_once(monkeypatch):
    looked_at = []
    asked = reading_level._NO_END.search
    spy = SimpleNamespace(search=lambda text: looked_at.append(text) or asked(text))
    monkeypatch.setattr(reading_level, "_NO_END", spy)
    text = " ".join(["A."] * 3000)
    assert reading_level._sentences(text) == [text]
    assert sum(map(len, looked_at)) < 10 * len(text)


def test_items_of_a_list_are_no_long_sentence():
    items = "\n".join(f"- piece number {n} of what you bring along" for n in range(12))
    assert reading(items, "en").hints == ()


def test_what_stands_far_behind_is_not_looked_at():
    text = ("Hodimo ob reki. Hodimo v dvoje. " * 2000)[: reading_level.MOST_LETTERS]
    assert reading(text + HARD["sl"], "sl") == reading(text, "sl")


@pytest.mark.django_db
def test_the_form_and_the_review_say_it_and_hard_texts_are_saved_all_the_same():
    organisation = make_organisation()
    editor = make_user("editor", organisation)
    coordinator = make_user("coordinator", make_organisation(organisation.memberships.get().group))
    programme = make_programme(organisation, status="in_review", checked_on=None, what_happens_sl=HARD["sl"])
    page = signed_in(editor).get(f"/en/our-programmes/{programme.pk}/").content.decode()
    assert "Hard to read" in page
    assert "has more than 25 words" in page
    assert "Hard to read" in signed_in(coordinator).get(f"/en/review/{programme.pk}/").content.decode()
    assert Programme.objects.get(pk=programme.pk).what_happens_sl == HARD["sl"]
