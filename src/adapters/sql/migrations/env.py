"""What alembic runs for each command: the migrations, on the connection it was given, in that one's transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
