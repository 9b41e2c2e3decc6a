"""What the pages of our PDFs have in common: paper, type, the closing line, pictures in rows of cells.

Pictures are the cached thumbnails, upright already, as they are: their pixels are not encoded again. Loads reportlab, so it is imported
only when somebody wants a PDF.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from html import escape
from io import BytesIO

from PIL import Image
from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle

from pruvan_desk.imaging.annotated import annotated_thumbnail
from pruvan_desk.reports.fonts import typeface
from pruvan_desk.reports.plot import GROUND, INK, LINE, MUTED

WIDTH, HEIGHT = letter
MARGIN = 40.0
FRAME = 6.0
"""Points that reportlab leaves inside the margins."""
ACROSS = 3
GAP = 9.0
CELL = (WIDTH - 2 * MARGIN - (ACROSS - 1) * GAP) / ACROSS
PICTURE = CELL * 0.67
"""Points that a picture is high at most."""
LINE_LETTERS, TEXT_LETTERS = 120, 400
MOST_PIXELS = 512 * 512
"""Of a thumbnail: what claims more is none of ours."""
NO_THUMBNAIL = "No thumbnail of it yet"
BROKEN = "Its thumbnail is damaged"

Step = Callable[[int, int], object]
"""Told how many photos of how many are drawn; what it raises ends the work."""


TIGHT = (
    ("LEFTPADDING", (0, 0), (-1, -1), 4), ("RIGHTPADDING", (0, 0), (-1, -1), 4), ("TOPPADDING", (0, 0), (-1, -1), 2.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5), ("VALIGN", (0, 0), (-1, -1), "TOP"),
)  # fmt: skip

OF_A_ROW = (
    ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), GAP), ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, 0), 2), ("BOTTOMPADDING", (0, 1), (-1, 1), 8),
    ("NOSPLIT", (0, 0), (-1, -1)),
)  # fmt: skip


class Paper:
    """A PDF in the making: its type, its words, and what stands at the foot of each page."""

    def __init__(self) -> None:
        self._face = face = typeface()
        body = ParagraphStyle("body", fontName=face.regular, fontSize=9, leading=12, textColor=INK)
        self._body = body
        self._bold = ParagraphStyle("bold", body, fontName=face.bold)
        self._muted = ParagraphStyle("muted", body, textColor=MUTED)
        self._small = ParagraphStyle("small", body, fontSize=7.5, leading=9.5)
        self._title = ParagraphStyle("title", body, fontName=face.bold, fontSize=18, leading=23)
        self._heading = ParagraphStyle(
            "heading", body, fontName=face.bold, fontSize=11.5, leading=15, spaceBefore=14, spaceAfter=5, keepWithNext=1
        )
        self._group = ParagraphStyle("group", self._heading, fontSize=10, leading=13, spaceBefore=10)
        self._foot = ""

    def laid_out(self, story: Iterable[Flowable], title: str, about: str, made: str) -> bytes:
        """The PDF of what is told; at the foot of each page what it is ``about``, and when it was ``made`` and by whom."""
        self._foot = self._shown(f"{about} · {made}")
        rl_config.useA85 = (
            0  # pictures as bytes, not as letters of them, which takes a quarter more room and most of the time
        )
        buffer = BytesIO()
        document = SimpleDocTemplate(
            buffer,
            pagesize=letter,
            leftMargin=MARGIN - FRAME,
            rightMargin=MARGIN - FRAME,
            topMargin=MARGIN,
            bottomMargin=MARGIN + 6,
            title=self._shown(title),
            author=self._shown(made),
            creator="Pruvan Desk",
        )
        document.build(list(story), canvasmaker=self._canvas)
        return buffer.getvalue()

    def _facts(self, rows: Sequence[tuple[str, str]]) -> Flowable:
        """What is known, a line each: its name, and the words for it."""
        cells = [[self._words(name, self._muted), self._words(words, self._body)] for name, words in rows]
        table = Table(cells, colWidths=[88, WIDTH - 2 * MARGIN - 88], hAlign="LEFT")
        table.setStyle(TableStyle([*TIGHT, ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)]))
        return table

    def _row(self, pictures: Sequence[Flowable], captions: Sequence[Flowable]) -> Flowable:
        """Pictures side by side, each with its words below it."""
        empty = [""] * (ACROSS - len(pictures))
        table = Table([[*pictures, *empty], [*captions, *empty]], colWidths=[CELL + GAP] * ACROSS, hAlign="LEFT")
        table.setStyle(TableStyle(OF_A_ROW))
        return table

    def _picture(
        self, jpeg: bytes | None, rotation: int, name: str, problem: str, tell: Callable[[], None], *,
        annotations: str = "",
    ) -> Flowable:  # fmt: skip
        """A thumbnail, with its marks; where it lacks, a frame that says so. ``tell`` is called when it is drawn."""
        if jpeg is not None and annotations and size_of(jpeg) is not None:
            jpeg, rotation = annotated_thumbnail(jpeg, rotation, annotations), 0
        size = size_of(jpeg) if jpeg is not None else None
        if jpeg is not None and size is not None:
            return Turned(jpeg, size, rotation, tell)
        why = problem or (NO_THUMBNAIL if jpeg is None else BROKEN)
        shown = self._plain(name or "A photo without a name", LINE_LETTERS)
        return Framed(Paragraph(f"{shown}<br/>{self._plain(why, LINE_LETTERS)}", self._small), tell)

    def _canvas(self, *arguments: object, **values: object) -> Canvas:
        canvas = Numbered(*arguments, **values)
        canvas.foot = (self._foot, self._face.regular)
        return canvas

    def _words(self, text: str, style: ParagraphStyle, longest: int = TEXT_LETTERS) -> Paragraph:
        return Paragraph(self._plain(text, longest), style)

    def _plain(self, text: str, longest: int = TEXT_LETTERS) -> str:
        """Foreign text for a paragraph, whose markup it must not become."""
        return escape(self._shown(text, longest))

    def _shown(self, text: str, longest: int = LINE_LETTERS) -> str:
        return self._face.shown(text, longest)


class Numbered(Canvas):
    """Writes the closing line of each page when it is known how many there are."""

    foot = ("", "Helvetica")

    def __init__(self, *arguments: object, **values: object) -> None:
        super().__init__(*arguments, **values)  # type: ignore[arg-type]
        self._pages: list[dict[str, object]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Keeps the page back."""
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        """Finishes all pages."""
        words, font = self.foot
        for number, page in enumerate(pages := self._pages, 1):
            self.__dict__.update(page)
            self.setFont(font, 7.5)
            self.setFillColor(MUTED)
            self.setStrokeColor(LINE)
            self.setLineWidth(0.4)
            self.line(MARGIN, MARGIN - 8, WIDTH - MARGIN, MARGIN - 8)
            self.drawString(MARGIN, MARGIN - 19, words)
            self.drawRightString(WIDTH - MARGIN, MARGIN - 19, f"Page {number} of {len(pages)}")
            super().showPage()
        super().save()


class Turned(Flowable):
    """A JPEG, turned clockwise by quarters, in a box of the cell's width."""

    def __init__(self, jpeg: bytes, size: tuple[int, int], rotation: int, tell: Callable[[], None]) -> None:
        super().__init__()
        self._jpeg, self._turn, self._tell = jpeg, rotation % 360, tell
        wide, high = size if self._turn % 180 == 0 else size[::-1]
        scale = min(CELL / wide, PICTURE / high)
        self._wide, self._high = wide * scale, high * scale

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        """Every picture takes the same room."""
        return CELL, PICTURE

    def draw(self) -> None:
        """On the ground, in the middle."""
        self._tell()
        canvas: Canvas = self.canv
        canvas.saveState()
        canvas.setFillColor(GROUND)
        canvas.rect(0, 0, CELL, PICTURE, stroke=0, fill=1)
        canvas.translate(CELL / 2, PICTURE / 2)
        canvas.rotate(-self._turn)
        wide, high = (self._wide, self._high) if self._turn % 180 == 0 else (self._high, self._wide)
        canvas.drawImage(ImageReader(BytesIO(self._jpeg)), -wide / 2, -high / 2, wide, high)
        canvas.restoreState()


class Framed(Flowable):
    """What stands where a picture is missing."""

    def __init__(self, words: Paragraph, tell: Callable[[], None]) -> None:
        super().__init__()
        self._words, self._tell = words, tell

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        """As a picture."""
        return CELL, PICTURE

    def draw(self) -> None:
        """A frame with the words in it."""
        self._tell()
        canvas: Canvas = self.canv
        canvas.saveState()
        canvas.setStrokeColor(LINE)
        canvas.setFillColor(HexColor(0xFFFFFF))
        canvas.rect(0.3, 0.3, CELL - 0.6, PICTURE - 0.6, fill=1)
        _, high = self._words.wrap(CELL - 2 * GAP, PICTURE)
        self._words.drawOn(canvas, GAP, (PICTURE - high) / 2)
        canvas.restoreState()


def size_of(jpeg: bytes) -> tuple[int, int] | None:
    """Pixels of a whole JPEG; ``None`` for what is none."""
    try:
        with Image.open(BytesIO(jpeg), formats=["JPEG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            image.load()
            return image.size
    except (OSError, ValueError, SyntaxError):  # what Pillow raises for a truncated or foreign one
        return None


def when(at: datetime | None, zone: tzinfo) -> str:
    """``2026-11-25 14:30`` in a zone; empty for no instant."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else ""
