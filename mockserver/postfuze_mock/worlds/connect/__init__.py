"""How a customer connects accounts: auth URLs, the consent, pending sessions."""
