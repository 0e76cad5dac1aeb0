"""The little GitLab behind `MemoryGitLab`: what it holds, what changes it, and how it answers."""
