"""The mock's own levers: a function an operation, as in `api/`, from a specification of their own."""
