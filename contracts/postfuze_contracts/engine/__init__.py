"""What makes functions into checks and runs them: the judge, the registry, the catalogue, the survey, the runner."""
