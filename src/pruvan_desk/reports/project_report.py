"""The report of a project as a PDF: the order, where the photos were taken, what is certified, and every photo."""

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from itertools import groupby

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, Spacer, Table, TableStyle

from pruvan_desk.domain.certification import LOCATION_METRES, distance_words
from pruvan_desk.domain.statuses import FileType, evidence_label
from pruvan_desk.reports.page import ACROSS, LINE_LETTERS, MARGIN, TEXT_LETTERS, TIGHT, WIDTH, Paper, Step, when
from pruvan_desk.reports.plot import FAR, GROUND, LINE, MUTED, NEAR, PLACE, Plot
from pruvan_desk.store.views.project_report import ReportFacts, ReportPhoto

MOST_CREWS = 12
KIND_WORDS = {
    FileType.PICTURE: "photo", FileType.SURVEY: "survey", FileType.CHECK_IN: "check-in", FileType.FILE: "file",
}  # fmt: skip


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
    return _Report(facts, thumbnails, zone, f"Made {when(made_at, zone)} by {who}", step).pdf()


class _Report(Paper):
    def __init__(
        self, facts: ReportFacts, thumbnails: Mapping[str, bytes], zone: tzinfo, made: str, step: Step
    ) -> None:
        super().__init__()
        self._told, self._thumbnails, self._zone, self._made, self._step = facts, thumbnails, zone, made, step
        self._drawn = 0

    def pdf(self) -> bytes:
        """Lays everything out."""
        key = self._told.key
        return self.laid_out(self._story(), f"Project report {key}", key, self._made)

    def _story(self) -> Iterator[Flowable]:
        facts = self._told
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
        facts = self._told
        counts = ((facts.items.get(kind, 0), words) for kind, words in KIND_WORDS.items())
        items = ", ".join(f"{count:,} {words}{'' if count == 1 else 's'}" for count, words in counts if count)
        crews = ", ".join(self._shown(name) for name in facts.crews[:MOST_CREWS])
        more = len(facts.crews) - MOST_CREWS
        rows = (
            ("Number", facts.key),
            ("Address", ", ".join(facts.address) or "none given"),
            ("Items", items or "none yet"),
            ("Performed by", (f"{crews} and {more} more" if more > 0 else crews) or "nobody yet"),
            ("Start", when(facts.first, self._zone) or "no photo yet"),
            ("End", when(facts.last, self._zone) or "no photo yet"),
            ("Status", facts.status),
        )
        return self._facts(rows)

    def _positions(self) -> Iterator[Flowable]:
        facts = self._told
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
        near = sum(photo.certification.location for photo in self._told.photos)
        where = f"■ the property · dashed: {distance_words(LOCATION_METRES)} around it" if self._told.place else ""
        near_words = f"● near it: {near:,}" if self._told.place else "The position of the property is not known"
        far = taken_count - near
        parts = [
            f'<font color="#{PLACE.hexval()[2:]}">{self._plain(where)}</font>' if where else "",
            f'<font color="#{NEAR.hexval()[2:]}">{self._plain(near_words)}</font>',
            f'<font color="#{FAR.hexval()[2:]}">{self._plain(f"▲ elsewhere: {far:,}")}</font>' if far else "",
            self._plain(f"without a position: {len(self._told.photos) - taken_count:,}"),
        ]
        return " · ".join(part for part in parts if part)

    def _certification(self) -> Flowable:
        heads = ("Task", "Photos", "Item", "Time", "Location")
        rows: list[list[Flowable]] = [[self._words(head, self._bold) for head in heads]]
        for task, group in groupby(self._told.photos, key=lambda photo: photo.task):
            photos = list(group)
            tests = [[getattr(photo.certification, test) for photo in photos] for test in ("item", "time", "location")]
            rows.append([
                self._words(task or "No task", self._body, TEXT_LETTERS), self._words(f"{len(photos):,}", self._body),
                *(self._verdict(sum(test), len(photos)) for test in tests),
            ])  # fmt: skip
        rest = WIDTH - 2 * MARGIN - 50 - 3 * 98
        table = Table(rows, colWidths=[rest, 50, 98, 98, 98], repeatRows=1, hAlign="LEFT")
        table.setStyle(
            TableStyle([*TIGHT, ("BACKGROUND", (0, 0), (-1, 0), GROUND), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)])
        )
        return table

    def _verdict(self, certified: int, count: int) -> Paragraph:
        words = "certified" if certified == count else f"{certified:,} of {count:,} certified" if certified else ""
        colour = NEAR if certified == count else FAR
        shown = self._plain(words or "cannot be verified")
        return Paragraph(f'<font color="#{colour.hexval()[2:]}">{shown}</font>', self._body)

    def _nothing(self) -> Iterator[Flowable]:
        yield self._words("This project has no photos yet.", self._body)
        for lack in self._told.lacks:
            yield self._words(f"Missing: {lack}", self._body, TEXT_LETTERS)

    def _photos(self) -> Iterator[Flowable]:
        for (task, evidence), group in groupby(self._told.photos, key=lambda photo: (photo.task, photo.evidence_type)):
            photos = list(group)
            words = f"{task or 'No task'} · {evidence_label(evidence)} ({len(photos):,})"
            yield self._words(words, self._group)
            for start in range(0, len(photos), ACROSS):
                some = photos[start : start + ACROSS]
                yield self._row([self._shown_photo(photo) for photo in some], [self._caption(photo) for photo in some])

    def _shown_photo(self, photo: ReportPhoto) -> Flowable:
        jpeg = self._thumbnails.get(photo.sha256 or "")
        return self._picture(
            jpeg, photo.rotation, photo.file_name, photo.problem, self._draw_one, annotations=photo.annotations
        )

    def _draw_one(self) -> None:
        self._step(self._drawn, len(self._told.photos))
        self._drawn += 1

    def _caption(self, photo: ReportPhoto) -> Paragraph:
        proven = photo.certification
        tests = {"item": proven.item, "time": proven.time, "location": proven.location}
        lacking = [name for name, certified in tests.items() if not certified]
        words = f"not verified: {', '.join(lacking)}" if lacking else "certified"
        reasons = "".join(f"<br/>{self._plain(f'{test}: {why}', LINE_LETTERS)}" for test, why in proven.why.items())
        state = f'<font name="{self._face.bold}">{self._plain(photo.state.label)}</font>'
        colour = (FAR if lacking else NEAR).hexval()[2:]
        return Paragraph(
            f"{self._plain(when(photo.at, self._zone))} · {self._plain(photo.who or 'unknown', LINE_LETTERS)}<br/>"
            f'{state} · <font color="#{colour}">{words}</font><font color="#{MUTED.hexval()[2:]}">{reasons}</font>',
            self._small,
        )
