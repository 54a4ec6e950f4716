"""Pictures people bring: what is taken, what is refused before it is decoded, what is left of it, and who may."""

import io
import os
import struct
import time
import tracemalloc
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image, ImageDraw, ImageFile

from partners.models import Picture
from partners.organisation_forms import LogoForm, PictureForm
from portal import pictures
from portal.history.entries import entries
from portal.history.kinds import KINDS
from programmes import editing, review
from programmes.forms import PhotoForm
from programmes.history import restore
from programmes.models import Programme, Proposal

from .records import make_location, make_organisation, make_programme, make_user, signed_in
from .test_organisation import address, at_the_same_time, people, typed

pytestmark = pytest.mark.django_db
__all__ = ["people"]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield tmp_path / "pictures"


def sent(image, kind="JPEG", name="dvorana.jpg", **how):
    data = io.BytesIO()
    image.save(data, kind, **how)
    return SimpleUploadedFile(name, data.getvalue(), content_type="image/jpeg")


def photo(size=(1600, 1200), **how):
    return sent(Image.new("RGB", size, (200, 90, 30)), **how)


def said(**more):
    return {"may_publish": "on", "alt_sl": "Vhod v dvorano", **more}


def files(folder):
    return sorted(folder.glob("??/*.webp"))


def html_of(answer):
    return answer.content.decode()


@pytest.fixture
def place(people):
    return make_location(people.organisation)


def bring(people, place, file, **more):
    return people.client.post(address("place-photo", place.pk), {"picture": file, **said(**more)})


# ---- what is taken -------------------------------------------------------------------------------
def test_a_photo_is_shown_on_the_public_page_with_its_words_and_its_size(people, place):
    assert bring(people, place, photo()).status_code == 302
    made = Picture.objects.get(location=place)
    html = html_of(Client().get(place.get_absolute_url()))
    assert f'src="{made.wide}" alt="Vhod v dvorano" width="1280" height="720" loading="lazy"' in html
    assert (made.added_by, made.square_side) == (people.editor, 480)


def test_the_file_is_served_for_good_and_sniffed_by_nobody(people, place):
    bring(people, place, photo())
    made = Picture.objects.get()
    for path, size in ((made.wide, (1280, 720)), (made.square, (480, 480))):
        answer = Client().get(path)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert Image.open(io.BytesIO(answer.content)).size == size


@pytest.mark.parametrize(
    "path",
    ["/pictures/x-wide.webp", "/pictures/..%2F..%2Fetc-wide.webp", f"/pictures/{'0' * 32}-wide.webp",
     f"/pictures/{'0' * 32}-raw.webp", "/pictures/%00-wide.webp"],
)  # fmt: skip
def test_other_names_of_files_find_nothing(path):
    assert Client().get(path).status_code in (400, 404)


def test_nothing_that_stood_beside_the_pixels_is_left(people, place, folder):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Telefon Skrivni", 6
    exif.get_ifd(0x8825)[2] = (46.0, 3.0, 1.0)
    file = photo((800, 1600), exif=exif.tobytes(), icc_profile=b"Skrivni profil", comment=b"Skrivna opomba")
    assert b"Skrivn" in file.read()
    file.seek(0)
    assert bring(people, place, file).status_code == 302
    for kept in files(folder):
        content = kept.read_bytes()
        assert not any(mark in content for mark in (b"Skrivn", b"EXIF", b"ICCP", b"XMP"))
        with Image.open(kept) as image:
            assert not image.getexif()


def test_a_picture_taken_with_the_telephone_on_its_side_stands_upright(people, place, folder):
    image = Image.new("RGB", (1600, 900), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 800, 900), fill="black")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it right by a quarter: what was left comes to the top
    bring(people, place, sent(image, exif=exif.tobytes()))
    square = Image.open(pictures.path(Picture.objects.get().file_key, "square")).convert("L")
    assert (square.getpixel((240, 20)) < 50, square.getpixel((240, 460)) > 200) == (True, True)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_logo_keeps_its_shape_and_what_is_clear_in_it(people, kind):
    logo = Image.new("RGBA", (900, 300), (0, 0, 0, 0))
    ImageDraw.Draw(logo).rectangle((0, 0, 300, 300), fill="green")
    data = {"picture": sent(logo, kind, "logo"), "may_publish": "on"}
    assert people.client.post(address("organisation-logo", people.organisation.pk), data).status_code == 302
    made = Picture.objects.get(organisation=people.organisation)
    assert (made.wide_width, made.wide_height, made.square_side) == (480, 160, 240)
    assert Image.open(pictures.path(made.file_key, "wide")).getpixel((470, 10))[3] == 0
    assert made.wide in html_of(Client().get(people.organisation.get_absolute_url()))


def test_a_small_picture_is_not_blown_up(people, place):
    bring(people, place, photo((320, 320)))
    made = Picture.objects.get()
    assert (made.wide_width, made.wide_height, made.square_side) == (320, 180, 320)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "I;16"])
def test_pictures_of_every_kind_of_colour_are_taken(people, place, mode):
    kind = "JPEG" if mode in ("L", "CMYK") else "PNG"
    assert bring(people, place, sent(Image.new(mode, (640, 480)), kind)).status_code == 302


# ---- what is refused -----------------------------------------------------------------------------
def test_more_than_eight_megabytes_answer_413_and_say_so(people, place, folder):
    answer = bring(people, place, SimpleUploadedFile("velika.jpg", b"\xff\xd8" + b"x" * 8_000_000))
    assert (answer.status_code, "at most 8 megabytes" in html_of(answer)) == (413, True)
    assert 'value="Vhod v dvorano"' in html_of(answer)
    assert (Picture.objects.count(), files(folder)) == (0, [])


def png_bomb(width, height):
    """A PNG of a few kilobytes that says it has as many points as you like."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def webp_bomb():
    """A WebP whose canvas has 16383 × 16383 points."""
    image = io.BytesIO()
    Image.new("RGBA", (20, 20)).save(image, "WEBP", lossless=True)
    frame = image.getvalue()[12:]
    head = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + (16382).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(frame)) + b"WEBP" + head + frame


@pytest.mark.parametrize("content", [png_bomb(50_000, 50_000), png_bomb(6400, 6400), webp_bomb()])
def test_a_bomb_is_refused_before_it_is_decoded(people, place, content, monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda *a: pytest.fail("was decoded"))
    tracemalloc.start()
    answer = bring(people, place, SimpleUploadedFile("bomba.png", content))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.status_code, "at most 40 megapixels" in html_of(answer)) == (422, True)
    assert most < 20_000_000


def animated(kind):
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    return sent(frames[0], kind, "giblje.webp", save_all=True, append_images=frames[1:], duration=100)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (lambda: SimpleUploadedFile("x.svg", SVG, content_type="image/svg+xml"), "not a picture we can read"),
        (lambda: SimpleUploadedFile("x.jpg", SVG, content_type="image/jpeg"), "not a picture we can read"),
        (lambda: sent(Image.new("RGB", (64, 64)), "GIF"), "not a picture we can read"),
        (lambda: sent(Image.new("RGB", (64, 64)), "TIFF"), "not a picture we can read"),
        (lambda: sent(Image.new("RGB", (64, 64)), "BMP"), "not a picture we can read"),
        (lambda: SimpleUploadedFile("x.jpg", photo().read()[:900]), "not a picture we can read"),
        (lambda: SimpleUploadedFile("x.png", png_bomb(3000, 3000)[:-30]), "not a picture we can read"),
        (lambda: SimpleUploadedFile("x.webp", b"RIFF\xff\xff\xff\x7fWEBPVP8X"), "not a picture we can read"),
        (lambda: SimpleUploadedFile("x.jpg", b"<html>"), "not a picture we can read"),
        (lambda: animated("WEBP"), "Animated pictures are not accepted"),
        (lambda: animated("PNG"), "Animated pictures are not accepted"),
        (lambda: photo((8, 8)), "too small or too narrow"),
        (lambda: photo((4000, 20)), "too small or too narrow"),
    ],
)
def test_what_is_no_still_picture_is_refused_in_words(people, place, folder, file, words):
    answer = bring(people, place, file())
    assert (answer.status_code, words in html_of(answer)) == (422, True)
    assert (Picture.objects.count(), files(folder)) == (0, [])


@pytest.mark.parametrize(
    ("more", "field"), [({"may_publish": ""}, "may_publish"), ({"alt_sl": ""}, "alt_en"), ({"picture": ""}, "picture")]
)
def test_without_consent_words_or_a_file_nothing_is_kept(people, place, folder, more, field):
    answer = people.client.post(address("place-photo", place.pk), {"picture": photo(), **said(), **more})
    assert (answer.status_code, field in answer.context["form"].errors) == (422, True)
    assert (Picture.objects.count(), files(folder)) == (0, [])


# ---- changed, taken away, forgotten --------------------------------------------------------------
def test_words_are_changed_without_the_file_and_a_new_file_has_a_new_name(people, place):
    bring(people, place, photo())
    made = Picture.objects.get()
    path, first = address("place-photo", place.pk), made.file_key
    assert people.client.post(path, typed(PictureForm(instance=made), alt_sl="Vrata")).status_code == 302
    made.refresh_from_db()
    assert (made.alt_sl, made.file_key, made.version) == ("Vrata", first, 2)
    data = {**typed(PictureForm(instance=made)), "picture": photo((640, 480)), "may_publish": "on"}
    assert people.client.post(path, data).status_code == 302
    made.refresh_from_db()
    assert made.file_key != first
    assert (made.wide_width, made.version) == (640, 3)


def test_old_files_are_removed_by_prune_and_those_in_use_stay(people, place, folder):
    bring(people, place, photo())
    kept = {pictures.path(Picture.objects.get().file_key, v) for v in pictures.VARIANTS}
    stray = pictures.store(photo()).key
    new = pictures.store(photo()).key
    other = folder / "notes.txt"
    other.write_text("x")
    for file in folder.glob("??/*"):
        if new not in file.name:
            os.utime(file, (time.time() - 2 * 24 * 3600,) * 2)
    call_command("prune", verbosity=0, stdout=io.StringIO())
    assert set(files(folder)) == kept | {pictures.path(new, v) for v in pictures.VARIANTS}
    assert (other.exists(), pictures.path(stray, "wide").exists()) == (True, False)


def test_a_picture_is_taken_away_on_the_version_that_was_seen(people, place):
    bring(people, place, photo())
    made = Picture.objects.get()
    people.client.post(address("picture-remove", made.pk), {"version": 9})
    assert Picture.objects.exists()
    people.client.post(address("picture-remove", made.pk), {"version": 1})
    assert not Picture.objects.exists()


def test_nobody_brings_or_takes_pictures_of_others(people, place):
    bring(people, place, photo())
    made = Picture.objects.get()
    for other in (people.stranger, make_user("editor", people.neighbour)):
        client = signed_in(other)
        answers = [
            client.post(address("place-photo", place.pk), {"picture": photo(), **said()}),
            client.post(address("organisation-logo", people.organisation.pk), {"picture": photo(), **said()}),
            client.post(address("picture-remove", made.pk), {"version": 1}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 3
    assert Client().post(address("place-photo", place.pk), {"picture": photo()}).status_code == 302
    assert Picture.objects.get().version == 1


# ---- the photo of a programme --------------------------------------------------------------------
@pytest.fixture
def programme(people):
    people.group.reviews_programmes = False
    people.group.save()
    return make_programme(people.organisation)


def on(programme, name="programme-photo"):
    return reverse(f"programmes:{name}", args=[programme.pk])


def show(people, programme, client=None, **more):
    """Sends the form of the photo as it opens, with these changes."""
    form = PhotoForm(instance=Programme.objects.get(pk=programme.pk), user=people.editor)
    return (client or people.client).post(on(programme), {**typed(form), "may_publish": "on", **more})


def page(programme):
    return html_of(Client().get(programme.get_absolute_url()))


def test_the_photo_of_a_programme_stands_on_its_page_with_words_size_and_credit(people, programme, folder):
    exif = Image.Exif()
    exif[0x010F] = "Telefon Skrivni"
    file = photo(exif=exif.tobytes())
    more = {"picture": file, "photo_alt_sl": "Hodimo ob reki", "photo_credit": "Ana <Novak>"}
    assert show(people, programme, **more).status_code == 302
    programme.refresh_from_db()
    html = page(programme)
    assert f'src="{programme.photo_wide}" alt="Hodimo ob reki" width="1280" height="720" loading="lazy"' in html
    assert f'srcset="{programme.photo_square}" width="480" height="480"' in html
    assert "Photo: Ana &lt;Novak&gt;" in html
    assert not any(b"Skrivni" in kept.read_bytes() for kept in files(folder))
    [service] = Client().get("/en/programmes/programmes.json").json()["contents"]
    assert service["image"] == {
        "url": f"http://testserver{programme.photo_wide}", "description": "Hodimo ob reki", "credit": "Ana <Novak>"
    }  # fmt: skip
    assert programme.photo_wide in html_of(Client().get("/en/programmes/programmes.csv"))
    assert programme.photo["key"] not in html_of(Client().get(f"{programme.get_absolute_url()}slip/"))


@pytest.mark.parametrize(
    ("more", "field"),
    [({"may_publish": ""}, "may_publish"), ({"photo_alt_sl": ""}, "photo_alt_en"), ({"picture": ""}, "picture")],
)
def test_a_programme_takes_no_photo_without_consent_words_or_a_file(people, programme, folder, more, field):
    answer = show(people, programme, **{"picture": photo(), "photo_alt_sl": "Hodimo", **more})
    assert (answer.status_code, field in answer.context["form"].errors) == (422, True)
    programme.refresh_from_db()
    assert (programme.photo, files(folder)) == (None, [])


def test_a_photo_waits_for_the_coordinator_where_changes_are_reviewed(people, programme, folder):
    people.group.reviews_programmes = True
    people.group.save()
    show(people, programme, picture=photo(), photo_alt_sl="Hodimo")
    programme.refresh_from_db()
    proposal = Proposal.objects.get()
    assert (programme.photo, proposal.changes["photo_alt_sl"]) == (None, "Hodimo")
    assert 'value="Hodimo"' in html_of(people.client.get(on(programme)))
    coordinator = make_user("coordinator", make_organisation(people.group))
    assert proposal.changes["photo"]["key"] in html_of(signed_in(coordinator).get(on(programme, "review-programme")))
    for file in files(folder):
        os.utime(file, (time.time() - 2 * 24 * 3600,) * 2)
    call_command("prune", verbosity=0, stdout=io.StringIO())
    review.accept(proposal, coordinator, programme.version, proposal.revision)
    programme.refresh_from_db()
    assert (programme.photo, len(files(folder))) == (proposal.changes["photo"], 2)
    assert programme.photo_wide in page(programme)


def test_a_photo_is_taken_away_on_the_version_that_was_seen_and_stays_away(people, programme, folder):
    show(people, programme, picture=photo(), photo_alt_sl="Hodimo")
    people.client.post(on(programme, "programme-photo-remove"), {"version": 1})
    programme.refresh_from_db()
    assert programme.photo
    entry = entries(KINDS["programme"], programme.pk)[0][0]
    people.client.post(on(programme, "programme-photo-remove"), {"version": programme.version})
    programme.refresh_from_db()
    assert (programme.photo, programme.photo_alt_sl or "") == (None, "")
    assert "picture" in str(entries(KINDS["programme"], programme.pk)[0][0].rows)
    for file in files(folder):
        file.unlink()
    with pytest.raises(ValidationError):
        restore(programme, entry.at, False, "photo", programme.version, people.editor)


def test_nobody_brings_or_takes_the_photo_of_a_programme_of_others(people, programme):
    for other in (people.stranger, make_user("editor", people.neighbour)):
        client = signed_in(other)
        assert client.get(on(programme)).status_code == 404
        assert show(people, programme, client, picture=photo(), photo_alt_sl="x").status_code == 404
        assert client.post(on(programme, "programme-photo-remove"), {"version": 1}).status_code == 404
    programme.refresh_from_db()
    assert programme.photo is None


def test_a_copy_of_a_programme_has_no_photo(people, programme):
    show(people, programme, picture=photo(), photo_alt_sl="Hodimo")
    programme.refresh_from_db()
    assert editing.copied(programme, people.organisation, people.editor).photo is None


def test_the_second_of_two_who_describe_a_photo_is_told(people, programme):
    show(people, programme, picture=photo(), photo_alt_sl="Hodimo")
    forms = [PhotoForm(instance=Programme.objects.get(), user=people.editor) for _person in range(2)]
    data = [typed(form, photo_alt_sl=words) for form, words in zip(forms, ("Prva", "Druga"), strict=True)]
    answers = [people.client.post(on(programme), sent) for sent in data]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert ("Theirs: Prva" in html_of(answers[1]), "Yours: Druga" in html_of(answers[1])) == (True, True)


# ---- two at once ---------------------------------------------------------------------------------
def test_the_second_of_two_who_change_a_photo_is_told(people, place):
    bring(people, place, photo())
    data = typed(PictureForm(instance=Picture.objects.get()), alt_sl="Druga")
    path = address("place-photo", place.pk)
    people.client.post(path, typed(PictureForm(instance=Picture.objects.get()), alt_sl="Prva"))
    answer = people.client.post(path, data)
    assert (answer.status_code, "Theirs: Prva" in html_of(answer), "Yours: Druga" in html_of(answer)) == (
        409,
        True,
        True,
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_bring_the_first_logo_at_the_same_moment_one_is_told():
    organisation = make_organisation()
    forms = [
        LogoForm({"may_publish": "on"}, {"picture": photo((64, 64))}, instance=Picture(organisation=organisation))
        for _person in range(2)
    ]
    assert [form.is_valid() for form in forms] == [True, True]
    kept = at_the_same_time(*(form.keep for form in forms))
    assert sorted(kept) == [False, True]
    loser = forms[kept.index(False)]
    assert (loser.answer()[1], Picture.objects.count()) == (409, 1)
