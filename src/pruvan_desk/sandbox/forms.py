"""The forms AFS keeps as surveys: templates in the shape of the wire format."""

from typing import Any

from pruvan_desk.wire.values import JsonObject

INSPECTION_ID = "AFS-INSPECTION"
WINTERIZATION_ID = "AFS-WINTERIZATION"
CHECKLIST_ID = "AGS-CHECKLIST"


def _question(question_id: str, answer_type: str, text: str, **more: Any) -> JsonObject:
    return {"id": question_id, "answerType": answer_type, "question": text, **more}


def _section(section_id: str, name: str, *questions: JsonObject, **more: Any) -> JsonObject:
    return {"type": "section", "id": section_id, "name": name, "questions": list(questions), **more}


def _template(template_id: str, version: str, name: str, *questions: JsonObject) -> JsonObject:
    meta = {"surveyTemplateId": template_id, "version": version, "name": name}
    return {"meta": meta, "questions": list(questions)}


def _on(answer: str, *enables: str) -> JsonObject:
    return {"answer": answer, "enables": list(enables)}


def inspection_form() -> JsonObject:
    """The property inspection: sections, triggers three deep, every common answer type, photos on questions."""
    return _template(
        INSPECTION_ID,
        "3",
        "Property Inspection",
        _section(
            "occupancy",
            "Occupancy",
            _question(
                "occupied", "yesNo", "Is the property occupied?", required=True,
                triggers=[_on("Yes", "occupied_by", "occupant_contact"), _on("No", "vacant_since", "secured")],
            ),
            _question(
                "occupied_by", "select", "Occupied by", required=True, answerOptions=["Owner", "Tenant", "Unknown"],
                triggers=[_on("Tenant", "lease_seen")],
            ),
            _question("lease_seen", "yesNoNA", "Was a lease shown?"),
            _question("occupant_contact", "phone", "Telephone of the occupant"),
            _question("vacant_since", "date", "Vacant since", hint="As the neighbours say, or by the meter"),
            _question("secured", "yesNo", "Are all doors and windows secured?", triggers=[_on("No", "unsecured_photo")]),
            _question("unsecured_photo", "picture", "Photo of each open entry", required=True, minPictures=1, maxPictures=4),
        ),
        _section(
            "exterior",
            "Exterior",
            _question("grass_height", "number", "Height of the grass in inches", required=True, validation={"min": 0, "max": 96}),
            _question(
                "roof", "select", "Condition of the roof", answerOptions=["Good", "Fair", "Poor"],
                triggers=[_on("Poor", "roof_photo")],
            ),
            _question("roof_photo", "picture", "Photo of the roof", required=True, minPictures=1, maxPictures=3),
            _question("hazards", "multiSelect", "Hazards seen", answerOptions=["Pool", "Mold", "Debris", "Broken glass"]),
            _question("front_photo", "picture", "Front of the house", required=True, minPictures=1, maxPictures=2),
        ),
        _section(
            "closing",
            "Remarks",
            _question("estimate", "currency", "Estimated repairs in USD", default="0", validation={"min": 0}),
            _question("comments", "textArea", "Comments", hint="What the next visitor must know"),
            _question("inspector", "text", "Name of the inspector", required=True, validation={"pattern": ".{2,}"}),
        ),
    )  # fmt: skip


def winterization_form() -> JsonObject:
    """The winterization form, with a repeating section of fixtures."""
    return _template(
        WINTERIZATION_ID,
        "1.2",
        "Winterization Checklist",
        _question("system", "select", "Heating system", required=True, answerOptions=["Dry", "Wet", "Radiant", "None"]),
        _question("held_pressure", "yesNo", "Did the system hold pressure?", required=True, triggers=[_on("No", "leak_at")]),
        _question("leak_at", "text", "Where does it leak?", required=True),
        _question("pressure", "number", "Pressure in psi", validation={"min": 0, "max": 150}),
        _section(
            "fixtures",
            "Fixtures",
            _question("fixture", "select", "Fixture", answerOptions=["Toilet", "Sink", "Tub", "Water heater"]),
            _question("antifreeze", "yesNoNA", "Antifreeze poured in?"),
            repeat=True,
        ),
        _question("notice_photo", "picture", "Winterization notice", required=True, minPictures=1, maxPictures=2),
    )  # fmt: skip


def checklist_form() -> JsonObject:
    """The AGS Checklist that belongs to a check-in."""
    return _template(
        CHECKLIST_ID,
        "1",
        "AGS Checklist",
        _question("intro", "label", "To be filled out at the property by the person who checked in."),
        _question("badge_worn", "yesNo", "Is the badge worn visibly?", required=True),
        _question("crew_size", "number", "People on site", required=True, validation={"min": 1, "max": 20}),
        _question("sign_posted", "yesNo", "Is the vendor's sign posted?", required=True, triggers=[_on("No", "sign_reason")]),
        _question("sign_reason", "text", "Why not?", required=True),
        _question("arrived", "time", "Time of arrival", required=True),
    )  # fmt: skip
