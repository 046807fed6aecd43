"""The staff pages: desk (受理台), review queue (待复核), shifts, accounts."""
