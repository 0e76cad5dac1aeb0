"""Files, commits, items and people, read from a library in memory."""
