"""Tables as files, CSV and XLSX: written so that no spreadsheet runs what stands in a cell, read within limits.

A cell that begins like a formula gets an apostrophe before it (OWASP, CSV injection), which reading takes off again.
"""

import csv
import io
import re
import zipfile
import zlib
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from django.http import HttpResponse
from django.utils import formats
from django.utils.translation import gettext as _

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 5000, 100
MOST_LETTERS = 30_000  # in one cell
_MOST_PARTS = 1000  # files within an XLSX
_LAST_ROW = 1_048_576  # of any spreadsheet
_STRING = re.compile(rb"[<:]si[\s/>]")  # one of the texts that an XLSX keeps apart from its cells
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# An apostrophe that stands there already is one more, so that exactly what was written comes back.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")
# What XML cannot hold, and no text of ours needs.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Refused(Exception):
    """A file that is not read: what to tell the person, and the status (413 too large, 422 not understood)."""

    def __init__(self, sentence, status=422):
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


class Table(NamedTuple):
    """`rows`: [(number of the row in the file, [text])], those without any text left out; all as long as `head`."""

    head: list
    rows: list


# ---- writing --------------------------------------------------------------------------------------
def safe(value):
    """The text of a cell that no spreadsheet takes for a formula. A number stays one, below zero too."""
    text = "" if value is None else _one_line_end(str(value))
    if isinstance(value, int | float | Decimal):
        return text
    return f"'{text}" if _FORMULA.match(text) else text


def plain(text):
    """The text that `safe` made safe."""
    return text[1:] if _QUOTED.match(text) else text


def tidy(text):
    """A text as it comes back from a file: lines end in one way, nothing stands around it."""
    return _one_line_end(text).strip()


def _one_line_end(text):
    """Without what XML cannot hold; it reads all three ends of a line as one, so we write one."""
    return _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def csv_response(name, rows):
    """An answer with the rows as a CSV file; a spreadsheet opens it as it is, with all letters.

    Where the reader's language writes 3,5 a spreadsheet takes `;` to part the cells: with commas it would put a whole
    row into one, and would take 3.5 for a day in May.
    """
    sign = formats.get_format("DECIMAL_SEPARATOR")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";" if sign == "," else ",")
    writer.writerows([_written(cell, sign) for cell in row] for row in rows)
    return _download(response, f"{name}.csv")


def _written(value, sign):
    return safe(value).replace(".", sign) if isinstance(value, float | Decimal) else safe(value)


def xlsx_response(name, rows):
    """An answer with the rows as an XLSX file, the first row as its head."""
    import openpyxl  # twelve megabytes that few processes ever need, as below

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    for number in range(1, 7):
        sheet.column_dimensions[openpyxl.utils.get_column_letter(number)].width = 28
    for place, row in enumerate(rows):
        sheet.append([_cell(sheet, cell, is_head=place == 0) for cell in row])
    kept = io.BytesIO()
    book.save(kept)
    return _download(HttpResponse(kept.getvalue(), content_type=XLSX), f"{name}.xlsx")


def _cell(sheet, value, is_head):
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    cell = WriteOnlyCell(sheet, safe(value))
    cell.data_type = "s"  # text, whatever it looks like
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if is_head:
        cell.font = Font(bold=True)
    return cell


def _download(response, name):
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# ---- reading --------------------------------------------------------------------------------------
def read(name, data):
    """The Table in a file of this name and these bytes. Raises Refused."""
    if len(data) > MOST_BYTES:
        raise Refused(_("The file is larger than 5 MB. Split it into several files."), 413)
    if not data.strip():
        raise Refused(_("The file is empty."))
    if data.startswith(b"PK"):
        return _table(_xlsx_rows(data))
    if name.lower().endswith((".xlsx", ".xls", ".ods")) or data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(_("Only CSV and XLSX can be read. Save the table as XLSX in your spreadsheet."))
    return _table(_csv_rows(_decoded(data)))


def _table(rows):
    """The first row with text is the head. Raises Refused when there is too much, or nothing."""
    head, found = None, []
    for number, row in rows:
        cells = [tidy(plain(cell)) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise Refused(_("The table has more than 100 columns."), 413)
        if any(len(cell) > MOST_LETTERS for cell in cells):
            raise _too_long(number)
        if head is None:
            head = cells
            continue
        if len(found) == MOST_ROWS:
            raise _too_many_rows()
        found.append((number, cells))
    if head is None:
        raise Refused(_("The file is empty."))
    width = max([len(head), *(len(cells) for _number, cells in found)])
    return Table(head + [""] * (width - len(head)), [(n, cells + [""] * (width - len(cells))) for n, cells in found])


def _decoded(data):
    """UTF-8, UTF-16 with its mark, else Windows-1250, as spreadsheets here save it."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1250"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused(_("The letters of this file could not be read. Save it as “CSV UTF-8” or as XLSX."))


def _csv_rows(text):
    """(number, [text]) of each row; the separator is the one that splits the first row into the most cells."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    number = 0
    try:
        separator = max(";,\t", key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        for number, row in enumerate(rows, 1):
            yield number, row
    except csv.Error as error:
        if "field limit" in str(error):  # more letters than the reader takes, and it takes more than we do
            raise _too_long(number + 1) from error
        sentence = _("Row %(row)s could not be read: a quotation mark is missing or too many.")
        raise Refused(sentence % {"row": number + 1}) from error


def _xlsx_rows(data):
    """(number, [text]) of each row of the first sheet."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _unpack(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says about its size need not be true
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), 1):
            if number > _LAST_ROW:
                raise _too_many_rows()
            yield number, [_text(value) for value in row]
    except (
        zipfile.BadZipFile, zlib.error, InvalidFileException, DefusedXmlException, ParseError, EOFError,
        KeyError, IndexError, ValueError, TypeError, AttributeError, NotImplementedError, RuntimeError,
        OverflowError, OSError,
    ) as error:  # fmt: skip
        raise Refused(_("This XLSX file is damaged or protected with a password.")) from error


def _unpack(data):
    """Raises Refused where an XLSX is too large unpacked: as its directory says, and then as it really is; and where
    it has more texts than its cells can use, for ten million empty ones fit into it and take minutes to read.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise _too_large()
        left, texts_left = MOST_UNPACKED, MOST_ROWS * MOST_COLUMNS
        for part in parts:
            with packed.open(part) as opened:
                while chunk := opened.read(65_536):
                    left -= len(chunk)
                    texts_left -= len(_STRING.findall(chunk))
                    if left < 0:
                        raise _too_large()
                    if texts_left < 0:
                        raise _too_many_rows()


def _too_long(row):
    return Refused(_("A cell of row %(row)s is longer than 30,000 characters.") % {"row": row}, 413)


def _too_many_rows():
    return Refused(_("The table has more than 5,000 rows. Split it into several files."), 413)


def _too_large():
    return Refused(_("Unpacked, this file is larger than 50 MB. Split it into several files."), 413)


def _text(value):
    """A value of a spreadsheet as one would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
