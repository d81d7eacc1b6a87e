"""`postfuze-contracts init`."""

from __future__ import annotations

import argparse
from pathlib import Path

from postfuze_contracts.config import ConfigError

TEMPLATE = """\
# The configuration of postfuze-contracts. Flags and environment variables override this file.
# Any value may be "env:NAME" (a variable) or "file:PATH" (a file, relative to this one). Keep secrets out of here.

[target]
url = "https://api.postfuze.com/api/v1"    # the base of the paths in openapi.yaml
# proxy = "env:CORPORATE_PROXY"    # http://proxy.example.com:3128, with user and password if it needs them
# ca_bundle = "authority.pem"    # certificates of a private authority, instead of the usual ones
# probe = ["a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"]    # with access probe or full: check the health of only these

[keys]
full = "env:POSTFUZE_KEY"    # the only key that every run needs
# read_only = "env:POSTFUZE_KEY_READ_ONLY"    # of the same organization, without the scope accounts:write
# other_scope = "env:POSTFUZE_KEY_OTHER_SCOPE"    # of the same organization, with a scope such as posts:write alone
# revoked = "env:POSTFUZE_KEY_REVOKED"
# expired = "env:POSTFUZE_KEY_EXPIRED"
# other_organization = "env:POSTFUZE_KEY_OTHER_ORGANIZATION"    # of an organization with other accounts

# Tokens of the hosted connect flow. Only a run with full access uses up fresh ones.
[sessions]
# fresh = ["env:SESSION_1", "env:SESSION_2"]
# command = "./mint-sessions"    # or a command that prints one fresh token per line; it runs once, when one is needed
# expired = "env:EXPIRED_SESSION"
# tenant = "tenant_42"    # what all of these were started for, if it is the same for all

[allow]
# writes = true    # full access: finalize the sessions above, and disconnect the accounts that this connects
# exhaust_limits = true    # use up a rate limit, to see its 429

[limits]
# rate = 8    # calls per second; the documented limit is 600 a minute
# max_time = 300    # seconds
# max_requests = 2000
# connections = 4
# timeout = 30    # seconds that a response may take, from the connection to its last byte
# max_response = 8_388_608    # bytes of a response, encoded and decoded
# settle = 2    # seconds that lists may take to show what was connected or deleted

[reports]
# site = "https://docs.example.com/postfuze"    # a published reference, to which reports link

# How the deployment decides what the documentation leaves open: `run --pin FILE` observes it, and writes such a table.
# What is pinned here is judged like a statement.
# [assume]
# "ids.malformed-path" = "404"

# A statement whose failure is accepted until the end of the day `expires`.
# [[waivers]]
# statement = "list.newest-first"
# reason = "fixed in the next release"
# owner = "accounts team"
# expires = 2027-01-31
"""


def run(arguments: argparse.Namespace) -> int:
    """Write the template to a new file. Raises ConfigError if the file exists."""
    path = Path(arguments.file)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError:
        raise ConfigError(f"{path} already exists, and was not changed") from None
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from None
    print(f"{path} written. Set POSTFUZE_KEY, then: postfuze-contracts run --config {path}")
    return 0
