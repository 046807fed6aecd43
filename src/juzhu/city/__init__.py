"""The sandbox city: the outside world for trial and tests, a process of its own."""
