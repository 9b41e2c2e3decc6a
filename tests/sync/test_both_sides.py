"""Both sides change, then Desk syncs, and both hold the same: orders and their services one way, items and statuses the other.

Holds to §1 and §3 of sync.md.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from builders import order_json
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState, ProjectStatus
from pruvan_desk.operations.projects import set_field_status
from pruvan_desk.operations.qa import move_items, publish_items, rotate_items
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Item, Project, Task
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, small_jpeg

Tree = dict[str, dict[str, Any]]
SERVICES = ("Grass Cut", "Debris Removal", "Lock Change")
OVER = {"Closed", "Cancelled", "QC Declined"}
ROUNDS = 4


@dataclass
class Client:
    """FAStrack, and the people there who change its orders."""

    sandbox: FastrackSandbox
    rng: random.Random
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)

    def tree(self) -> Tree:
        """What it holds: of each order that is open its words, services, items, and the last status it was told."""
        booked = {order["number"]: order for order in self.sandbox.control("orders")}
        items = self.sandbox.control("items")
        return {
            number: {
                "instructions": order.get("clientInstructions") or "",
                "address": order["address1"],
                "services": sorted(service["serviceName"] for service in order["services"]),
                "open": booked[number]["listed"] and booked[number]["client_status"] not in OVER,
                "told": ([call["status"] for call in booked[number]["status_calls"]] or [""])[-1],
                "items": {
                    item["uuid"]: (item["task"], item["evidence_type"], item["sha256"])
                    for item in items
                    if item["work_order"] == number
                },
            }
            for number, order in self.orders.items()
        }

    def new_order(self) -> None:
        number = str(len(self.orders) + 1)
        services = self.rng.sample(SERVICES, self.rng.randint(1, 3))
        self._give_out(order_json(number, services=[{"serviceName": name} for name in services]))

    def change_words(self) -> None:
        order = self._any()
        self._give_out(
            {
                **order,
                "clientInstructions": f"Version {self.rng.random()}",
                "address1": f"{self.rng.randrange(99)} Elm St",
            }
        )

    def add_service(self) -> None:
        order = self._any()
        have = {service["serviceName"] for service in order["services"]}
        if missing := [name for name in SERVICES if name not in have]:
            self._give_out({**order, "services": [*order["services"], {"serviceName": missing[0]}]})

    def take_service_away(self) -> None:
        """One of which no photo has come: what has come would have to be moved first."""
        order = self._any()
        used = {item["task"] for item in self.sandbox.control("items")}
        services = [each for each in order["services"] if each["serviceName"] in used] or order["services"][:1]
        self._give_out({**order, "services": services})

    def end(self) -> None:
        number = self._any()["workOrderNumber"]
        action, listed = self.rng.choice([("close", True), ("close", False), ("cancel", True), ("decline", False)])
        self.sandbox.control(f"orders/{number}/{action}", {"listed": listed})
        self.orders[number] = {**self.orders[number], "clientStatus": "over"}

    def reopen(self) -> None:
        number = self._any()["workOrderNumber"]
        self.sandbox.control(f"orders/{number}/reopen", {})

    def changes(self) -> list[Callable[[], None]]:
        return [self.new_order, self.change_words, self.add_service, self.take_service_away, self.end, self.reopen]

    def _any(self) -> dict[str, Any]:
        return self.orders[self.rng.choice(list(self.orders))]

    def _give_out(self, order: dict[str, Any]) -> None:
        """An order that is given out anew is open again."""
        order.pop("clientStatus", None)
        self.orders[order["workOrderNumber"]] = order
        self.sandbox.control("orders", {"orders": [order]})


@dataclass
class Office:
    """Desk, and the people who work with it."""

    desk: Desk
    rng: random.Random
    made: int = 0

    def tree(self) -> Tree:
        """What it holds, in the same shape."""
        items = [item for item in self.desk.all(Item) if item.state == ItemState.PUBLISHED]
        tasks = [task for task in self.desk.all(Task) if not task.removed]
        return {
            project.number: {
                "instructions": project.client_instructions,
                "address": project.address1,
                "services": sorted(task.name for task in tasks if task.project_id == project.id),
                "open": project.status != ProjectStatus.CLOSED,
                "told": "" if project.field_status == FieldStatus.NEW else project.field_status,
                "items": {
                    item.uuid: (item.task, item.evidence_type, item.sent_sha256)
                    for item in items
                    if item.project_id == project.id
                },
            }
            for project in self.desk.all(Project)
        }

    def photograph(self) -> None:
        project, task = self._place()
        self.made += 1
        photo = self.desk.photo(
            project.id, ItemState.PASSED, small_jpeg(self.made), task=task, file_type=FileType.PICTURE
        )
        publish_items(self.desk.database, [photo], WHO)

    def turn(self) -> None:
        if photos := self.desk.ids(ItemState.PUBLISHED):
            rotate_items(self.desk.database, [self.rng.choice(photos)], 90, WHO)

    def move(self) -> None:
        """To another task or evidence type, and perhaps to another order."""
        if photos := self.desk.ids(ItemState.PUBLISHED):
            project, task = self._place()
            evidence = self.rng.choice(("before", "during", "after"))
            move_items(
                self.desk.database,
                [self.rng.choice(photos)],
                WHO,
                project_id=project.id,
                task=task,
                evidence_type=evidence,
            )

    def complete(self) -> None:
        set_field_status(self.desk.database, self._place()[0].id, FieldStatus.COMPLETED, WHO)

    def changes(self) -> list[Callable[[], None]]:
        return [self.photograph, self.photograph, self.turn, self.move, self.complete]

    def _place(self) -> tuple[Project, str]:
        project = self.rng.choice(self.desk.all(Project))
        return project, self.rng.choice(
            [task.name for task in self.desk.all(Task, project_id=project.id) if not task.removed]
        )


@pytest.mark.parametrize("seed", range(4))
def test_both_sides_change_and_are_the_same_after_each_sync(desk: Desk, sandbox: FastrackSandbox, seed: int) -> None:
    rng = random.Random(seed)
    client, office = Client(sandbox, rng), Office(desk, rng)
    for _ in range(5):
        client.new_order()
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    with RunningEngine(desk):
        desk.imported(integration_id)
        assert office.tree() == client.tree()
        for _ in range(ROUNDS):
            for change in rng.choices(office.changes(), k=6):
                change()
            desk.settle()  # or an order that ends meanwhile would refuse what was made for it: no difference, but a failure
            for change in rng.choices(client.changes(), k=5):
                change()
            desk.refresh(integration_id, full=True)
            desk.settle()
            assert office.tree() == client.tree()
    assert sum(len(order["items"]) for order in client.tree().values()) == office.made
