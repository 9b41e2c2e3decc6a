"""Single values of foreign JSON."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.wire.values import canonical_json, nested_too_deeply, read_json, read_number, read_object, read_text
from wire.strategies import any_json


@pytest.mark.parametrize("value", [None, "", "  "])
def test_null_and_empty_mean_not_sent(value):
    assert read_text(value) is None
    assert read_number(value) is None
    assert read_object(value) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4711, "4711"),
        (4711.0, "4711"),
        (12345678.0, "12345678"),
        (1e15, "1000000000000000"),
        (1.5, "1.5"),
        ("007", "007"),
        (" x ", "x"),
        (True, "true"),
    ],
)
def test_a_number_becomes_the_text_that_people_read(value, text):
    assert read_text(value) == text


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_has_one_text_however_it_is_sent(number):
    assert read_text(number) == read_text(float(number)) == read_text(str(number)) == str(number)


@pytest.mark.parametrize(("value", "number"), [("30.25", 30.25), (" -97.7 ", -97.7), (3, 3.0), ("0", 0.0)])
def test_a_text_becomes_the_number_it_spells(value, number):
    assert read_number(value) == number


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "nan", "-inf", "1e999", 10**400, "12 m", True, [], {}])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        read_number(value)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"a": 1}, {"a": 1}),
        ('{"a": 1}', {"a": 1}),
        ([], {}),
        ("[]", {}),
        ("null", None),
        (' {"a": {"b": []}} ', {"a": {"b": []}}),
    ],
)
def test_an_object_may_come_as_a_string_of_json_and_an_empty_one_as_phps_empty_list(value, read):
    assert read_object(value) == read


@pytest.mark.parametrize("value", ["{", "text", "[1]", [1], 1, True, "[" * 100_000])
def test_what_is_no_object_is_refused(value):
    with pytest.raises(ValueError, match="object was expected"):
        read_object(value)


@given(any_json())
def test_no_value_breaks_the_readers(value):
    for read in (read_text, read_number, read_object):
        try:
            read(value)
        except ValueError:
            continue


@given(any_json())
def test_foreign_json_is_read_as_it_was_written(value):
    text = json.dumps(value)
    if not re.search(r"NaN|Infinity|1e999", text):
        assert read_json(text) == read_json(text.encode()) == json.loads(text)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_what_json_does_not_know_was_not_sent(number):
    assert read_json(f'{{"a": [{number}, 1.5]}}') == {"a": [None, 1.5]}


def test_half_a_character_becomes_a_sign_that_can_be_kept_and_a_whole_one_stays():
    value = read_json('{"\\ud800": ["\\uDFFF!", "\\ud83d\\ude00"]}')
    assert value == {"\ufffd": ["\ufffd!", "\U0001f600"]}


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 700 + '"\\ud800"' + "]" * 700, "9" * 5000, "{", b"\xff\xfe", ""])
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_json(text)


def test_a_bom_and_broken_bytes_cost_nothing_else():
    assert read_json(b'\xef\xbb\xbf{"a": "\xff"}') == {"a": "\ufffd"}


@pytest.mark.parametrize(("depth", "too_deep"), [(5, False), (99, False), (101, True), (100_000, True)])
def test_endless_nesting_is_seen_without_falling_into_it(depth, too_deep):
    value: object = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    assert nested_too_deeply(value) is too_deep


@given(st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=4), min_size=2))
def test_canonical_json_does_not_depend_on_the_order_of_fields(value):
    assert canonical_json(value) == canonical_json(dict(reversed(value.items())))
