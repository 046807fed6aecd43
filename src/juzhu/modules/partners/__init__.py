"""The departments that ask: keys, purposes with their legal basis, limits, who has met whom."""
