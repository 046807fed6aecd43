"""Payments: orders, attempts, settlements, refunds; states are computed from what happened."""
