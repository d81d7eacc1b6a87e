"""HTTP: the stages of a request, in the order that `application.py` gives them.

Each stage compiles its work once per operation (`Stage.compile`) and finds it again at request time through the `Call`
that routing has put into the ASGI scope. `validation/` checks requests, `perimeter/` says who may reach what, `server/`
is what lies between uvicorn and the application. Connexion is known to `connexion_stack.py` alone.
"""
