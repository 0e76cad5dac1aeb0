"""The store's schema, revision by revision. Imported only when a database is not at the newest one."""
