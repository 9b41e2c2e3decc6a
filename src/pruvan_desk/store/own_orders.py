"""The office's own orders: they hang on an integration that no server stands behind."""

from sqlalchemy import func, select

from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import OWN_KIND, Integration, Project

CODE = "OFFICE"


def own_integration(writing: Writing) -> Integration:
    """The integration of the office's own orders, made when the first of them is."""
    row = writing.session.scalar(select(Integration).where(Integration.kind == OWN_KIND))
    if row is None:
        code = next(
            code
            for code in (CODE, *(f"{CODE}{number}" for number in range(2, 1000)))
            if writing.session.scalar(select(Integration.id).where(Integration.code == code)) is None
        )
        row = Integration(
            name="Office", code=code, kind=OWN_KIND, service_url="", username="", qa_in_field=False, auto_admin=False
        )
        writing.session.add(row)
        writing.session.flush()
        writing.changed(integrations=row.id)
    return row


def free_number(writing: Writing, integration_id: int, wanted: str) -> str:
    """``wanted``, or the first of ``wanted-2``, ``wanted-3`` … that no order of the integration has."""
    taken = set(
        writing.session.scalars(
            select(Project.number).where(
                Project.integration_id == integration_id, func.substr(Project.number, 1, len(wanted)) == wanted
            )
        )
    )
    return next(n for n in (wanted, *(f"{wanted}-{count}" for count in range(2, len(taken) + 3))) if n not in taken)
