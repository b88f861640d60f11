"""SQL made from the description of the tables: identifiers and lists put into a template."""


def quote(name):
    """A name of our own (of a table, a column) as an identifier."""
    return f'"{name}"'


def fill(template, **parts):
    """`template` with {name} replaced: text as it is, lists with commas between."""
    return template.format(
        **{name: part if isinstance(part, str) else ", ".join(part) for name, part in parts.items()}
    )
