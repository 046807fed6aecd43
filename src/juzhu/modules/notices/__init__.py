"""Messages to people: what was said, to whom, on which occasion, and whether it was delivered."""
