"""What the reference page says of the harness's checks is what the harness does."""

from __future__ import annotations

import json

from tests.support import reference_checks

from postfuze_mock import spec


def test_file_of_the_reference_page_has_every_check() -> None:
    text = reference_checks.FILE.read_text(encoding="utf-8")

    assert text == reference_checks.written(), "call scripts/reference-checks"


def test_every_statement_that_http_can_show_has_a_check_in_it() -> None:
    checks = json.loads(reference_checks.FILE.read_text(encoding="utf-8"))
    checked = {id for check in checks for id in check["of"]}

    assert [each.id for each in spec.statements() if each.observable and each.id not in checked] == []
