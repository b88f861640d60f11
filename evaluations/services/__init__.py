"""What changes together in evaluations: one function, one transaction, one audit entry."""
