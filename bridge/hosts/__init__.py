"""What the daemon's package knows of the photographer's programs: their files, and how an adapter gets in and out."""

from bridge.hosts.names import HOSTS, Host

__all__ = ["HOSTS", "Host"]
