"""Where code comes from: files, lines, items and what happened to them."""
