"""What the documents for a word processor share: A4, one readable type, and the language of every text.

python-docx is read where it is used: it takes four megabytes that few processes ever need.
"""

import re
from datetime import UTC, datetime, time
from io import BytesIO
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from portal import languages

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


# What no line may break: a sum before its sign, and a telephone number.
_WHOLE = re.compile(r"\d €|\+\d[\d ]{6,}\d")


class Text(NamedTuple):
    """Words and the language they are really in."""

    words: str
    language: str

    @property
    def is_foreign(self):
        return bool(self.words) and self.language != languages.active()


def cleaned(value):
    """The same without letters that no XML file may hold, which somebody pastes from elsewhere; what belongs together
    stays on one line."""
    if isinstance(value, str):
        return _WHOLE.sub(lambda found: found[0].replace(" ", "\xa0"), _NOT_XML.sub("", value))
    if hasattr(value, "_fields"):
        return type(value)(*map(cleaned, value))
    return type(value)(map(cleaned, value)) if isinstance(value, (list, tuple)) else value


def begin(title, author, footer, version=1, day=None):
    """A new document in the reader's language, which it says, so that a spelling checker and a screen reader know.

    Of what it shows the `version` stands in its properties, and the `day` as which it stood.
    """
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    file, language = Document(), languages.active()
    page = file.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2.5)
    style = file.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    style.element.get_or_add_rPr().append(_mark(language))
    file.core_properties.title = title[:255]
    file.core_properties.author, file.core_properties.language = author[:255], language
    file.core_properties.revision = version
    if day:
        moment = datetime.combine(day, time.min, UTC)
        file.core_properties.created = file.core_properties.modified = moment
    line = page.footer.paragraphs[0]
    line.alignment, line.text = WD_ALIGN_PARAGRAPH.CENTER, f"{footer}\xa0·\xa0"
    file.styles["Footer"].font.size = Pt(9)  # as a rule on one line
    _number_pages(line)
    return file


def _number_pages(line):
    """The number of the page, which a word processor fills in, so that printed sheets stay in order."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    line._p.append(field)


def saved(file):
    """Its bytes, which are the same for the same content: no hour of the clock stands in them, so that a browser that
    has the file is told so instead of sent it again."""
    written, kept = BytesIO(), BytesIO()
    file.save(written)
    with ZipFile(written) as parts, ZipFile(kept, "w", ZIP_DEFLATED) as timeless:
        for part in parts.infolist():
            entry = ZipInfo(part.filename)  # its date is 1980, the first that such files know
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, part.external_attr
            timeless.writestr(entry, parts.read(part))
    return kept.getvalue()


def _mark(code):
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), {"sl": "sl-SI", "en": "en-GB", "da": "da-DK", "nb": "nb-NO", "de": "de-DE"}[code])
    return mark


def say(paragraph, text, language):
    """A run of the text, marked when it is in another language than the document."""
    run = paragraph.add_run(text.words)
    if text.language != language:
        run._r.get_or_add_rPr().append(_mark(text.language))
    return run


def heads(table, words):
    """Fills the first row, which stands again at the top of every page the table runs over."""
    from docx.oxml import OxmlElement

    row = table.rows[0]
    for cell, head in zip(row.cells, words, strict=True):
        cell.paragraphs[0].add_run(head).bold = True
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def widths(table, *centimetres):
    """How wide its columns are: word processors go by the cells, or by the columns."""
    from docx.shared import Cm

    table.autofit = False
    for column, width in zip(table.columns, centimetres, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)


def draw(file, picture, words, centimetres):
    """A picture, as a file of bytes, so wide, and what it shows."""
    from docx.shared import Cm

    file.add_picture(picture, width=Cm(centimetres))._inline.docPr.set("descr", words)
