"""The ledger: who did or saw what, and why. Append-only, text subjects, no foreign keys."""
