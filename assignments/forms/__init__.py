"""Forms of directives, teams, assignments and tasks, by what they enter."""
