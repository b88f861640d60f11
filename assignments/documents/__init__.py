"""Documents made from the records in the layout of the Party's documents: Word and PDF.

content.py gathers what a document says, fields.py names it, builtin.py makes the Word templates
that come with the application, word.py fills them or those that an office uploaded, pdf.py sets
the same content with typst. docs/documents.md describes the layout and the fields.
"""
