"""A typical integration, run against a fresh mock: `python examples/integrator.py http://127.0.0.1:8080`.

Connect a customer, receive the webhook, read metrics, lose a token, hit a rate limit, disconnect.
"""

import json
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from verify_webhook import verified  # next to this file

from postfuze_mock.client import Mock

KEY, SECRET = "sk_test_integrator", "whsec_integrator"
mock = Mock(sys.argv[1], KEY)


def call(method, path, body=None):
    """Call the API as any program does; at a rate limit, advance the mock's clock and retry."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    request = Request(mock.api_url + path, body and json.dumps(body).encode(), headers, method=method)
    try:
        with urlopen(request) as response:
            return json.load(response)
    except HTTPError as error:
        if error.code != 429:
            raise
        mock.advance_clock(int(error.headers["Retry-After"]))
        return call(method, path, body)


def account_of(event):
    """The account in the webhook of this event, which must be signed with our secret."""
    delivery = mock.inbox.wait_for(event)
    assert verified(delivery["body"].encode(), delivery["headers"]["x-postfuze-signature"], SECRET), delivery
    return delivery["json"]["data"]


with mock:  # resets its world at the end
    mock.reset()
    mock.put_webhooks([{"url": "/_mock/inbox/integrator", "signing_secret": SECRET}])  # the mock has an inbox for tests

    # A customer approves two pages and selects one of them. In production, auth_url opens in a browser.
    settings = {"redirect_uri": "http://127.0.0.1:9000/connected", "tenant_id": "tenant_42"}
    auth_url = call("POST", "/social-networks/linkedin/auth-url", settings)["auth_url"]
    pending = f"/social-accounts/pending/{mock.decide(auth_url, 'approve', pages=2)['session_token']}"
    page = call("GET", pending)["availablePages"][0]
    (connected,) = call("POST", f"{pending}/finalize", {"selectedPageIds": [page["id"]]})["connectedAccounts"]
    account = f"/social-accounts/{connected['id']}"
    assert account_of("account.connected")["tenant_id"] == "tenant_42"

    # Three daily snapshots of its followers.
    days = [{"captured_at": f"2026-06-0{day}T06:00:00Z", "followers": 100 * day} for day in (1, 2, 3)]
    mock.create_snapshots(connected["id"], days)
    series = call("GET", f"{account}/metrics?since=2026-06-01T00:00:00Z")["data"]
    assert [snapshot["followers"] for snapshot in series] == [100, 200, 300]

    # Its token expires and cannot be refreshed.
    mock.patch_account(connected["id"], behaviour={"refresh": "fails"})
    mock.put_clock(now=call("GET", account)["token_expires_at"])
    health = call("GET", f"{account}/health")
    assert (health["healthy"], health["error_code"]) == (False, "token_expired")
    assert account_of("account.token_expired")["status"] == "token_expired"

    # One call hits the rate limit, waits and succeeds.
    mock.create_fault(operation="listSocialAccounts", effect={"status": 429, "retry_after": 30}, times=1)
    before = mock.get_clock()["now"]
    call("GET", "/social-accounts?platform=linkedin")
    assert before < mock.get_clock()["now"]
    mock.assert_called("listSocialAccounts", times=1, query={"platform": "linkedin"}, status=429)
    mock.assert_called("listSocialAccounts", times=1, query={"platform": "linkedin"}, status=200)

    # The customer leaves.
    call("DELETE", account)
    assert account_of("account.disconnected")["status"] == "disabled"
    mock.assert_called("deleteSocialAccount", times=1, status=200)
print(f"Connected {page['name']}, and all the rest.")
