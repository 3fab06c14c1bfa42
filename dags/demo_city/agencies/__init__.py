"""What each agency's systems answer."""
