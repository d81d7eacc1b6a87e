"""Who may reach what: web pages, browsers on other sites, the two listeners, the control API."""
