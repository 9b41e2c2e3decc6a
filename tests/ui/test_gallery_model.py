"""The items of the gallery: those that come, change and go one by one end up as if all had been read anew."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject

from fakes import NOON
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.store.views.items import PENDING, ItemRow, Scope, in_order
from pruvan_desk.ui.gallery.model import GalleryModel

ALL_PENDING = Scope(PENDING, title="All Pending QA")


def row(number: int, project: str, kind: str, state: ItemState, minutes: int) -> ItemRow:
    return ItemRow(
        number, 1, project, "", "Grass Cut", kind, FileType.PICTURE, state, None, "", f"{number}.jpg", 0, "", "", True, "",
        None, NOON + timedelta(minutes=minutes), "crew7",
    )  # fmt: skip


ROWS = st.builds(
    row, st.integers(1, 40), st.sampled_from(("AFS::1", "AFS::2")), st.sampled_from(("before", "after", "roof")),
    st.sampled_from((ItemState.PENDING_QA, ItemState.PASSED, ItemState.PUBLISHED)), st.integers(0, 3),
)  # fmt: skip


@given(st.lists(st.lists(ROWS, min_size=1, max_size=30, unique_by=lambda one: one.id), max_size=5))
def test_taking_in_a_few_is_reading_all_anew(steps: list[list[ItemRow]]) -> None:
    parent = QObject()
    model, anew = GalleryModel(parent), GalleryModel(parent)
    model.show_scope(ALL_PENDING, [])
    known: dict[int, ItemRow] = {}
    for rows in steps:
        known.update((one.id, one) for one in rows)
        model.take(rows, {one.id for one in rows})
    anew.show_scope(ALL_PENDING, in_order(one for one in known.values() if ALL_PENDING.holds(one)))
    assert model.shown == anew.shown
    assert [(group.title, group.count) for group in model.groups] == [(g.title, g.count) for g in anew.groups]
    assert [model.place(one.id) for one in anew.shown] == list(range(len(anew.shown)))
    assert (model.tally.total, +model.tally.states) == (anew.tally.total, +anew.tally.states)
