"""Makes the networks of the local face check from the packages they are published in."""
