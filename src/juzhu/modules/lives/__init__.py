"""What the registers of persons told, and what became of it (生命事件): owns these tables."""
