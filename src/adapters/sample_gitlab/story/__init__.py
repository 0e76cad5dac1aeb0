"""The story of the built-in sample: hand-written issues, merge requests and threads, and how they are played."""
