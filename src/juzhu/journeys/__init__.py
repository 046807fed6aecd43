"""One file per business: gather evidence with no transaction open, then call services."""
