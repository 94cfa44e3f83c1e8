"""The pure core: what was read, what was expected, and where the two part. No clock, no files."""
