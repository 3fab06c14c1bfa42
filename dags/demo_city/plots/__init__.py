"""What the synthetic city looks like."""
