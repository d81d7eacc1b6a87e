"""Who may reach what: browsers from other sites, listeners, and the levers."""
