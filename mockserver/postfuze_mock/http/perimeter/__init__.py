"""Access to the server: CORS, foreign web pages, the two listeners, the control API."""
