"""A made-up town in which volunteers look down lists and choose, so that policies meet the same chance."""
