"""When wrong answers mean a wrong address."""

from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.domain.conduct import WRONG_ANSWERS, WRONG_SECONDS, Conduct


def test_a_quarter_of_an_hour_of_wrong_answers_to_everything_is_a_wrong_address() -> None:
    conduct = Conduct()
    told = [conduct.went_wrong(100.0 * n) for n in range(WRONG_ANSWERS)]
    assert told == [False] * (WRONG_ANSWERS - 1) + [True]
    assert not conduct.went_wrong(5000.0), "then the count begins anew"


def test_many_at_once_are_a_page_of_a_server_that_is_being_mended() -> None:
    conduct = Conduct()
    assert not any(conduct.went_wrong(10.0) for _ in range(5 * WRONG_ANSWERS))


def test_one_good_answer_in_between_is_enough() -> None:
    conduct = Conduct()
    for n in range(WRONG_ANSWERS - 1):
        conduct.went_wrong(100.0 * n)
    conduct.went_well()
    assert not conduct.went_wrong(10_000.0)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 600)), max_size=60))
def test_the_address_is_never_called_wrong_by_few_answers_or_a_short_while(events: list[tuple[bool, float]]) -> None:
    conduct, now, wrong = Conduct(), 0.0, []
    for good, passed in events:
        now += passed
        if good:
            conduct.went_well()
            wrong = []
            continue
        wrong.append(now)
        if conduct.went_wrong(now):
            assert len(wrong) >= WRONG_ANSWERS
            assert wrong[-1] - wrong[0] >= WRONG_SECONDS
            wrong = []
