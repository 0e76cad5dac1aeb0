"""Issues, merge requests and threads from a GitLab server's API. The only package that knows httpx."""
