"""The dashboard (运行看板): how the service does, in figures from live data, for who leads it."""
