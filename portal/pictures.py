"""Pictures that people bring: read with suspicion, made anew, kept under a random name, served for good.

What is stored is never what was sent: the pixels are drawn on a new sheet and saved as WebP, without position,
camera or anything else that stood beside them.
"""

import re
import secrets
import struct
import threading
import time
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from PIL import Image, ImageOps

WIDE, SQUARE = (1280, 720), 480
FORMATS = ("JPEG", "PNG", "WEBP")
VARIANTS = ("wide", "square")
NAME = re.compile(r"([0-9a-f]{32})-(wide|square)\.webp")
FORGOTTEN_AFTER = 24 * 3600  # seconds that files wait whose record is not there, or not yet
SMALLEST = 16  # pixels
SCALED = ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr")  # modes whose points can be averaged as they are
ORIENTATION = 0x0112  # EXIF: how the telephone was held, and what turns the picture upright
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# One at a time in each process: the largest take hundreds of megabytes while they are decoded.
_one_at_a_time = threading.Lock()


class TooLarge(ValidationError):
    """More bytes than we take: answered with 413."""


class Stored(NamedTuple):
    key: str
    wide: tuple[int, int]
    square: int


def store(file, is_logo=False):
    """Checks an uploaded file, makes its variants and keeps them; → Stored.

    A photo is cut to its shape, a logo is shown whole. Raises TooLarge and ValidationError in words for people.
    """
    if file.size > settings.PICTURE_MAX_SIZE:
        megabytes = settings.PICTURE_MAX_SIZE // 1_000_000
        raise TooLarge(_("The picture is too large: at most %(size)s megabytes.") % {"size": megabytes})
    with _one_at_a_time:
        image = _read(file)
        wide, square = _logo(image) if is_logo else _photo(image)
        key = secrets.token_hex(16)
        for variant, made in zip(VARIANTS, (wide, square), strict=True):
            _write(path(key, variant), made)
    return Stored(key, wide.size, square.width)


def _read(file):
    """The picture, upright, as RGB or RGBA. Its size is read and judged before a single pixel is decoded."""
    try:
        _judge_webp(file)
        image: Image.Image = Image.open(file, formats=FORMATS)
        _judge_size(*image.size)
        if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:  # MPO: a telephone's JPEG with a depth map
            raise ValidationError(_("Animated pictures are not taken. Choose one that stands still."))
        has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
        orientation = image.getexif().get(ORIENTATION, 1)
        if image.mode not in SCALED:
            image = image.convert("RGBA" if has_alpha else "RGB")
        scale = min(1, WIDE[0] / min(image.size))
        image.thumbnail(
            (round(image.width * scale), round(image.height * scale))
        )  # at once, before anything copies it whole
        image = image.convert("RGBA" if has_alpha else "RGB")
        return image.transpose(TURNS[orientation]) if orientation in TURNS else image
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_points() from error
    except Exception as error:  # a decoder may raise anything on a file made to break it
        raise ValidationError(_("This is not a picture we can read. Choose a JPEG, PNG or WebP file.")) from error


def _judge_size(width, height):
    if width * height > settings.PICTURE_MAX_PIXELS:
        raise _too_many_points()
    if min(width, height) < SMALLEST or max(width, height) > 20 * min(width, height):
        raise ValidationError(_("The picture is too small or too narrow to be shown."))


def _too_many_points():
    most = settings.PICTURE_MAX_PIXELS // 1_000_000
    return ValidationError(_("The picture has too many points: at most %(count)s megapixels.") % {"count": most})


def _judge_webp(file):
    """A WebP says its size in its first bytes; Pillow would make the canvas before it told us."""
    head = file.read(30)
    file.seek(0)
    if head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and len(head) == 30:
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
        _judge_size(width, height)
    elif head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8L" and len(head) >= 25:
        bits = struct.unpack("<I", head[21:25])[0]
        _judge_size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)


def _photo(image):
    """(wide, square), cut around the middle, never made larger than they came."""
    image = _on_white(image)
    width, height = WIDE
    scale = min(1, image.width / width, image.height / height)
    wide = ImageOps.fit(image, (max(1, round(width * scale)), max(1, round(height * scale))))
    return wide, ImageOps.fit(image, (min(SQUARE, *image.size),) * 2)


def _logo(image):
    """(wide, square): whole, the square one with a margin that shows nothing."""
    wide = image.copy()
    wide.thumbnail((SQUARE, SQUARE // 2))
    small = image.copy()
    small.thumbnail((SQUARE // 2, SQUARE // 2))
    side = max(small.size)
    square = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    square.paste(small, ((side - small.width) // 2, (side - small.height) // 2))
    return wide, square


def _on_white(image):
    if image.mode != "RGBA":
        return image
    sheet = Image.new("RGB", image.size, "white")
    sheet.paste(image, mask=image.getchannel("A"))
    return sheet


def _write(target, image):
    """A sheet of its own takes the pixels and nothing else."""
    sheet = Image.new(image.mode, image.size)
    sheet.paste(image)
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(target, "WEBP", quality=82, method=4)
    target.chmod(0o644)  # nginx reads it


def folder():
    return Path(settings.MEDIA_ROOT) / "pictures"


def path(key, variant):
    return folder() / key[:2] / f"{key}-{variant}.webp"


def as_png(key):
    """The wide one as a PNG for files that know no WebP: bytes to read, or None where the file is gone."""
    try:
        image = Image.open(path(key, "wide"), formats=("WEBP",))
        made = BytesIO()
        image.save(made, "PNG")
    except OSError:
        return None
    made.seek(0)
    return made


def prune(used):
    """Removes the files of pictures that no record names, a day after they were made; → how many.

    `used` are the keys of all records, asked for after the files were listed.
    """
    before = time.time() - FORGOTTEN_AFTER
    old = [f for f in folder().glob("??/*.webp") if NAME.fullmatch(f.name) and f.stat().st_mtime < before]
    kept = set(used()) if old else set()
    gone = [file for file in old if file.name[:32] not in kept]
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


@require_safe
def picture(request, key, variant):
    """The file, kept by browsers for a year: another picture has another name. A proxy may serve it instead."""
    if not re.fullmatch(r"[0-9a-f]{32}", key) or variant not in VARIANTS:
        raise Http404
    try:
        content = path(key, variant).read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="image/webp", headers=headers)
