"""Settings, read once from the environment, and the URL map."""
