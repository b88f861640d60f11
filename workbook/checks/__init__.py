"""The rules between rows, each as a query for the rows that break it.

They run over what will be stored (`row_<table>` of the workbook, `now_…` for workbook and database
together), so that every bad row is found and named before anything is written; behind each stands
a constraint of the database, which could name only the first. A query gives the row's number as
`row` and what the message mentions. Rows with a cell that could not be read are left out: what is
wrong with them is known already.
"""

from ..history import MEMBERSHIPS, PLACEMENTS
from ..tables import BY_NAME
from .described import checks_of, missing_columns
from .locked import LOCKED_CHECKS
from .members import MEMBER_CHECKS
from .merged import MERGED_CHECKS
from .oddities import ODDITIES
from .organizations import GATHER_ORGANIZATIONS, ORGANIZATION_CHECKS
from .periods import overlap_of_links, overlap_of_rows
from .work import WORK_CHECKS

__all__ = ["CHECKS", "GATHER_ORGANIZATIONS", "ODDITIES", "checks_of", "missing_columns"]

CHECKS = (
    *ORGANIZATION_CHECKS,
    *MEMBER_CHECKS,
    *MERGED_CHECKS,
    *WORK_CHECKS,
    *LOCKED_CHECKS,
    overlap_of_links(PLACEMENTS),
    overlap_of_links(MEMBERSHIPS),
    overlap_of_rows(BY_NAME["earlier_organizations"], "org_code"),
    overlap_of_rows(BY_NAME["earlier_classes"], "member_code"),
    overlap_of_rows(BY_NAME["statuses"], "member_code"),
    overlap_of_rows(BY_NAME["committee_terms"], "org_code"),
    overlap_of_rows(BY_NAME["job_descriptions"], "org_code", "title"),
    overlap_of_rows(BY_NAME["assignments"], "member_code", "target_code"),
)
