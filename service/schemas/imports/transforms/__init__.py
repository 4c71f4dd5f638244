"""The closed list of ways in which a mapping can turn cells into one of our fields."""
