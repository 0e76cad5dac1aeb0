"""The parts of a transaction over the store's content, one file for each (port `ContentStore`)."""
