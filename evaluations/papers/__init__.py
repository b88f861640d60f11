"""The papers of the year end: what stands in the fields of their layouts (assignments/documents),
for one member, a branch, or a whole cycle. docs/documents.md lists them."""
