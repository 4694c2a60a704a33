"""ExifTool, kept open. Commands are values; how they become arguments is decided in one place (``_arguments``)."""

from bridge.exiftool._arguments import Assign, Command, Copy, Read, Write
from bridge.exiftool._pool import ExifTool, Tags
from bridge.exiftool._process import Reply, check_version

__all__ = ["Assign", "Command", "Copy", "ExifTool", "Read", "Reply", "Tags", "Write", "check_version"]
