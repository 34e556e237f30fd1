"""What happens to the located program, one file a pass."""
