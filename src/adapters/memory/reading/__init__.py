"""Questions to the store in memory, answered by looking at every row."""
