"""What is true of issues, merge requests, threads, renames and rankings. Imports the standard library alone."""
