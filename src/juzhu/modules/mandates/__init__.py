"""Mandates (授权): a relative or friend acts for a holder, in few things and until a day."""
