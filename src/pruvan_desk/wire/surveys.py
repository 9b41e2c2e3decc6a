"""Survey templates and answer sets, kept as they came; only their head is read here."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pruvan_desk.wire.values import JsonObject, canonical_json


@dataclass(frozen=True, slots=True)
class SurveyTemplate:
    """A form: its id, version and name, and all of it as ``body``."""

    template_id: str
    version: str
    name: str
    body: JsonObject


def read_template(body: JsonObject) -> SurveyTemplate | None:
    """The template in ``surveyDynamic``; ``None`` when it is an earlier answer set, sent back for rework."""
    if not isinstance(body.get("questions"), list):
        return None
    template_id, version, name = _head(body)
    if not template_id:
        digest = hashlib.sha256(canonical_json(body)).hexdigest()
        template_id = f"unnamed-{digest[:12]}"
    return SurveyTemplate(template_id, version, name or template_id, body)


def template_id_of(body: JsonObject) -> str:
    """The id of the template that a template or an answer set names."""
    return _head(body)[0]


def plain_template_id(text: str) -> str:
    """The id in ``code::templateId``, or the text itself."""
    return text.rsplit("::", 1)[-1].strip()


def survey_digest(answers: Any) -> str:
    """SHA-256, in hex, of an answer set in its canonical spelling: what is compared between sender and receiver."""
    return hashlib.sha256(canonical_json(answers)).hexdigest()


def with_other_uuids(survey: JsonObject, others: Mapping[str, str]) -> JsonObject:
    """An answer set in which photos go by ``others``, wherever in it they are named; itself where none of them is."""
    renamed = _renamed(survey, others)
    return renamed if isinstance(renamed, dict) and renamed != survey else survey


def _renamed(value: Any, others: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return others.get(value, value)
    if isinstance(value, list):
        return [_renamed(each, others) for each in value]
    if isinstance(value, dict):
        return {name: _renamed(each, others) for name, each in value.items()}
    return value


def _head(body: JsonObject) -> tuple[str, str, str]:
    meta = body.get("meta")
    head = meta if isinstance(meta, dict) else {}
    template_id, version, name = (head.get(key) for key in ("surveyTemplateId", "version", "name"))
    return (
        plain_template_id(str(template_id or "")),
        str(version if version is not None else ""),
        str(name or ""),
    )
