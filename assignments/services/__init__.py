"""What changes together in assignments: one function, one transaction, one audit entry."""
