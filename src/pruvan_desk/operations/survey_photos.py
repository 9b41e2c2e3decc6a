"""Moving a photo from one question of a submitted form to another, in one step."""

from sqlalchemy import select

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.surveys.filling import fill
from pruvan_desk.domain.surveys.moving import Move, check_moved, move_picture
from pruvan_desk.domain.undo import PHOTO_MOVED
from pruvan_desk.operations.qa import revise
from pruvan_desk.operations.surveys import check_open, read_survey
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import SurveyDraft
from pruvan_desk.store.outbox import enqueue_items
from pruvan_desk.store.surveys import form_of, note_survey, standing, submissions


def move_survey_photo(database: Database, task_id: int, move: Move, who: str) -> Changes:
    """Makes the next revision of a submitted form, with a photo at another question; what the client has goes again.

    Raises :class:`UsageError`, and changes nothing, when the form is being filled in, or one of the two questions would then have too
    few photos, or too many.
    """
    with database.write() as writing:
        task, project = read_survey(writing.session, task_id)
        check_open(project)
        item, form = standing(submissions(writing.session, project.id, task.name)), form_of(writing.session, task)
        if item is None or item.survey is None or form is None:
            raise UsageError(f"{task.name} was not submitted.", "Fill it in.")
        if writing.session.scalar(select(SurveyDraft.id).where(SurveyDraft.task_id == task_id)) is not None:
            raise UsageError(f"{task.name} was reopened.", "Move the photo in the draft, then submit it.")
        filling = fill(form, item.survey)
        moved = move_picture(filling, move)
        check_moved(filling, moved, move)
        before = {name: getattr(item, name) for name in ("survey", "created_by", "state", "revision")}
        item.survey = moved.draft()
        enqueue_items(writing, revise(writing, item, PHOTO_MOVED, before, who))
        note_survey(writing, task)
    return writing.changes
