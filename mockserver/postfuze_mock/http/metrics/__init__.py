"""`--metrics`: what the server counts, at /metrics, in Prometheus's text format. Only with it is this imported."""
