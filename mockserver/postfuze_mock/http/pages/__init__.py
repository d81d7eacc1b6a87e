"""What a person opens in a browser: the reference page, the console and the consent screen, with the headers of all."""
