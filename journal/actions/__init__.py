"""Every write that touches more than one table: keyword-only, atomic, `by=` whom and `at=` when."""
