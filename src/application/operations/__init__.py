"""Setting up, looking after and taking apart: everything around the syncing and the asking."""
