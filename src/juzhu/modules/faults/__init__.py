"""Faults that are not the holder's: what was down on which days, and that we are alive."""
