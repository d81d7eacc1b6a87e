"""Reports link to a published reference where its address is known."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from tests.contracts.reports import sample

SITE = "https://docs.example.com/postfuze"
STATEMENT = f"{SITE}/docs#statement/list.envelope"
#: Also a pinned assumption, which is judged like a statement, is found where assumptions stand.
ASSUMPTION = f"{SITE}/docs#assumption/ids.malformed-path"


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The reports of the sample run with `--site`."""
    return sample.report(sample.events(site=SITE), tmp_path_factory.mktemp("linked"))


@pytest.mark.parametrize("url", [STATEMENT, ASSUMPTION])
def test_failures_link_to_the_reference(url: str, linked: dict[str, str]) -> None:
    assert f'<a href="{url}" rel="noreferrer">In the reference</a>' in linked["html"]
    assert f"### Fail: [`{url.rpartition('/')[2]}`](<{url}>)" in linked["markdown"]
    assert f"\n    {url}\n" in linked["terminal"]
    assert any(url in str(each.text) for each in ElementTree.fromstring(linked["junit"]).iter("failure"))
    rules = json.loads(linked["sarif"])["runs"][0]["tool"]["driver"]["rules"]
    assert url in [rule["helpUri"] for rule in rules]


def test_open_questions_link_to_the_reference(linked: dict[str, str]) -> None:
    assert f'<a href="{SITE}/docs#assumption/keys.modes" rel="noreferrer">keys.modes</a>' in linked["html"]
    assert f"| [`keys.modes`](<{SITE}/docs#assumption/keys.modes>) |" in linked["markdown"]


def test_without_a_site_ids_are_plain(reports: dict[str, str]) -> None:
    for text in reports.values():
        assert "docs#" not in text
    assert "helpUri" not in reports["sarif"]
