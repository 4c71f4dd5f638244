"""How things look outside: one file per noun, with a schema for each thing read or written."""
