"""Cards (证件): production, dispatch, stock, hand-over. The permit is in force without one."""
