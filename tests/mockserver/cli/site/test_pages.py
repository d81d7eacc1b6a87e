"""The pages of the site: nothing is missing, and every link leads somewhere, from any address of the site."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import yaml
from tests.docs.pages import GUIDES, README
from tests.mockserver.cli.site.conftest import Site
from tests.support.processes import ROOT

from postfuze_mock import openapi_3_1, spec
from postfuze_mock.control import spec as control_spec
from postfuze_mock.http.pages import reference


def test_every_link_and_anchor_leads_somewhere(site: Site) -> None:
    links = [(page, link) for page in site.pages.values() for link in page.links if not urlsplit(link).scheme]
    targets = [(page.path, link, *page.target(link)) for page, link in links]

    assert len(targets) > 3_000
    assert [each for each in targets if each[2] not in site.files and f"{each[2]}/index.html" not in site.files] == []
    anchors = [each for each in targets if each[3] and not each[2].startswith("docs")]
    assert len(anchors) > 300
    assert [each for each in anchors if each[3] not in site.page(each[2]).ids] == []
    assert "guides/exec.html#what-leans-on-what-nobody-promised" in site.pages["index.html"].links


def test_every_link_into_the_reference_names_what_the_specification_has(site: Site) -> None:
    document = spec.load()
    names = {f"operation/{id}" for part in (document, control_spec.read()) for id in spec.operations(part)}
    names |= {f"statement/{each.id}" for each in spec.statements()}
    names |= {f"assumption/{each.id}" for each in spec.assumptions()}
    names |= {f"webhook/{event}" for event in document["x-webhooks"]}
    targets = [page.target(link) for page in site.pages.values() for link in page.links]
    anchors = {anchor for path, anchor in targets if f"/{path}" in reference.PAGES and anchor} - {"content"}

    assert anchors <= names
    assert {"statement/list.newest-first", "assumption/limit.above-range", "operation/listWorlds"} <= anchors


def test_no_link_depends_on_where_the_site_is(site: Site) -> None:
    links = [link for page in site.pages.values() for link in page.links]

    assert [link for link in links if link.startswith(("/", "file:", "//"))] == []


def test_ids_of_a_page_are_unique(site: Site) -> None:
    assert [page.path for page in site.pages.values() if len(page.ids) != len(set(page.ids))] == []


def test_every_guide_is_a_page_and_listed_on_each_other_in_the_order_of_the_readme(site: Site) -> None:
    listed = [link for link in site.pages["index.html"].links if link.startswith("guides/") and "#" not in link]
    order = [row[0].partition("](docs/")[2].partition(".md")[0] for row in README.table("| guide |")]
    positions = [listed.index(f"guides/{name}.html") for name in order]

    assert positions == sorted(positions)
    assert {f"guides/{guide.path.stem}.html" for guide in GUIDES} <= set(listed)
    for page in (site.pages["guides/harness.html"], site.pages["project/changelog.html"]):
        assert {f"guides/{guide.path.stem}.html" for guide in GUIDES} <= {page.target(link)[0] for link in page.links}


def test_specifications_are_those_of_the_server(site: Site) -> None:
    document = spec.load()
    derived = openapi_3_1.derived(document)

    assert site.files["openapi.yaml"].read_bytes() == (ROOT / "openapi.yaml").read_bytes()
    assert json.loads(site.files["openapi.json"].read_bytes()) == document
    assert json.loads(site.files["openapi-3.1.json"].read_bytes()) == derived
    assert yaml.load(site.files["openapi-3.1.yaml"].read_bytes(), yaml.CSafeLoader) == derived
    assert json.loads(site.files["_mock/openapi.json"].read_bytes()) == control_spec.load(document)


def test_a_linked_file_of_the_repository_is_a_page_that_shows_it(site: Site) -> None:
    text = site.pages["files/examples/verify_webhook.py.html"].text

    assert "hmac.compare_digest" in text
    assert "examples/verify_webhook.py" in text


def test_every_picture_is_on_the_site_where_its_guide_shows_it(site: Site) -> None:
    pictures = {path for path in site.files if path.startswith("pictures/")}
    shown = {page.target(link)[0] for page in site.pages.values() for link in page.links if link.endswith(".png")}

    assert shown == pictures == {f"pictures/{file.name}" for file in (ROOT / "docs" / "pictures").iterdir()}
    assert pictures
