"""Figures out of the three stories: pages, tables, JSON. They only read."""
