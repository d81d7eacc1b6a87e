"""How customers connect accounts: auth URLs, consent, pending sessions."""
