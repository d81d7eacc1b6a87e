"""A world's events, its webhooks, and the deliveries that are due."""
