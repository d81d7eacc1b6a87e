"""The API's handlers: a function an operation, its name the operationId in snake case, a module a resource.

Each is `handler(world, **parameters)`: it asks the world and returns the record; `http/dispatch.py` does the rest.
"""
