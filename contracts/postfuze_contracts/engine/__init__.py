"""The engine: registers checks, describes them, runs them, and collects their judgements."""
