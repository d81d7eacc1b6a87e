"""The stages of a request, outermost first: errors, routing, security, validation, response checks, dispatch.

The only package that knows Connexion. Each stage compiles its work once per operation (`Stage.compile`) and finds it
again at request time through the `Call` that routing has put into the ASGI scope.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what it imports warns of deprecations, which are not a user's to mend
    import connexion  # noqa: F401
