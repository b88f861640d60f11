"""Examples of the routes of imports and data quality."""

from .example import Example, of

EXAMPLES = {
    "workbook:own_data": Example(acts=False),
    # Imports
    "workbook:imports": Example(),
    "workbook:import_start": Example(
        post={"effective": "2026-01-05", "reason": "01-QĐ"}, posted=200
    ),
    "workbook:import": of("upload"),
    "workbook:import_rows": of("upload"),
    "workbook:import_headings": of("upload", post={"heading0": "full_name"}, posted=200),
    "workbook:import_again": of("upload", status=405, posted=302),
    "workbook:import_commit": of("upload", status=405, posted=302),
    "workbook:import_undo": of("upload", post={"reason": "01-QĐ"}, posted=302),
    "workbook:import_discard": of("upload", posted=302),
    "workbook:import_file": Example(lambda half: [half.upload.pk, "upload"]),
    "workbook:import_headings_known": Example(),
    "workbook:import_heading_forget": of("heading", status=405, posted=302),
    # Data quality
    "workbook:quality": Example(),
    "workbook:merge": Example(lambda half: [half.member.pk, half.twin.pk], posted=200),
    "workbook:place_member": of("twin", posted=200),
    "workbook:settle_unit": of("closed", posted=200),
    "workbook:repair_attendance": Example(
        lambda half: [half.meeting.attendance.get().pk], posted=200
    ),
}
