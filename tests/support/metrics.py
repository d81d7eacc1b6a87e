"""What /metrics says, read by Prometheus's own parser."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families
from tests.support.calls import Caller

PREFIX = "postfuze_mock_"


class Scrape(dict[str, float]):
    """The values by name without the prefix, with labels as in `requests_total{status=200}`."""

    def sum(self, name: str) -> float:
        """The sum of all series of a name."""
        return sum(value for key, value in self.items() if key.partition("{")[0] == name)


def scrape(caller: Caller, **headers: str) -> Scrape:
    """The values that `caller` reads."""
    response = caller.call("GET", "/metrics", **headers)
    assert (response.status, response.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    values = Scrape()
    for family in text_string_to_metric_families(response.body.decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            key = f"{sample.name.removeprefix(PREFIX)}{labels and '{'}{labels}{labels and '}'}"
            assert key not in values
            values[key] = sample.value
    return values
