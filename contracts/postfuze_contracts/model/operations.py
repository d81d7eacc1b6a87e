"""The operationIds that checks call, and ids that do not exist."""

from typing import Final

LIST: Final = "listSocialAccounts"
GET: Final = "getSocialAccount"
DELETE: Final = "deleteSocialAccount"
METRICS: Final = "getSocialAccountMetrics"
HEALTH: Final = "getSocialAccountHealth"
PENDING: Final = "listPendingPages"
FINALIZE: Final = "finalizeConnection"
SERVICE_HEALTH: Final = "getServiceHealth"
CREATE_AUTH_URL: Final = "createAuthUrl"
#: In place of an operationId, for a path or a method that the contract does not have.
NO_OPERATION: Final = "none"

#: Nothing on a target has these ids, so a broken deployment that carries out a forbidden call changes nothing.
MISSING_ID: Final = "00000000-dead-4bad-8bad-00000000c0de"
MISSING_SESSION: Final = "no-such-session-00000000c0de"
