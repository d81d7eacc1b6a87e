import os
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

opener = build_opener(ProxyHandler({}))


def status(path):
    headers = {"Authorization": "Bearer " + os.environ["POSTFUZE_KEY"]}
    try:
        return opener.open(Request(os.environ["POSTFUZE_URL"] + path, headers=headers)).status
    except HTTPError as error:
        return error.code


def test_list():
    assert status("/social-accounts") == 200


def test_limit_above_the_maximum_is_refused():
    assert status("/social-accounts?limit=1000") == 400
