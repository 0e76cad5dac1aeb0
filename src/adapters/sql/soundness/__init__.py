"""Whether what the store derives from GitLab's data fits together, table by table, and mending what does not."""
