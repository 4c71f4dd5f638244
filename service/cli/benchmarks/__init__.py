"""What `halfway bench` measures with: a served copy of the demo town, a crowd, and a bare view beside it."""
