"""The curl commands of the documentation, except host and key, and their documented responses."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.support.world import World

ID = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
SESSION = "9f8e7d6c5b4a39281706"
KEY = "Bearer sk_live_…".encode()
"""To the letter; curl sends the ellipsis as UTF-8."""

ACCOUNT = {
    "id": ID,
    "platform": "x",
    "tenant_id": "tenant_42",
    "social_network_id": "f3c1b0a2-8d4e-4a9f-9b1c-2e7d6f0a1234",
    "network_unique_id": "1466912345678901234",
    "username": "acme",
    "display_name": "Acme Inc.",
    "account_type": "profile",
    "status": "active",
    "scopes": ["tweet.read", "tweet.write", "users.read", "offline.access"],
    "token_expires_at": "2026-06-09T14:00:00.000Z",
    "last_synced_at": "2026-06-09T12:00:00.000Z",
    "created_at": "2026-06-01T09:30:00.000Z",
    "updated_at": "2026-06-09T12:00:00.000Z",
}
"""But for the avatar's URL, which the document cuts short."""


def curl(demo: World, path: str, method: str = "GET") -> Any:
    response = demo.call(method, path, None, {"Authorization": KEY})
    assert response.status_code == 200, response.text
    return response.json()


def is_the_printed_account(account: dict[str, Any]) -> bool:
    avatar = account["profile_image_url"]
    rest = {name: value for name, value in account.items() if name != "profile_image_url"}
    return rest == ACCOUNT and avatar.startswith("https://pbs.twimg.com/profile_images/")


@pytest.mark.statement("list.filter-platform", "list.envelope")
def test_list_of_x_accounts(demo: World) -> None:
    page = curl(demo, "/social-accounts?platform=x")

    assert len(page["data"]) == 1
    assert is_the_printed_account(page["data"][0])
    assert page["next_cursor"] is None


@pytest.mark.statement("get.by-id")
def test_documented_retrieve(demo: World) -> None:
    assert is_the_printed_account(curl(demo, f"/social-accounts/{ID}"))


@pytest.mark.statement("delete.acknowledged")
def test_documented_disconnect(demo: World) -> None:
    assert curl(demo, f"/social-accounts/{ID}", "DELETE") == {"id": ID, "deleted": True}
    assert curl(demo, "/social-accounts?platform=x")["data"] == []


@pytest.mark.statement("metrics.live")
def test_metrics_pulled_live(demo: World) -> None:
    assert curl(demo, f"/social-accounts/{ID}/metrics") == {
        "social_account_id": ID,
        "network": "x",
        "source": "live",
        "captured_at": "2026-06-14T12:10:00.000Z",
        "followers": 18420,
        "following": 312,
        "posts_count": 1894,
        "raw": {"public_metrics": {"followers_count": 18420}},
    }


@pytest.mark.statement("metrics.series-fields", "metrics.echo")
def test_metrics_with_a_date_range(demo: World) -> None:
    window = "since=2026-06-01T00:00:00.000Z&until=2026-06-14T00:00:00.000Z"
    response = curl(demo, f"/social-accounts/{ID}/metrics?{window}")

    assert {name: value for name, value in response.items() if name != "data"} == {
        "social_account_id": ID,
        "source": "snapshot",
        "since": "2026-06-01T00:00:00.000Z",
        "until": "2026-06-14T00:00:00.000Z",
    }
    assert response["data"][0] == {
        "social_account_id": ID,
        "network": "x",
        "followers": 18012,
        "following": 309,
        "posts_count": 1880,
        "impressions": 232004,
        "reach": 88110,
        "profile_views": 5604,
        "raw": {},
        "captured_at": "2026-06-01T06:00:00.000Z",
    }
    assert [each["captured_at"] for each in response["data"]] == [
        f"2026-06-{day:02}T06:00:00.000Z" for day in range(1, 14)
    ]


@pytest.mark.statement("metrics.full-series")
def test_counts_grow_from_the_printed_snapshot_to_the_printed_live_value(demo: World) -> None:
    series = curl(demo, f"/social-accounts/{ID}/metrics?since=2026-06-01")["data"]
    followers = [each["followers"] for each in series]
    posts = [each["posts_count"] for each in series]

    assert followers == sorted(followers)
    assert posts == sorted(posts)
    assert followers[-1] <= 18420
    assert posts[-1] <= 1894


@pytest.mark.statement("metrics.none-yet")
def test_metrics_when_no_snapshot_exists_yet(demo: World) -> None:
    created = demo.make(behaviour={"platform": "unreachable"})

    assert curl(demo, f"/social-accounts/{created['id']}/metrics") == {
        "social_account_id": created["id"],
        "metrics": None,
        "message": "No metrics have been collected for this account yet.",
    }


@pytest.mark.statement("health.fields", "health.refresh")
def test_health_refreshes_the_token_that_expired_days_ago(demo: World) -> None:
    assert curl(demo, f"/social-accounts/{ID}/health") == {
        "id": ID,
        "network": "x",
        "healthy": True,
        "status": "active",
        "error_code": None,
        "token_expires_at": "2026-06-14T14:00:00.000Z",
        "checked_live": True,
        "checked_at": "2026-06-14T12:10:00.000Z",
    }


@pytest.mark.statement("connect.pages-fields", "connect.no-key")
def test_list_pending_pages(demo: World) -> None:
    response = demo.call("GET", f"/social-accounts/pending/{SESSION}", None, {"Content-Type": "application/json"})

    assert response.status_code == 200
    assert response.json() == {
        "network": "facebook",
        "availablePages": [
            {
                "id": "102938475610293",
                "type": "page",
                "name": "Acme Storefront",
                "username": "acmestore",
                "profilePictureUrl": "https://graph.facebook.com/102938475610293/picture",
            },
            {
                "id": "564738291056473",
                "type": "page",
                "name": "Acme Support",
                "username": "acmesupport",
                "profilePictureUrl": "https://graph.facebook.com/564738291056473/picture",
            },
        ],
    }


def finalize(demo: World) -> httpx.Response:
    body = b'{\n    "selectedPageIds": ["102938475610293"]\n  }'
    headers: dict[str, str | bytes] = {"Content-Type": "application/json"}
    return demo.call("POST", f"/social-accounts/pending/{SESSION}/finalize", None, headers, content=body)


@pytest.mark.statement("connect.finalize-fields", "connect.no-key")
def test_finalize_the_connection(demo: World) -> None:
    response = finalize(demo)

    assert response.status_code == 200
    assert response.json() == {
        "connectedAccounts": [
            {
                "id": "b7c8d9e0-1111-4a9f-9b1c-2e7d6f0a1234",
                "nickname": "acmestore",
                "username": "acmestore",
                "network": "facebook",
                "accountType": "page",
            }
        ]
    }


@pytest.mark.statement("connect.once")
def test_token_can_only_be_used_once(demo: World) -> None:
    finalize(demo)

    assert finalize(demo).status_code == 404


@pytest.mark.statement("list.default-25")
def test_demo_has_enough_accounts_for_several_pages(demo: World) -> None:
    walked = demo.walk()

    assert len(walked) == 120
    assert [account["id"] for account in walked if account["platform"] == "x"] == [ID]


@pytest.mark.statement("connect.once")
def test_reset_restores_all_documented_values(demo: World) -> None:
    before = demo.state()
    curl(demo, f"/social-accounts/{ID}/health")
    curl(demo, f"/social-accounts/{ID}", "DELETE")
    finalize(demo)
    demo.advance(days=1)
    demo.reset()

    assert demo.state() == before
    assert is_the_printed_account(curl(demo, f"/social-accounts/{ID}"))
