"""What a program says of itself, for people who review it."""
