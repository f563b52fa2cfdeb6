"""Waymark: a portal that leads a vendor's customers to their goals."""
