"""The report of a project as a PDF: the order, where the photos were taken, what is certified, and every photo.

Pictures are the cached thumbnails, upright already, as they are: their pixels are not encoded again. Loads reportlab, so it is imported
only when somebody wants a report.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from html import escape
from io import BytesIO
from itertools import groupby

from PIL import Image
from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from pruvan_desk.domain.certification import LOCATION_METRES, distance_words
from pruvan_desk.domain.statuses import FileType, evidence_label
from pruvan_desk.reports.fonts import typeface
from pruvan_desk.reports.plot import FAR, GROUND, INK, LINE, MUTED, NEAR, PLACE, Plot
from pruvan_desk.store.views.project_report import ReportFacts, ReportPhoto

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
MOST_CREWS = 12
KIND_WORDS = {
    FileType.PICTURE: "photo", FileType.SURVEY: "survey", FileType.CHECK_IN: "check-in", FileType.FILE: "file",
}  # fmt: skip
NO_THUMBNAIL = "No thumbnail of it yet"
BROKEN = "Its thumbnail is damaged"

Step = Callable[[int, int], object]
"""Told how many photos of how many are drawn; what it raises ends the work."""


def project_report(
    facts: ReportFacts,
    thumbnails: Mapping[str, bytes],
    *,
    zone: tzinfo,
    made_at: datetime,
    who: str,
    step: Step = lambda _done, _total: None,
) -> bytes:
    """The PDF. ``thumbnails`` are upright JPEGs by SHA-256; for those that are missing or broken their photo is named."""
    return _Report(facts, thumbnails, zone, f"Made {_when(made_at, zone)} by {who}", step).pdf()


class _Report:
    def __init__(
        self, facts: ReportFacts, thumbnails: Mapping[str, bytes], zone: tzinfo, made: str, step: Step
    ) -> None:
        self._facts, self._thumbnails, self._zone, self._made, self._step = facts, thumbnails, zone, made, step
        self._drawn = 0
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

    def pdf(self) -> bytes:
        """Lays everything out."""
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
            title=f"Project report {self._shown(self._facts.key)}",
            author=self._shown(self._made),
            creator="Pruvan Desk",
        )
        document.build(list(self._story()), canvasmaker=self._canvas)
        return buffer.getvalue()

    def _story(self) -> Iterator[Flowable]:
        facts = self._facts
        yield Paragraph("Project report", self._muted)
        yield self._words(facts.key, self._title)
        yield Spacer(0, 8)
        yield self._order()
        yield self._words("Positions", self._heading)
        yield from self._positions()
        yield self._words("Certification", self._heading)
        if facts.photos:
            yield self._certification()
            yield Spacer(0, 3)
            yield self._words(
                "Item: made with the crew's app. Time: taken within 12 hours of its arrival. Location: taken within "
                f"{distance_words(LOCATION_METRES)} of the property. What is not certified cannot be verified.",
                ParagraphStyle("note", self._small, textColor=MUTED),
            )
        else:
            yield self._words("There is nothing to certify.", self._body)
        yield self._words("Photos", self._heading)
        yield from self._photos() if facts.photos else self._nothing()

    def _order(self) -> Flowable:
        facts = self._facts
        counts = ((facts.items.get(kind, 0), words) for kind, words in KIND_WORDS.items())
        items = ", ".join(f"{count:,} {words}{'' if count == 1 else 's'}" for count, words in counts if count)
        crews = ", ".join(self._shown(name) for name in facts.crews[:MOST_CREWS])
        more = len(facts.crews) - MOST_CREWS
        rows = (
            ("Number", facts.key),
            ("Address", ", ".join(facts.address) or "none given"),
            ("Items", items or "none yet"),
            ("Performed by", (f"{crews} and {more} more" if more > 0 else crews) or "nobody yet"),
            ("Start", _when(facts.first, self._zone) or "no photo yet"),
            ("End", _when(facts.last, self._zone) or "no photo yet"),
            ("Status", facts.status),
        )
        cells = [[self._words(name, self._muted), self._words(words, self._body)] for name, words in rows]
        table = Table(cells, colWidths=[88, WIDTH - 2 * MARGIN - 88], hAlign="LEFT")
        table.setStyle(TableStyle([*_TIGHT, ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)]))
        return table

    def _positions(self) -> Iterator[Flowable]:
        facts = self._facts
        taken = [photo.taken for photo in facts.photos if photo.taken is not None]
        if taken:
            yield Plot(facts.place, taken, self._face)
            yield Spacer(0, 4)
            yield Paragraph(self._legend(taken_count=len(taken)), self._small)
        elif facts.photos:
            yield self._words("No photo carries a position.", self._body)
        else:
            yield self._words("There is no photo yet.", self._body)

    def _legend(self, taken_count: int) -> str:
        near = sum(photo.certification.location for photo in self._facts.photos)
        where = f"■ the property · dashed: {distance_words(LOCATION_METRES)} around it" if self._facts.place else ""
        near_words = f"● near it: {near:,}" if self._facts.place else "The position of the property is not known"
        far = taken_count - near
        parts = [
            f'<font color="#{PLACE.hexval()[2:]}">{self._plain(where)}</font>' if where else "",
            f'<font color="#{NEAR.hexval()[2:]}">{self._plain(near_words)}</font>',
            f'<font color="#{FAR.hexval()[2:]}">{self._plain(f"▲ elsewhere: {far:,}")}</font>' if far else "",
            self._plain(f"without a position: {len(self._facts.photos) - taken_count:,}"),
        ]
        return " · ".join(part for part in parts if part)

    def _certification(self) -> Flowable:
        heads = ("Task", "Photos", "Item", "Time", "Location")
        rows: list[list[Flowable]] = [[self._words(head, self._bold) for head in heads]]
        for task, group in groupby(self._facts.photos, key=lambda photo: photo.task):
            photos = list(group)
            tests = [[getattr(photo.certification, test) for photo in photos] for test in ("item", "time", "location")]
            rows.append([
                self._words(task or "No task", self._body, TEXT_LETTERS), self._words(f"{len(photos):,}", self._body),
                *(self._verdict(sum(test), len(photos)) for test in tests),
            ])  # fmt: skip
        rest = WIDTH - 2 * MARGIN - 50 - 3 * 98
        table = Table(rows, colWidths=[rest, 50, 98, 98, 98], repeatRows=1, hAlign="LEFT")
        table.setStyle(
            TableStyle([*_TIGHT, ("BACKGROUND", (0, 0), (-1, 0), GROUND), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)])
        )
        return table

    def _verdict(self, certified: int, count: int) -> Paragraph:
        words = "certified" if certified == count else f"{certified:,} of {count:,} certified" if certified else ""
        colour = NEAR if certified == count else FAR
        shown = self._plain(words or "cannot be verified")
        return Paragraph(f'<font color="#{colour.hexval()[2:]}">{shown}</font>', self._body)

    def _nothing(self) -> Iterator[Flowable]:
        yield self._words("This project has no photos yet.", self._body)
        for lack in self._facts.lacks:
            yield self._words(f"Missing: {lack}", self._body, TEXT_LETTERS)

    def _photos(self) -> Iterator[Flowable]:
        for (task, evidence), group in groupby(self._facts.photos, key=lambda photo: (photo.task, photo.evidence_type)):
            photos = list(group)
            words = f"{task or 'No task'} · {evidence_label(evidence)} ({len(photos):,})"
            yield self._words(words, self._group)
            for start in range(0, len(photos), ACROSS):
                yield self._row(photos[start : start + ACROSS])

    def _row(self, photos: Sequence[ReportPhoto]) -> Flowable:
        empty = [""] * (ACROSS - len(photos))
        pictures = [self._picture(photo) for photo in photos]
        captions = [self._caption(photo) for photo in photos]
        table = Table([[*pictures, *empty], [*captions, *empty]], colWidths=[CELL + GAP] * ACROSS, hAlign="LEFT")
        table.setStyle(TableStyle(_OF_A_ROW))
        return table

    def _picture(self, photo: ReportPhoto) -> Flowable:
        jpeg = self._thumbnails.get(photo.sha256 or "")
        if jpeg is None:
            return _Frame(self._lacking(photo, photo.problem or NO_THUMBNAIL), self._draw_one)
        size = _size(jpeg)
        if size is None:
            return _Frame(self._lacking(photo, photo.problem or BROKEN), self._draw_one)
        return _Turned(jpeg, size, photo.rotation, self._draw_one)

    def _draw_one(self) -> None:
        self._step(self._drawn, len(self._facts.photos))
        self._drawn += 1

    def _lacking(self, photo: ReportPhoto, why: str) -> Paragraph:
        name = self._plain(photo.file_name or "A photo without a name", LINE_LETTERS)
        return Paragraph(f"{name}<br/>{self._plain(why, LINE_LETTERS)}", self._small)

    def _caption(self, photo: ReportPhoto) -> Paragraph:
        proven = photo.certification
        tests = {"item": proven.item, "time": proven.time, "location": proven.location}
        lacking = [name for name, certified in tests.items() if not certified]
        words = f"not verified: {', '.join(lacking)}" if lacking else "certified"
        state = f'<font name="{self._face.bold}">{self._plain(photo.state.label)}</font>'
        colour = (FAR if lacking else NEAR).hexval()[2:]
        return Paragraph(
            f"{self._plain(_when(photo.at, self._zone))} · {self._plain(photo.who or 'unknown', LINE_LETTERS)}<br/>"
            f'{state} · <font color="#{colour}">{words}</font>',
            self._small,
        )

    def _canvas(self, *arguments: object, **values: object) -> Canvas:
        canvas = _Numbered(*arguments, **values)
        canvas.foot = (self._shown(f"{self._facts.key} · {self._made}"), self._face.regular)
        return canvas

    def _words(self, text: str, style: ParagraphStyle, longest: int = TEXT_LETTERS) -> Paragraph:
        return Paragraph(self._plain(text, longest), style)

    def _plain(self, text: str, longest: int = TEXT_LETTERS) -> str:
        """Foreign text for a paragraph, whose markup it must not become."""
        return escape(self._shown(text, longest))

    def _shown(self, text: str, longest: int = LINE_LETTERS) -> str:
        return self._face.shown(text, longest)


class _Numbered(Canvas):
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


class _Turned(Flowable):
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


class _Frame(Flowable):
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


_TIGHT = (
    ("LEFTPADDING", (0, 0), (-1, -1), 4), ("RIGHTPADDING", (0, 0), (-1, -1), 4), ("TOPPADDING", (0, 0), (-1, -1), 2.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5), ("VALIGN", (0, 0), (-1, -1), "TOP"),
)  # fmt: skip

_OF_A_ROW = (
    ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), GAP), ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, 0), 2), ("BOTTOMPADDING", (0, 1), (-1, 1), 8),
    ("NOSPLIT", (0, 0), (-1, -1)),
)  # fmt: skip


def _size(jpeg: bytes) -> tuple[int, int] | None:
    """Pixels of a whole JPEG; ``None`` for what is none."""
    try:
        with Image.open(BytesIO(jpeg), formats=["JPEG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            image.load()
            return image.size
    except (OSError, ValueError, SyntaxError):  # what Pillow raises for a truncated or foreign one
        return None


def _when(at: datetime | None, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else ""
