"""Questions to the store: lists, single items, search, counts."""
