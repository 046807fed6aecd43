"""One module per outside system, speaking its wire protocol. Plain Python, usable without Django."""
