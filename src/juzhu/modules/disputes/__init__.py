"""Looks that their subject does not accept (查看异议): raised, claimed, answered."""
