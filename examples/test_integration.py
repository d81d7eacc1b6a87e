"""An integrator's suite without a conftest: `pip install postfuze-mock pytest pytest-xdist httpx`, `pytest -n 3`.

Replace `Application` by your own code; it is here so that the suite runs.
"""

import time

import pytest

from postfuze_mock.webhooks import SignatureError, verify

PAGE_NETWORKS = ["facebook", "instagram", "linkedin"]
RETURN_URL = "http://localhost:3000/connected"


class Application:
    """What an application does with Postfuze."""

    def __init__(self, http, sleep=time.sleep):
        self.http = http
        self.sleep = sleep

    def call(self, method, path, **options):
        """Call the API; wait and try again at a rate limit and while the service is down."""
        for _ in range(3):
            response = self.http.request(method, path, **options)
            if response.status_code not in (429, 503):
                break
            self.sleep(int(response.headers.get("Retry-After", 1)))
        return response.raise_for_status().json()

    def accounts(self, **filters):
        """All accounts, page by page."""
        page = {"next_cursor": None}
        while page:
            page = self.call("GET", "/social-accounts", params=filters)
            yield from page["data"]
            filters["cursor"] = page["next_cursor"]
            page = page["next_cursor"]

    def auth_url(self, network, tenant="tenant_42"):
        body = {"redirect_uri": RETURN_URL, "tenant_id": tenant}
        return self.call("POST", f"/social-networks/{network}/auth-url", json=body)["auth_url"]

    def connect(self, session_token, count=1):
        """Connect the first `count` pages that a customer approved."""
        path = f"/social-accounts/pending/{session_token}"
        pages = [page["id"] for page in self.call("GET", path)["availablePages"]]
        return self.call("POST", f"{path}/finalize", json={"selectedPageIds": pages[:count]})["connectedAccounts"]


@pytest.fixture
def app(postfuze):
    """The application, against this test's world. Instead of sleeping, it moves the world's clock."""
    return Application(postfuze.session, sleep=postfuze.advance_clock)


# Connect.


@pytest.mark.parametrize("network", PAGE_NETWORKS)
def test_customer_connects_a_page(app, postfuze, network):
    outcome = postfuze.decide(app.auth_url(network), "approve", pages=2)
    (connected,) = app.connect(outcome["session_token"])
    (account,) = app.accounts(id=connected["id"])

    assert (account["platform"], account["tenant_id"]) == (network, "tenant_42")


def test_customer_without_a_choice_is_connected_at_once(app, postfuze):
    outcome = postfuze.decide(app.auth_url("x"))

    assert outcome["status"] == "connected"
    assert app.call("GET", f"/social-accounts/{outcome['account_ids']}")["platform"] == "x"


def test_customer_connects_several_pages(app, postfuze):
    token = postfuze.create_session("facebook", 5)["session_token"]

    assert len(app.connect(token, count=3)) == 3


def test_customer_who_denies_connects_nothing(app, postfuze):
    assert postfuze.decide(app.auth_url("linkedin"), "deny")["error"] == "access_denied"
    postfuze.assert_called("finalizeConnection", times=0)


def test_pages_are_offered_for_a_while(app, postfuze):
    token = postfuze.create_session("facebook", 2, expires_in=60)["session_token"]
    postfuze.advance_clock(61)

    assert app.http.get(f"/social-accounts/pending/{token}").status_code == 404


# Webhooks.


def test_connection_is_told(app, postfuze):
    inbox = postfuze.inbox
    (account,) = app.connect(postfuze.create_session("facebook", 2)["session_token"])
    delivery = inbox.wait_for("account.connected")

    assert delivery["signature"]["verdict"] == "valid"
    assert delivery["json"]["data"]["id"] == account["id"]


def test_delivery_is_verified_with_our_secret(app, postfuze):
    postfuze.put_webhooks([{"url": postfuze.inbox.url, "signing_secret": "whsec_mine"}])
    app.connect(postfuze.create_session("facebook", 2)["session_token"])
    delivery = postfuze.inbox.wait_for("account.connected")
    header = delivery["headers"]["x-postfuze-signature"]

    assert verify(delivery["body"], header, "whsec_mine")["event"] == "account.connected"
    with pytest.raises(SignatureError):
        verify(delivery["body"], header, "whsec_other")


def test_disconnection_is_told(app, postfuze):
    account = postfuze.create_account(platform="x")
    app.call("DELETE", f"/social-accounts/{account['id']}")

    assert postfuze.wait_for_event("account.disconnected")["data"]["id"] == account["id"]


# Failures.


@pytest.mark.postfuze(
    faults=[{"operation": "listSocialAccounts", "effect": {"status": 429, "retry_after": 30}, "times": 2}]
)
def test_rate_limit_is_waited_out(app, postfuze):
    before = postfuze.get_clock()["now"]

    assert len(list(app.accounts())) == 120
    assert postfuze.get_clock()["now"] > before
    postfuze.assert_called("listSocialAccounts", times=2, status=429)


@pytest.mark.postfuze(faults=[{"operation": "*", "effect": {"status": 503}, "times": 1}])
def test_outage_is_waited_out(app):
    assert next(app.accounts(platform="x"))["platform"] == "x"


def test_token_that_cannot_be_refreshed_asks_for_a_new_connection(app, postfuze):
    account = postfuze.create_account(platform="x", behaviour={"refresh": "fails"})
    postfuze.put_clock(now=account["token_expires_at"])

    assert app.call("GET", f"/social-accounts/{account['id']}/health")["error_code"] == "token_expired"
    assert postfuze.wait_for_event("account.token_expired")["data"]["status"] == "token_expired"


def test_token_that_can_be_refreshed_is(app, postfuze):
    account = postfuze.create_account(platform="x")
    postfuze.put_clock(now=account["token_expires_at"])

    assert app.call("GET", f"/social-accounts/{account['id']}/health")["healthy"] is True
    assert postfuze.list_events() == []


def test_numbers_are_shown_from_the_last_snapshot_while_a_platform_is_down(app, postfuze):
    account = postfuze.create_account(platform="x", behaviour={"platform": "unreachable", "snapshots": 3})

    assert app.call("GET", f"/social-accounts/{account['id']}/metrics")["source"] == "snapshot"


def test_read_only_key_cannot_disconnect(app, postfuze):
    account = postfuze.create_account()
    headers = {"Authorization": f"Bearer {postfuze.key}_readonly"}

    assert app.http.delete(f"/social-accounts/{account['id']}", headers=headers).status_code == 403


# Data.


@pytest.mark.postfuze(world="empty")
def test_new_customer_has_no_accounts(app):
    assert list(app.accounts()) == []


@pytest.mark.postfuze(world={"generate": {"x": 30, "facebook": 7}})
def test_accounts_are_read_page_by_page(app, postfuze):
    assert len(list(app.accounts(platform="x", limit=7))) == 30
    postfuze.assert_called("listSocialAccounts", times=5)


@pytest.mark.postfuze(clock="2026-06-14T12:10:00Z,frozen", world="empty")
def test_followers_of_three_days(app, postfuze):
    account = postfuze.create_account(platform="x")
    days = [{"captured_at": f"2026-06-{day}T06:00:00Z", "followers": followers} for day, followers in DAYS.items()]
    postfuze.create_snapshots(account["id"], days)
    series = app.call("GET", f"/social-accounts/{account['id']}/metrics", params={"since": "2026-06-11T00:00:00Z"})

    assert [snapshot["followers"] for snapshot in series["data"]] == list(DAYS.values())


DAYS = {11: 100, 12: 200, 13: 300}


@pytest.mark.postfuze(assume={"limit.above-range": "clamped"})
def test_limit_that_is_too_large_is_survived_if_it_is_clamped(app):
    assert len(list(app.accounts(limit=1000))) == 120
