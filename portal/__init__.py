"""Waymark: a portal that leads a vendor's customers to their goals."""

__version__ = "0.1.0"
