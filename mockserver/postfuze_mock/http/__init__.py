"""The stages of a request, outermost first: errors, routing, security, validation, response checks, dispatch.

The only package that knows Connexion. Each stage compiles its work once per operation (`Stage.compile`) and finds it
again at request time through the `Call` that routing has put into the ASGI scope.
"""

from postfuze_mock.http import lean_connexion

lean_connexion.load()
