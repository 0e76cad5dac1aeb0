"""Getting GitLab's data into the store: standard sync, surgical sync and the steps they share."""
