"""Adapters for the outside world, each speaking its provider's real protocol; no Django."""
