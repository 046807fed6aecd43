"""Permits and their append-only actions (居住证, 签注): the register itself."""
