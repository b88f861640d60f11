"""What changes together in the party organization: one function, one transaction."""
