"""The services of one machine, and `make run`."""
