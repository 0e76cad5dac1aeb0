"""This process among others."""

import os
import socket


class SystemProcessIdentity:
    """Port `ProcessIdentity`."""

    @property
    def host(self) -> str:
        return socket.gethostname()

    @property
    def pid(self) -> int:
        return os.getpid()
