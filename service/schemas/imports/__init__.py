"""Reading files that centres bring: rows out of a file, and a mapping from its columns to our fields."""
