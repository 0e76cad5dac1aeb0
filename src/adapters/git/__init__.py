"""The local git checkout, through the git command."""
