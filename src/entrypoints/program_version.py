"""The version of the program that runs."""


def program_version() -> str:
    """The installed distribution's version; a checkout that is not installed has none."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - costs 20 ms, and few ask

    try:
        return version("gitlab-lore")
    except PackageNotFoundError:
        return "0+checkout"
