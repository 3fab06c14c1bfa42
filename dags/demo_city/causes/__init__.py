"""What happens in the city, whoever tells of it."""
