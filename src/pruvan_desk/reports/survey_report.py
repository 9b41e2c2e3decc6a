"""The answers of a survey as a PDF: section by section what was asked and answered, with the photos that belong to each answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, Spacer, Table, TableStyle

from pruvan_desk.domain.statuses import evidence_label
from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.filling import Filling
from pruvan_desk.domain.surveys.form import AnswerType, Section
from pruvan_desk.domain.surveys.reading import text_of
from pruvan_desk.domain.surveys.validation import texts_of
from pruvan_desk.reports.page import ACROSS, LINE_LETTERS, MARGIN, TIGHT, WIDTH, Paper, Step, when
from pruvan_desk.reports.plot import FAR, LINE
from pruvan_desk.store.views.surveys import Photo

QUESTION = 196.0
"""Points that the questions take, left of the answers."""
IN_A_ROW = 900
"""Letters up to which an answer stands beside its question; a longer one stands below it, and goes on over the page."""


@dataclass(frozen=True, slots=True)
class About:
    """What stands above the answers. ``state`` says by whom and when, and whether they were submitted."""

    project: str
    address: str
    task: str
    form: str
    state: str


@dataclass(frozen=True, slots=True)
class Pictures:
    """The photos of the project by ``uuid``, and of those that have one their thumbnail by SHA-256, an upright JPEG."""

    photos: Mapping[str, Photo]
    thumbnails: Mapping[str, bytes]


def survey_report(
    filling: Filling,
    about: About,
    pictures: Pictures,
    *,
    zone: tzinfo,
    made_at: datetime,
    who: str,
    step: Step = lambda _done, _total: None,
) -> bytes:
    """The PDF. What it lacks, an answer or a picture, is named in its place."""
    made = f"Made {when(made_at, zone)} by {who}"
    return _Answers(filling, about, pictures, zone, step).pdf(made)


class _Answers(Paper):
    def __init__(self, filling: Filling, about: About, pictures: Pictures, zone: tzinfo, step: Step) -> None:
        super().__init__()
        self._filling, self._about, self._pictures, self._zone, self._step = filling, about, pictures, zone, step
        self._drawn, self._total = 0, sum(len(filling.pictures(place)) for place in filling.on)
        self._lacking = ParagraphStyle("lacking", self._body, textColor=FAR)
        self._asked = ParagraphStyle("asked", self._muted, keepWithNext=1, spaceBefore=4)
        self._long = ParagraphStyle("long", self._body, leftIndent=12, spaceAfter=4)

    def pdf(self, made: str) -> bytes:
        """Lays everything out. ``made`` says when and by whom."""
        about = self._about
        return self.laid_out(self._story(), f"{about.task} {about.project}", f"{about.project} · {about.task}", made)

    def _story(self) -> Iterator[Flowable]:
        about, progress = self._about, self._filling.progress
        yield Paragraph("Survey", self._muted)
        yield self._words(about.task, self._title)
        yield Spacer(0, 8)
        yield self._facts(
            (
                ("Project", about.project),
                ("Address", about.address or "none given"),
                ("Form", about.form),
                ("State", about.state),
                ("Answered", f"{progress.answered} of {progress.asked}"),
            )
        )
        for section in self._filling.form.sections:
            for repetition in range(1, self._filling.sheet.repetitions(section) + 1):
                yield from self._section(section, repetition if section.repeats else 0)
        yield from self._foreign()

    def _section(self, section: Section, repetition: int) -> Iterator[Flowable]:
        places = [Place(question.id, repetition) for question in section.questions]
        asked = [place for place in places if self._filling.is_on(place)]
        if not asked:
            return
        name = section.name or ("Part" if repetition else "")
        yield self._words(f"{name} {repetition}" if repetition else name, self._heading) if name else Spacer(0, 14)
        for place in asked:
            yield from self._question(place)

    def _question(self, place: Place) -> Iterator[Flowable]:
        question, pictures = self._filling.form.questions[place.question_id], self._filling.pictures(place)
        if question.kind is AnswerType.LABEL:
            yield self._whole(question.text, self._muted)
            return
        answer = ", ".join(texts_of(self._filling.answer(place)))
        words = [self._whole(answer, self._body)] if answer else []
        if pictures:
            words.append(self._words(f"{len(pictures)} photo{'' if len(pictures) == 1 else 's'}", self._body))
        fault = self._filling.fault(place)
        if fault or not words:
            words.append(self._words(fault or "Not answered", self._lacking if fault else self._muted))
        if len(answer) + len(question.text) > IN_A_ROW:
            yield self._whole(question.text, self._asked)
            yield from (self._whole(answer, self._long), *words[1:])
        else:
            yield self._beside(self._whole(question.text, self._muted), words, line=not pictures)
        for start in range(0, len(pictures), ACROSS):
            some = pictures[start : start + ACROSS]
            yield self._row([self._shown_photo(uuid) for uuid in some], [self._caption(uuid) for uuid in some])

    def _beside(self, question: Flowable, answer: Sequence[Flowable], *, line: bool) -> Flowable:
        """A question and its answer, side by side; without a ``line`` below, photos follow that belong to it."""
        table = Table([[question, list(answer)]], colWidths=[QUESTION, WIDTH - 2 * MARGIN - QUESTION], hAlign="LEFT")
        below = ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE) if line else ("BOTTOMPADDING", (0, 0), (-1, -1), 6)
        table.setStyle(TableStyle([*TIGHT, below]))
        table.keepWithNext = 0 if line else 1
        return table

    def _shown_photo(self, uuid: str) -> Flowable:
        photo = self._pictures.photos.get(uuid)
        if photo is None:
            return self._picture(None, 0, uuid, "This photo is not in the project", self._draw_one)
        return self._picture(
            self._pictures.thumbnails.get(photo.sha256), photo.rotation, photo.file_name, "", self._draw_one,
            annotations=photo.annotations,
        )  # fmt: skip

    def _caption(self, uuid: str) -> Paragraph:
        photo = self._pictures.photos.get(uuid)
        if photo is None:
            return Paragraph("", self._small)
        where = " · ".join(part for part in (photo.task, evidence_label(photo.evidence_type)) if part)
        taken = " · ".join(part for part in (when(photo.at, self._zone), photo.who) if part)
        lines = [self._plain(line, LINE_LETTERS) for line in (photo.file_name, where, taken) if line]
        return Paragraph("<br/>".join(lines), self._small)

    def _draw_one(self) -> None:
        self._step(self._drawn, self._total)
        self._drawn += 1

    def _foreign(self) -> Iterator[Flowable]:
        """What was answered that the form does not ask: it is kept, sent, and so told."""
        entries = self._filling.sheet.rest.get("answers") or []
        if entries:
            yield self._words("Not asked by this form", self._heading)
        for entry in entries:
            said: Mapping[str, Any] = entry if isinstance(entry, dict) else {"answer": entry}
            name = text_of(said.get("question")) or text_of(said.get("id")) or "?"
            answer = self._whole(", ".join(texts_of(said.get("answer"))) or "Not answered", self._body)
            yield self._beside(self._whole(name, self._muted), [answer], line=True)

    def _whole(self, text: str, style: ParagraphStyle) -> Paragraph:
        """All of a foreign text, line by line."""
        return Paragraph("<br/>".join(self._plain(line, len(line) + 1) for line in text.splitlines() or [""]), style)
