"""Bringing many people in from a file: read, judge, stage, apply."""
