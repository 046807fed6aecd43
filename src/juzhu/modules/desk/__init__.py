"""The desk (受理台): shifts, numbered tickets, and what officers did for whom."""
