"""A list sent as a file."""

from tempfile import TemporaryFile

from django.http import FileResponse, StreamingHttpResponse

from accounts.list_files import csv_lines, write_xlsx

KINDS = ("csv", "xlsx")


def send_list(heading, rows, *, name):
    """The response with the rows as CSV or XLSX, as the end of the name says."""
    heading = [str(each) for each in heading]
    if name.endswith("csv"):
        lines = csv_lines(heading, rows)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    file = TemporaryFile()  # closed with the response that sends it
    write_xlsx(heading, rows, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name)
