"""The typeface of our PDFs: one of the system's that knows many scripts, otherwise Helvetica, which every reader has."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from pruvan_desk.imaging.lettering import font_files

REPLACED = "?"
"""Stands for a letter that the typeface does not have."""


@dataclass(frozen=True)
class Typeface:
    """Names for reportlab, and which letters can be shown."""

    regular: str
    bold: str
    has: Callable[[str], bool]

    def shown(self, text: str, longest: int) -> str:
        """Foreign text as it can be shown: on one line, not longer than ``longest`` letters, what is lacking replaced."""
        words = " ".join(text[: 4 * longest].split())
        cut = words if len(words) <= longest else f"{words[: longest - 1]}…"
        return "".join(map(self._letter, cut))

    def _letter(self, letter: str) -> str:
        if self.has(letter):
            return letter
        plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if self.has(part))
        return plain or ("" if unicodedata.category(letter) in {"Cc", "Cf", "Mn"} else REPLACED)


@cache
def typeface() -> Typeface:
    """The best there is on this machine."""
    for regular, bold in font_files():
        try:
            fonts = TTFont("Report", regular), TTFont("Report-Bold", bold)
        except (TTFError, OSError):  # not there, or of a kind that cannot be embedded
            continue
        for font in fonts:
            pdfmetrics.registerFont(font)
        pdfmetrics.registerFontFamily("Report", "Report", "Report-Bold", "Report", "Report-Bold")
        known = frozenset(fonts[0].face.charToGlyph) & frozenset(fonts[1].face.charToGlyph)
        return Typeface("Report", "Report-Bold", partial(_is_among, known))
    return HELVETICA


def _is_among(known: frozenset[int], letter: str) -> bool:
    return letter.isprintable() and ord(letter) in known


def _in_helvetica(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return letter.isprintable()


HELVETICA = Typeface("Helvetica", "Helvetica-Bold", _in_helvetica)
