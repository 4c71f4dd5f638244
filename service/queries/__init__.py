"""Everything that is read: the only rooms with SQL; every list starts from what the actor may see."""
