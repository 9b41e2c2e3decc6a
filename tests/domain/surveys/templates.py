"""Templates for tests, and templates that a stranger might write."""

from typing import Any

from hypothesis import strategies as st

from wire.strategies import TRAPS


def question(question_id: str, answer_type: str = "text", **more: Any) -> dict[str, Any]:
    return {"id": question_id, "answerType": answer_type, "question": f"Question {question_id}", **more}


def template(*questions: Any) -> dict[str, Any]:
    return {"meta": {"surveyTemplateId": "F", "version": "1", "name": "Form"}, "questions": list(questions)}


def section(section_id: str, *questions: Any, **more: Any) -> dict[str, Any]:
    return {"type": "section", "id": section_id, "name": section_id.title(), "questions": list(questions), **more}


def on(answer: Any, *enables: Any) -> dict[str, Any]:
    return {"answer": answer, "enables": list(enables)}


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


ODD = TRAPS | st.sampled_from([None, True, 7, 2.5, ["x"], {"questions": 1}, [{"id": "a"}], [["x"]]])
IDS = st.sampled_from(["a", "b", "c", "d", "e", "s", "t"])
TYPES = st.sampled_from([
    "yesNo", "yesNoNA", "text", "textArea", "number", "currency", "date", "time", "select", "multiSelect", "picture",
    "signature", "phone", "email", "label", "barcode", "",
])  # fmt: skip
ANSWERS = st.sampled_from(["Yes", "No", "N/A", "x", "7", "2026-01-01", ""])
TRIGGERS = st.lists(objects(answer=ANSWERS, enables=st.lists(IDS, max_size=3) | ODD), max_size=2)
PATTERNS = st.sampled_from([".{2,}", "(a+)+", "[", "a?" * 40, r"\d{5}", "(a|b)*c"]) | st.text(
    "ab.*+?()[]{},\\1|", max_size=9
)
RULES = objects(min=st.integers(0, 9), max=st.integers(0, 9), pattern=PATTERNS)


def questions() -> st.SearchStrategy[dict[str, Any]]:
    return objects(id=IDS | ODD, answerType=TYPES | ODD, question=st.text(max_size=5) | ODD,
        required=st.booleans() | ODD, default=ANSWERS | ODD, validation=RULES | ODD,
        answerOptions=st.lists(ANSWERS, max_size=3) | ODD, triggers=TRIGGERS | ODD,
        minPictures=st.integers(0, 3) | ODD, maxPictures=st.integers(0, 3) | ODD,
    )  # fmt: skip


def templates() -> st.SearchStrategy[dict[str, Any]]:
    """Anything that might be taken for a template."""
    listed = st.recursive(
        st.lists(questions() | ODD, max_size=4),
        lambda inner: st.lists(
            questions() | objects(type=st.just("section"), id=IDS, questions=inner | ODD, repeat=st.booleans()),
            max_size=4,
        ),
        max_leaves=4,
    )
    return objects(meta=objects(surveyTemplateId=IDS | ODD, version=ODD, name=ODD) | ODD, questions=listed | ODD)
