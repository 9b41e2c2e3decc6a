"""Foreign JSON of every kind, and of the kinds that nearly are what was asked for."""

from typing import Any

from hypothesis import strategies as st

from pruvan_desk.wire.orders import DATES, FREE_ATTRIBUTES, NUMBERS, TEXTS

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
TRAPS = st.sampled_from([
    "", " ", "null", "[]", "{}", "[", '{"a": 1}', "nan", "inf", "1e999", "-1", "12:30", "0001-01-01T00:00:00+05:00",
    "9999-12-31T23:59:59-05:00", "2026-13-01", "2026-12-01 9999 +99", "1/1/0001 12:00:00 AM", "2026-12-01 12:00 EST", "²",
    "\0", 10**400, 1e300, -0.0, 253402300800, [], {}, [[]], [None],
])  # fmt: skip


def any_json() -> st.SearchStrategy[Any]:
    """Any JSON value."""
    return st.recursive(
        SCALARS | TRAPS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
        max_leaves=8,
    )


def nearly(names: list[str], **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with fields of these names that hold anything at all."""
    return st.builds(
        lambda chosen, known: chosen | known,
        st.dictionaries(st.sampled_from(names), any_json(), max_size=8),
        st.fixed_dictionaries({}, optional=fixed),
    )


def nearly_services() -> st.SearchStrategy[Any]:
    """Lists of service lines, with anything in them."""
    names = ["instructions", "survey", "surveyDynamic", "options", "source_service", "source_service_id"]
    return st.lists(nearly(names, serviceName=st.text(max_size=4) | any_json()) | any_json(), max_size=4)


def nearly_orders() -> st.SearchStrategy[dict[str, Any]]:
    """Objects that look like work orders, with anything in their fields."""
    names = [*TEXTS, *DATES, *NUMBERS, *sorted(FREE_ATTRIBUTES), "options", "strangerField"]
    return nearly(
        names, workOrderNumber=st.text(min_size=1, max_size=5) | any_json(), services=nearly_services() | any_json()
    )


def nearly_items() -> st.SearchStrategy[dict[str, Any]]:
    """Objects that look like items, with anything in their fields."""
    names = [
        "uuId", "key2", "key4", "evidenceType", "fileType", "fileName", "parentUuid", "notes", "createdBy", "deviceId",
        "timestamp", "gpsLatitude", "gpsLongitude", "gpsAccuracy", "survey", "template", "surveyId",
    ]  # fmt: skip
    return nearly(names, uuid=st.text(max_size=8) | any_json())
