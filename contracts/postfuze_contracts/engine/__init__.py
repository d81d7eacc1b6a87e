"""The engine: what a check is and how it judges, the registry, the catalogue, the survey of the data, the runner."""
