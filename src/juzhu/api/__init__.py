"""The departments' exchange: tokens, verifications, events, receipts, over ASGI, JSON only."""
