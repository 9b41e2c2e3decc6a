"""Deleting orders and refreshing them, with the engine and FAStrack at work: what QA in Field asks for when it is changed."""

from builders import order_json
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.project_trash import delete_projects, restore_projects
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import AuditEvent, Item, Project
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, FieldCaller


def test_deleted_orders_come_back_by_a_refresh_with_the_new_setting_and_nothing_is_sent_twice(
    desk: Desk, sandbox: FastrackSandbox
) -> None:
    sandbox.control("orders", {"orders": [order_json("4711"), order_json("4712")]})
    integration_id = desk.integrate(sandbox, qa_in_field=True)
    with RunningEngine(desk) as engine, FieldCaller(engine.gateway, desk.crew()) as crew:
        desk.imported(integration_id)
        crew.call("status", workOrders=[{"workOrderNumber": "AFS::4711", "status": "Completed"}])
        crew.send("sent", b"front")
        desk.wait_for(published=1)
        delete_projects(desk.database, [row.id for row in desk.all(Project)], WHO)
        crew.send("meanwhile", b"back")
        desk.wait_for(published=1, queued=1)
        desk.integrate(sandbox, integration_id=integration_id, qa_in_field=False)
        run = desk.refresh(integration_id, full=True)
        desk.wait_for(published=2)
        restore_projects(desk.database, [row.id for row in desk.all(Project)], WHO)
        crew.send("after", b"side")
        desk.wait_for(published=2, pending_qa=1)
    assert (run.created, run.closed) == (2, 0)
    assert [(row.number, row.qa_in_field, row.deleted_at) for row in desk.all(Project)] == [
        ("4711", False, None),
        ("4712", False, None),
    ]
    assert {item.project_id for item in desk.all(Item)} == {desk.numbered("4711").id}
    assert [desk.item(uuid).state for uuid in ("sent", "meanwhile")] == [ItemState.PUBLISHED] * 2
    assert sorted(each["uuid"] for each in sandbox.control("deliveries")) == ["meanwhile", "sent"]
    assert "imported again" in {event.what for event in desk.all(AuditEvent)}
