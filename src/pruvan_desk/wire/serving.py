"""Strict writing of orders towards the field."""

from dataclasses import dataclass

from pruvan_desk.wire.values import JsonObject


@dataclass(frozen=True, slots=True)
class ServedService:
    """A task of a served order; ``form`` is the survey template, or an earlier answer set for rework."""

    name: str
    instructions: str
    options: JsonObject
    survey_id: str
    form: JsonObject | None

    def payload(self) -> JsonObject:
        """As written."""
        written: JsonObject = {"serviceName": self.name, "instructions": self.instructions, "options": self.options}
        if self.survey_id:
            written["survey"] = self.survey_id
        if self.form is not None:
            written["surveyDynamic"] = self.form
        return written


@dataclass(frozen=True, slots=True)
class ServedOrder:
    """A project as a phone gets it. ``number`` is ``CODE::number``, so that two integrations never mix."""

    number: str
    address: tuple[str, str, str, str, str, str]
    status: str
    assigned_to: str
    due: str
    info: str
    instructions: str
    description: str
    reference: str
    position: tuple[float | None, float | None]
    options: JsonObject
    attributes: JsonObject
    services: list[ServedService]

    def payload(self) -> JsonObject:
        """As written."""
        address1, address2, city, state, zip_code, country = self.address
        latitude, longitude = self.position
        return {
            "workOrderNumber": self.number, "workOrderInfo": self.info,
            "address1": address1, "address2": address2, "city": city, "state": state, "zip": zip_code, "country": country,
            "assignedTo": self.assigned_to, "status": self.status, "dueDate": self.due,
            "instructions": self.instructions, "description": self.description, "reference": self.reference,
            "gpsLatitude": latitude, "gpsLongitude": longitude, "options": self.options,
            "services": [service.payload() for service in self.services],
        } | self.attributes  # fmt: skip
