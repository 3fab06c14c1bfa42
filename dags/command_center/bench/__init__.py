"""Measurements, as ratios of things run side by side."""
