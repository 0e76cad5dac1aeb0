"""What every `ContentStore` promises, a module for each part of its transactions."""
