"""The sandbox city: departments, phones and a clock, in a process of its own. Never in production."""
