"""Faults on purpose: moments at which a load can be stopped, processes that are stopped there, and what is compared afterwards."""
