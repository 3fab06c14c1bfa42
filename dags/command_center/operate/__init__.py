"""What keeps it running at night."""
