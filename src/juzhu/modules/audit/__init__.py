"""The ledger: who did or saw what, for which purpose. Append-only, text subjects, no foreign keys."""
