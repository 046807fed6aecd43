"""The law as a library: pure, dated, cited. No clock, no database, no framework."""
