"""Opens the engine that `--state` names, with everything that the worlds keep there."""
