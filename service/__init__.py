"""The service: four doors over operations and queries (docs/architecture.md draws the house)."""
