"""Persons: encrypted identity, keyed digests for look-up, reserved phones, sign-in attempts."""
