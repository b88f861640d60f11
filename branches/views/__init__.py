"""Pages of the party organization, by what they show."""
