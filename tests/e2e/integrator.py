"""A small integrator's application: its key stays on its server, the customer's browser goes to `auth_url` and returns
to `/callback`."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Planner</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width"></head>
<body><main><h1>Planner</h1>{}</main></body></html>"""
PLATFORMS = ("facebook", "x", "google_business", "youtube")


class Integrator:
    """The application, at `url` until it is stopped; `key` is its API key."""

    def __init__(self, api: str, key: str, tenant: str = "tenant_42") -> None:
        self.api, self.key, self.tenant = api, key, tenant
        self.server = _Server(self)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        #: The other host name, to which the browser returns: another origin, as a front end often is.
        self.front = f"http://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def call(self, method: str, path: str, body: Any = None, *, keyed: bool = True) -> Any:
        """Call the API; None if it refuses."""
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.key}"} if keyed else {})}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.api}/api/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return json.load(response)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return None

    def auth_url(self, platform: str) -> str:
        """The URL for a customer's browser."""
        body = {"redirect_uri": f"{self.url}/callback?from=planner", "tenant_id": self.tenant}
        url: str = self.call("POST", f"/social-networks/{platform}/auth-url", body)["auth_url"]
        return url

    def home(self) -> str:
        """The customer's accounts, and a button to connect another."""
        rows = self.call("GET", f"/social-accounts?tenant_id={self.tenant}&limit=100")["data"]
        accounts = "".join(
            f"<li data-id='{each['id']}'>{escape(each['network_unique_id'])} {each['status']}</li>" for each in rows
        )
        choices = "".join(f"<option>{platform}</option>" for platform in PLATFORMS)
        return (
            f"<h2>Accounts</h2><ul id='accounts'>{accounts}</ul><form method='post' action='/connect'>"
            f"<label>Platform <select name='platform'>{choices}</select></label> <button>Connect</button></form>"
        )

    def selection(self, token: str) -> str:
        """The pages to choose from."""
        pending = self.call("GET", f"/social-accounts/pending/{token}", keyed=False)
        if pending is None:
            return "<p id='outcome'>That took too long. Please connect again.</p>"
        pages = "".join(
            f"<li><label><input type='checkbox' name='page' value='{escape(page['id'])}'> {escape(page['name'])}"
            "</label></li>"
            for page in pending["availablePages"]
        )
        return (
            f"<form method='post' action='/finalize'><input type='hidden' name='token' value='{escape(token)}'>"
            f"<ul id='pages'>{pages}</ul><button>Connect these</button></form>"
        )


class _Server(ThreadingHTTPServer):
    def __init__(self, app: Integrator) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.app = app


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/callback":
            self.come_back(dict(parse_qsl(address.query)))
        elif address.path == "/framed":
            self.show(f"<iframe title='framed' src='{escape(self.server.app.auth_url('x'))}'></iframe>")
        else:
            self.show(self.server.app.home())

    def come_back(self, outcome: dict[str, str]) -> None:
        if outcome["from"] != "planner":
            self.send_error(400)
        elif outcome["status"] == "connected":
            self.go(f"{self.server.app.front}/?{urlencode({'new': outcome['account_ids']})}")
        elif outcome["status"] == "pending":
            self.show(self.server.app.selection(outcome["session_token"]))
        else:
            self.show(f"<p id='outcome'>Not connected: {escape(outcome['error'])}</p>")

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path == "/connect":
            self.go(self.server.app.auth_url(form["platform"][0]))
            return
        path = f"/social-accounts/pending/{form['token'][0]}/finalize"
        self.server.app.call("POST", path, {"selectedPageIds": form["page"]}, keyed=False)
        self.go("/")

    def show(self, html: str) -> None:
        body = PAGE.format(html).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def go(self, url: str) -> None:
        self.send_response(303)
        self.send_header("Location", url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""
