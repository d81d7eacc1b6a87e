"""Plain records: the options of a run, exchanges, verdicts and events."""
