"""Spec and C declarations -> C text. Pure: touches no file, clock, process or environment."""
