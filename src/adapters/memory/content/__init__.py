"""The tables of the store in memory, and the parts of a transaction over them."""
