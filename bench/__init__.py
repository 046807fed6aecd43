"""Benchmarks: each beside the physical limit, in the same run. `juzhu bench` runs them."""
