"""Calls for a world as a whole: clock, faults, journal, events, webhooks, state, reset, and the server itself."""

from __future__ import annotations

from typing import Any, Final

from tests.soak.model_faults import CUT, ModelFault
from tests.soak.model_world import Call, Expected, ModelWorld, same
from tests.soak.requests import api, control, kind, request

from postfuze_fixtures.timestamps import iso

#: (operation, effect): none of them hides an answer that the model learns ids from.
FAULTS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("*", {"status": 503, "retry_after": 2}),
    ("*", {"delay_ms": 1}),
    ("listSocialAccounts", {"status": 429, "retry_after": 1}),
    ("getSocialAccount", CUT),
    ("getSocialAccount", {"drop": "reset"}),
    ("getSocialAccount", {"status": 500}),
    ("getSocialAccount", {"delay_ms": [1, 3]}),
    ("deleteSocialAccount", {"drop": "empty"}),
    ("deleteSocialAccount", {"status": 504, "processed": True}),
    ("getSocialAccountHealth", {"drop": "reset", "processed": True}),
    ("getSocialAccountMetrics", {"status": 502, "processed": True}),
    ("finalizeConnection", {"drop": "empty", "processed": False}),
    ("finalizeConnection", {"status": 500}),
)


@kind(3)
def advance_clock(world: ModelWorld) -> Call:
    seconds = world.random.choice((1, 59.999, 60, 600, 900, 3_600, 7_200, 86_400))

    def expect() -> Expected:
        world.organization.now += round(seconds * 1000)
        return 200, {"now": iso(world.organization.now), "frozen": True}

    return Call(control(world, "POST", "/clock/advance", {"seconds": seconds}), expect)


@kind(1)
def get_clock(world: ModelWorld) -> Call:
    return Call(control(world, "GET", "/clock"), lambda: (200, {"now": iso(world.organization.now), "frozen": True}))


@kind(2)
def create_fault(world: ModelWorld) -> Call:
    operation, effect = world.random.choice(FAULTS)
    times, after = world.random.choice((1, 2, 3)), world.random.choice((0, 0, 1))

    def check(fault: Any) -> None:
        model = ModelFault(fault["id"], fault["title"], operation, effect, times, after)
        same("the fault", fault, model.to_dict())
        world.faults.faults.append(model)

    def expect() -> Expected:
        return (201, check) if len(world.faults.faults) < 100 else (409, None)

    body = {"operation": operation, "effect": effect, "times": times, "after": after}
    return Call(control(world, "POST", "/faults", body), expect)


@kind(1)
def list_faults(world: ModelWorld) -> Call:
    def check(body: Any) -> None:
        same("the faults", body["data"], [fault.to_dict() for fault in world.faults.faults][: len(body["data"])])

    return Call(control(world, "GET", "/faults"), lambda: (200, check))


@kind(0.7)
def delete_faults(world: ModelWorld) -> Call:
    def expect() -> Expected:
        world.faults.faults.clear()
        return 204, None

    return Call(control(world, "DELETE", "/faults"), expect)


@kind(2)
def list_requests(world: ModelWorld) -> Call:
    limit = world.random.choice((1, 5, 20))

    def check(body: Any) -> None:
        if world.journal is not None:
            entries = [(entry["operation"], entry["status"]) for entry in body["data"]]
            same("the journal", entries, [(each[0] or None, each[1]) for each in list(world.journal)[-limit:]])

    return Call(control(world, "GET", "/requests", query={"limit": limit}), lambda: (200, check))


@kind(1)
def delete_requests(world: ModelWorld) -> Call:
    def expect() -> Expected:
        world.empty_journal()
        return 204, None

    return Call(control(world, "DELETE", "/requests"), expect)


@kind(1)
def put_journal_settings(world: ModelWorld) -> Call:
    settings = {"bodies": world.random.random() < 0.5, "size": world.random.choice((0, 10, 50))}

    def expect() -> Expected:
        world.change_journal(settings)
        return 200, settings

    return Call(control(world, "PUT", "/requests/settings", settings), expect)


@kind(1)
def list_events(world: ModelWorld) -> Call:
    def check(body: Any) -> None:
        events = [(event["event"], event["data"]["id"]) for event in body["data"]]
        same("the newest events", events, world.organization.events[-len(events) :] if events else [])
        same("that there are events", bool(events), bool(world.organization.events))

    return Call(control(world, "GET", "/events", query={"limit": 20}), lambda: (200, check))


@kind(1)
def put_webhooks(world: ModelWorld) -> Call:
    world.webhooks += 1
    url = "" if world.random.random() < 0.2 else f"{world.receiver}/{world.name}/{world.webhooks}"

    def check(body: Any) -> None:
        same("the URLs of webhooks", [webhook["url"] for webhook in body["data"]], [url] if url else [])
        world.webhook, world.subscribed_from = url, len(world.organization.events)

    return Call(control(world, "PUT", "/webhooks", [{"url": url}] if url else []), lambda: (200, check))


@kind(0.5)
def get_state(world: ModelWorld) -> Call:
    def check(state: Any) -> None:
        world.check_state(state)
        world.save(state)

    return Call(control(world, "GET", "/state"), lambda: (200, check))


@kind(0.2)
def put_state(world: ModelWorld) -> Call | None:
    saved = world.saved
    if saved is None:
        return None

    def expect() -> Expected:
        world.restore(saved)
        return 204, None

    return Call(control(world, "PUT", "/state", saved.document), expect)


@kind(0.5)
def reset(world: ModelWorld) -> Call:
    def expect() -> Expected:
        world.reset()
        return 204, None

    return Call(control(world, "POST", "/reset"), expect)


@kind(1)
def get_mock_health(world: ModelWorld) -> Call:
    def check(body: Any) -> None:
        same("the status of the mock", body["status"], "ok")

    return Call(control(world, "GET", "/health", key=None), lambda: (200, check))


@kind(2)
def get_service_health(world: ModelWorld) -> Call:
    def check(body: Any) -> None:
        same("that the service is up", body["ok"], True)

    return Call(api(world, "GET", "/health"), lambda: (200, check), "getServiceHealth")


@kind(0.5)
def call_of_a_guest(world: ModelWorld) -> Call:
    """A list with a key that is used this once. Its world makes room for the next ones."""
    world.guests += 1
    headers = {"Authorization": f"Bearer sk_live_{world.name}-{world.guests}"}

    def check(page: Any) -> None:
        same("how many accounts a page of one has", len(page["data"]), 1)

    data = api(world, "GET", "/social-accounts", query={"limit": 1}, key=None, headers=headers)
    return Call(data, lambda: (200, check), "listSocialAccounts", counted=False, recorded=False)


@kind(0.2)
def read_specification(world: ModelWorld) -> Call:
    path = world.random.choice(("/openapi.json", "/docs", "/_mock/"))
    return Call(request(world, "GET", path), lambda: (200, None))
