"""Encryption at rest: keys, encrypted model fields, keyed digests. Owns no tables."""
