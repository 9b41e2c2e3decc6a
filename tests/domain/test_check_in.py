"""Check In: three things have to happen, in any order."""

from itertools import product

import pytest

from pruvan_desk.core.settings import Settings
from pruvan_desk.domain.check_in import (
    CheckInSteps,
    abc_number_is_well_formed,
    check_in_required,
    relay_check_in,
    with_refusal,
)

WORDS = ("check-in", "checklist", "Complete")


@pytest.mark.parametrize("steps", list(product([True, False], repeat=3)))
def test_it_succeeds_when_all_three_happened_and_names_what_is_missing(steps):
    made = CheckInSteps(*steps)
    assert made.state == ("succeeded" if all(steps) else "required")
    assert len(made.missing) == steps.count(False)
    for done, word in zip(steps, WORDS, strict=True):
        assert any(word in missing for missing in made.missing) is not done


@pytest.mark.parametrize("steps", list(product([True, False], repeat=2)))
def test_a_refused_number_fails_it_with_the_providers_words(steps):
    made = CheckInSteps(False, *steps, refused="number expired")
    assert made.state == "failed"
    assert "number expired" in made.missing[0]
    assert len(made.missing) == 1 + steps.count(False)


@pytest.mark.parametrize("value", [True, 1, "1", "true", "YES", " on "])
def test_an_option_may_be_switched_on_in_many_spellings(value):
    assert check_in_required({"check_in_required": value})
    assert relay_check_in({"check_in_relay": value})


@pytest.mark.parametrize("value", [False, 0, "0", "false", "no", "", None])
def test_and_off_in_as_many(value):
    assert not check_in_required({"check_in_required": value})


def test_without_the_options_none_is_required_and_one_that_comes_is_relayed():
    assert not check_in_required({})
    assert relay_check_in({})


@pytest.mark.parametrize("value", [False, 0, "0", "false", "no"])
def test_the_order_may_keep_check_ins_from_its_source(value):
    assert not relay_check_in({"check_in_relay": value})


@pytest.mark.parametrize("value", [None, ""])
def test_a_relay_option_that_was_not_sent_keeps_nothing_back(value):
    assert relay_check_in({"check_in_relay": value})


@pytest.mark.parametrize("number", ["ABC-123456", "123456", " abc123456 ", "A1234"])
def test_numbers_of_the_right_form(number):
    assert abc_number_is_well_formed(number, Settings().abc_number_form)


@pytest.mark.parametrize("number", ["", "ABC", "12", "ABCDE12345", "12 34 56", "123456; DROP"])
def test_numbers_of_a_wrong_form(number):
    assert not abc_number_is_well_formed(number, Settings().abc_number_form)


def test_a_refusal_stands_above_the_instructions_and_is_escaped_where_they_are_html():
    assert with_refusal("Cut it", "") == "Cut it"
    assert with_refusal("Cut it", "lapsed").splitlines() == [
        "CHECK IN refused: lapsed. Check in again with a valid ABC number.", "", "Cut it",
    ]  # fmt: skip
    assert with_refusal("<p>Cut</p>", "<b>").startswith("<p><b>CHECK IN refused: &lt;b&gt;.")
