"""Where the photos of a project were taken, drawn around the property: metres, north up, no map."""

from collections.abc import Sequence

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from pruvan_desk.domain.certification import LOCATION_METRES, Position, distance_words
from pruvan_desk.domain.positions import LEAST_METRES, Frame, at_edge, fitted, is_near, round_down
from pruvan_desk.reports.fonts import Typeface

HEIGHT = 190.0
"""Points."""
MARGIN = 22.0
GROUND, LINE, INK, MUTED = HexColor(0xF5F7F9), HexColor(0xC9D1D9), HexColor(0x1F2933), HexColor(0x5B6672)
NEAR, FAR, PLACE = HexColor(0x1E7B4F), HexColor(0xB45309), HexColor(0x1D4ED8)


class Plot(Flowable):
    """The property as a square, photos near it as dots, photos far from it (or with no property to compare) as triangles."""

    def __init__(self, place: Position | None, photos: Sequence[Position], face: Typeface) -> None:
        super().__init__()
        self._place, self._photos, self._face = place, photos, face
        self._view = fitted(place, photos) or Frame(Position(0, 0), LEAST_METRES)  # nothing to draw

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """As wide as the page."""
        self.width, self.height = available_width, HEIGHT
        return available_width, HEIGHT

    def draw(self) -> None:
        """Ground, circle of what is near enough, photos, property, scale."""
        canvas: Canvas = self.canv
        canvas.saveState()
        canvas.setFillColor(GROUND)
        canvas.setStrokeColor(LINE)
        canvas.rect(0, 0, self.width, HEIGHT, fill=1)
        outline = canvas.beginPath()
        outline.rect(0, 0, self.width, HEIGHT)
        canvas.clipPath(outline, stroke=0, fill=0)
        if self._place is not None:
            canvas.setDash(3, 3)
            canvas.circle(*self._at(self._place), LOCATION_METRES * self._scale)
            canvas.setDash()
        for photo in self._photos:
            self._draw_photo(canvas, photo)
        if self._place is not None:
            x, y = self._at(self._place)
            canvas.setFillColor(PLACE)
            canvas.setStrokeColor(HexColor(0xFFFFFF))
            canvas.rect(x - 4.5, y - 4.5, 9, 9, fill=1)
        self._draw_scale(canvas)
        canvas.restoreState()

    def _draw_photo(self, canvas: Canvas, photo: Position) -> None:
        x, y = self._at(photo)
        near = is_near(photo, self._place)
        canvas.setStrokeColor(HexColor(0xFFFFFF))
        canvas.setLineWidth(0.6)
        if near:
            canvas.setFillColor(NEAR)
            canvas.circle(x, y, 3, fill=1)
        else:
            canvas.setFillColor(FAR)
            shape = canvas.beginPath()
            shape.moveTo(x, y + 4)
            shape.lineTo(x + 3.8, y - 3)
            shape.lineTo(x - 3.8, y - 3)
            shape.close()
            canvas.drawPath(shape, fill=1)

    def _draw_scale(self, canvas: Canvas) -> None:
        metres = round_down(self._view.reach / 2)
        length = metres * self._scale
        canvas.setStrokeColor(INK)
        canvas.setFillColor(MUTED)
        canvas.setLineWidth(1)
        canvas.line(10, 12, 10 + length, 12)
        for x in (10, 10 + length):
            canvas.line(x, 9.5, x, 14.5)
        canvas.setFont(self._face.regular, 7)
        canvas.drawString(14 + length, 9.5, distance_words(metres))
        canvas.drawCentredString(self.width - 14, HEIGHT - 26, "N")
        canvas.line(self.width - 14, HEIGHT - 18, self.width - 14, HEIGHT - 8)
        canvas.line(self.width - 16.5, HEIGHT - 11.5, self.width - 14, HEIGHT - 8)
        canvas.line(self.width - 11.5, HEIGHT - 11.5, self.width - 14, HEIGHT - 8)

    @property
    def _scale(self) -> float:
        """Points a metre."""
        return float(min(self.width, HEIGHT) / 2 - MARGIN) / self._view.reach

    def _at(self, position: Position) -> tuple[float, float]:
        east, north = at_edge(self._view.flat(position), self._view.reach)
        return self.width / 2 + east * self._scale, HEIGHT / 2 + north * self._scale
