"""Which projects are shown, in what order: the lists that are mended against the plainest way to make them."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.store.views.projects import ProjectRow
from pruvan_desk.ui.projects.columns import COLUMNS, PLACE
from pruvan_desk.ui.projects.filters import ProjectFilter
from pruvan_desk.ui.projects.search import ProjectIndex

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
CITIES = ("Austin", "Waco", "Tulsa")
WORDS = ("", "a", "au", "aus", "wa co", "1", "tul 2", "zz")
RUSH = ProjectFilter({"status": frozenset({"Rush"})})
FILTERS = (
    ProjectFilter(),
    RUSH,
    ProjectFilter({"due": frozenset({"Past due", "Today"}), "status": frozenset({"Rush", "Closed"})}),
)


def made(number: int, city: str, status: str, due: str) -> ProjectRow:
    return ProjectRow(
        id=number, key=f"AFS::{number}", number=str(number), integration="AFS", status=status, client_status="", due=due,
        address="", city=city, state="", assigned_to="", tasks=1, items=Counter(), check_in="", zip="", client_due="",
        field_status="New", surveys=0, surveys_submitted=0, closed_at="", own=False, search=f"{number}\n{city}".casefold(),
    )  # fmt: skip


ROWS = st.builds(
    made, st.integers(1, 12), st.sampled_from(CITIES), st.sampled_from(("Rush", "Assigned", "Closed")),
    st.sampled_from(("", "2026-06-14", "2026-06-15", "2026-06-20T10:00:00Z")),
)  # fmt: skip
STEPS = st.one_of(
    st.tuples(st.just("rows"), st.lists(ROWS, max_size=8)),
    st.tuples(st.just("mend"), ROWS),
    st.tuples(st.just("drop"), st.integers(1, 12)),
    st.tuples(st.just("gone"), st.sets(st.integers(1, 12), max_size=3)),
    st.tuples(st.just("words"), st.sampled_from(WORDS)),
    st.tuples(st.just("filter"), st.sampled_from(FILTERS)),
    st.tuples(st.just("sort"), st.tuples(st.sampled_from(("city", "due", "status")), st.booleans())),
)


class Plain:
    """All rows looked at anew, every time."""

    def __init__(self) -> None:
        self.rows: dict[int, ProjectRow] = {}
        self.words, self.filter, self.order = "", ProjectFilter(), ("due", False)

    def shown(self) -> list[ProjectRow]:
        test = self.filter.predicate(NOW)
        column, descending = self.order
        rows = [row for row in self.rows.values() if test is None or test(row)]
        rows = [row for row in rows if all(word in row.search for word in self.words.split())]
        key = COLUMNS[PLACE[column]].key
        return sorted(rows, key=lambda row: (key(row), row.number, row.id), reverse=descending)


@given(st.lists(STEPS, max_size=14))
def test_what_is_mended_is_what_would_be_made_anew(steps):
    index, plain = ProjectIndex(COLUMNS[PLACE["due"]].key), Plain()
    for what, given_value in steps:
        if what == "rows":
            rows = list({row.id: row for row in given_value}.values())
            index.add(rows)
            plain.rows.update((row.id, row) for row in rows)
        elif what == "mend":
            index.add([given_value])
            plain.rows[given_value.id] = given_value
        elif what == "drop":
            index.add([], [given_value])
            plain.rows.pop(given_value, None)
        elif what == "gone":
            index.add([], given_value)
            plain.rows = {key: row for key, row in plain.rows.items() if key not in given_value}
        elif what == "words":
            index.search(given_value)
            plain.words = given_value
        elif what == "filter":
            index.filter(given_value.predicate(NOW))
            plain.filter = given_value
        else:
            index.sort(COLUMNS[PLACE[given_value[0]]].key, descending=given_value[1])
            plain.order = given_value
        assert index.shown == plain.shown()


def test_typing_on_sees_what_came_and_went_meanwhile():
    index = ProjectIndex(COLUMNS[PLACE["due"]].key)
    index.add([made(1, "Austin", "Rush", ""), made(2, "Austin", "Rush", ""), made(3, "Waco", "Rush", "")])
    index.search("a")
    index.add([], [1])
    index.add([made(4, "Austin", "Rush", "2026-06-14")])
    index.add([made(2, "Waco", "Rush", "")])
    index.search("au")
    assert [row.id for row in index.shown] == [4]
    index.add([made(5, "Austin", "Rush", "")])
    index.search("")
    index.search("austin")
    assert [row.id for row in index.shown] == [4, 5]
