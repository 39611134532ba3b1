"""specloop builds software from module specs, one tested commit per module."""

__version__ = "0.1.0"
