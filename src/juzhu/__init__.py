"""Juzhu (居住): the software of a city's residence-permit service (居住证)."""
