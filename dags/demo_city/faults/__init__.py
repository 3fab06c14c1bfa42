"""What can be wrong with a source, switched on by command."""
