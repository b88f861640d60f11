"""Pages of assignments and tasks, by what they show."""
