"""The store in an SQL database, through SQLAlchemy Core. The only package that knows sqlalchemy."""
