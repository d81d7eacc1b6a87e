"""Where each sentence of the two documents stands in openapi.yaml: at a statement, an assumption or a note."""
