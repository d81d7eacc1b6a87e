"""`--metrics`: what the server counts, at /metrics, in Prometheus's text format. Nothing else imports the modules."""

from typing import Final

#: Names the folder in which Prometheus's library keeps the values of several processes.
FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
