"""Departments' questions about permits: the answer, its receipt, its ledger rows, in one effect."""
