"""Calls every operation with a client of openapi-python-client; the demo world has these ids."""

import os
from datetime import UTC, datetime
from uuid import UUID

from api import AuthenticatedClient
from api.api.accounts import delete_social_account, get_social_account, list_social_accounts
from api.api.connect_flow import create_auth_url, finalize_connection, list_pending_pages
from api.api.health import get_social_account_health
from api.api.metrics import get_social_account_metrics
from api.api.service import get_service_health
from api.models import (
    AccountDeleted,
    AccountHealth,
    AuthUrl,
    AuthUrlRequest,
    FinalizedConnection,
    MetricsNotCollected,
    MetricsSeries,
    MetricsSource,
    MetricsValue,
    PageSelection,
    PendingConnection,
    Platform,
    Problem,
    ServiceHealth,
    SocialAccount,
    SocialAccountPage,
)

ID = UUID("a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234")
SESSION = "9f8e7d6c5b4a39281706"

client = AuthenticatedClient(base_url=os.environ["POSTFUZE_URL"], token=os.environ["POSTFUZE_KEY"])

service = get_service_health.sync(client=client)
assert isinstance(service, ServiceHealth)
assert service.service == "PostFuze"

first = list_social_accounts.sync(client=client, limit=2)
assert isinstance(first, SocialAccountPage)
assert first.next_cursor
second = list_social_accounts.sync(client=client, limit=2, cursor=first.next_cursor)
assert isinstance(second, SocialAccountPage)
assert len({account.id for account in (*first.data, *second.data)}) == 4
silent = list_social_accounts.sync(client=client, platform=Platform.FACEBOOK, username="silent")
assert isinstance(silent, SocialAccountPage)

account = get_social_account.sync(ID, client=client)
assert isinstance(account, SocialAccount)
assert account.username == "acme"
assert account.created_at == datetime(2026, 6, 1, 9, 30, tzinfo=UTC)

value = get_social_account_metrics.sync(ID, client=client)
assert isinstance(value, MetricsValue)
assert value.followers == 18420
assert value.source is MetricsSource.LIVE
series = get_social_account_metrics.sync(ID, client=client, since="2026-06-01")
assert isinstance(series, MetricsSeries)
assert series.data[0].followers == 18012
none = get_social_account_metrics.sync(UUID(silent.data[0].id), client=client)
assert isinstance(none, MetricsNotCollected)
assert none.metrics is None

health = get_social_account_health.sync(ID, client=client)
assert isinstance(health, AccountHealth)
assert health.healthy

assert isinstance(create_auth_url.sync(Platform.FACEBOOK, client=client), AuthUrl)
body = AuthUrlRequest(redirect_uri="http://localhost:3000/connected")
assert isinstance(create_auth_url.sync(Platform.FACEBOOK, client=client, body=body), AuthUrl)

pending = list_pending_pages.sync(SESSION, client=client)
assert isinstance(pending, PendingConnection)
selection = PageSelection(selected_page_ids=[pending.available_pages[0].id])
connection = finalize_connection.sync(SESSION, client=client, body=selection)
assert isinstance(connection, FinalizedConnection)
connected = connection.connected_accounts[0]
assert connected.username == "acmestore"

deleted = delete_social_account.sync(UUID(connected.id), client=client)
assert isinstance(deleted, AccountDeleted)
assert deleted.deleted
gone = get_social_account.sync(UUID(connected.id), client=client)
assert isinstance(gone, Problem)
assert gone.title == "Not Found"
