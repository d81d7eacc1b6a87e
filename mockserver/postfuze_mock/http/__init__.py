"""HTTP: the stages of a request, in the order of `application.py`.

Each stage prepares its work once per operation (`Stage.compile`) and looks it up for a request by the `Call` that
routing puts into the ASGI scope. `validation/` checks requests, `perimeter/` controls access, `server/` connects
uvicorn and the application. Only `connexion_compiler.py` imports Connexion.
"""
