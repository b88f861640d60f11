"""The one table of the pages: what somebody needs to open each.

Every route of the site stands in `PAGES` under its name; a route that does not is refused to
everybody (`accounts.gate`), and `manage.py check` reports it. The menu and the tests read the same
table. It says who may open a page at all; which rows stand on it, and whether the action is allowed
on one of them, is decided by `visible_to()` (404) and `acting.require()` (403).
"""

from dataclasses import dataclass

from .rules import ROLES_FOR


@dataclass(frozen=True)
class Need:
    """action  the key of `ROLES_FOR` that the reader must be allowed somewhere today; "" for none
    own        whether a person without such a role may open it for a record of their own; without
               an action it opens to nobody but people with a member record
    public     whether it is open before signing in
    """

    action: str = ""
    own: bool = False
    public: bool = False

    def is_met(self, user, *, roles):
        """Whether the user, if signed in, may open the page with these roles of today."""
        if self.public:
            return True
        if not user.is_authenticated:
            return False
        if self.own and user.member_id is not None:
            return True
        return bool(ROLES_FOR[self.action] & roles) if self.action else not self.own


PUBLIC = Need(public=True)
SIGNED_IN = Need()
OWN = Need(own=True)  # one's own work: a role opens nothing of it


def own_or(action):
    """Open to who may do the action, and to a member for their own record."""
    return Need(action, own=True)


PAGES = {
    "home": SIGNED_IN,
    "set_language": PUBLIC,
    "service_worker": PUBLIC,
    "manifest": PUBLIC,
    "offline": PUBLIC,
    # The party organization
    "branches:organizations": Need("see_organization"),
    "branches:organization": Need("see_organization"),
    "branches:organization_children": Need("see_organization"),
    "branches:members": Need("see_members"),
    "branches:member": own_or("see_members"),
    "branches:member_bulk": Need("edit_members"),
    "branches:member_add": Need("edit_members"),
    "branches:member_edit": Need("edit_members"),
    "branches:member_change": Need("edit_members"),
    "branches:member_transfer": Need("edit_members"),
    "branches:member_leave": Need("edit_members"),
    "branches:member_undo": Need("edit_members"),
    "branches:member_status_add": Need("edit_members"),
    "branches:member_status_change": Need("edit_members"),
    "branches:member_status_delete": Need("edit_members"),
    "branches:member_discipline_add": Need("edit_members"),
    "branches:member_discipline_change": Need("edit_members"),
    "branches:member_discipline_delete": Need("edit_members"),
    "branches:position_add": Need("edit_members"),
    "branches:position_change": Need("edit_members"),
    "branches:position_end": Need("edit_members"),
    "branches:position_delete": Need("edit_members"),
    "branches:committees": Need("see_members"),
    "branches:committee": Need("see_members"),
    "branches:committee_term_add": Need("edit_members"),
    "branches:committee_term_change": Need("edit_members"),
    "branches:committee_term_delete": Need("edit_members"),
    "branches:committee_job_add": Need("edit_members"),
    "branches:committee_job_change": Need("edit_members"),
    "branches:committee_job_delete": Need("edit_members"),
    "branches:meetings": Need("see_members"),
    "branches:meeting": own_or("see_members"),
    "branches:search": SIGNED_IN,
    "branches:pick_members": Need("see_members"),
    "branches:pick_organizations": Need("see_organization"),
    "branches:acting": SIGNED_IN,
    # My work
    "assignments:my_work": OWN,
    "assignments:visit_log": OWN,
    "assignments:visit": own_or("see_assignments"),
    "assignments:visit_correct": OWN,
    "assignments:visit_withdraw": OWN,
    "assignments:visit_photo": own_or("see_assignments"),
    # Work
    "assignments:desk": Need("see_assignments"),
    "assignments:assign": Need("assign_work"),
    "assignments:assigned": Need("assign_work"),
    "assignments:assignment_change": Need("assign_work"),
    "assignments:assignments": Need("see_assignments"),
    "assignments:assignment": own_or("see_assignments"),
    "assignments:load": Need("see_assignments"),
    "assignments:matrix": Need("see_assignments"),
    "assignments:from_above": Need("see_assignments"),
    "assignments:uncovered": Need("see_assignments"),
    "assignments:suggestions": Need("assign_work"),
    "assignments:hand_over": Need("assign_work"),
    "assignments:assignment_end": Need("assign_work"),
    "assignments:assignment_reopen": Need("assign_work"),
    "assignments:tasks": Need("see_assignments"),
    # Tasks on their way, and reviews
    "assignments:task_sheet": own_or("see_assignments"),
    "assignments:task_register": OWN,
    "assignments:task_submit": OWN,
    "assignments:task_change": OWN,
    "assignments:task_discard": OWN,
    "assignments:task_start": OWN,
    "assignments:task_report": OWN,
    "assignments:task_confirm": Need("confirm_work"),
    "assignments:task_return": Need("confirm_work"),
    "assignments:task_reopen": Need("confirm_work"),
    "assignments:task_weigh": Need("confirm_work"),
    "assignments:task_cancel": Need("assign_work"),
    "assignments:task_evidence": own_or("see_assignments"),
    "assignments:reviews": Need("see_assignments"),
    "assignments:review_write": Need("review_work"),
    # Confirming
    "assignments:confirmations": Need("review_work"),
    "assignments:confirmations_confirm": Need("confirm_work"),
    "assignments:visit_confirm": Need("confirm_work"),
    "assignments:visit_refuse": Need("confirm_work"),
    "assignments:visit_dispute": Need("confirm_work"),
    "assignments:visit_reopen": Need("confirm_work"),
    # What one is reminded of
    "assignments:queue": SIGNED_IN,
    "assignments:reminders": SIGNED_IN,
    "assignments:reminder_choices": SIGNED_IN,
    "assignments:reminder_put_aside": SIGNED_IN,
    # Documents
    "assignments:documents": Need("make_documents"),
    "assignments:document_decision": Need("make_documents"),
    "assignments:document_assignments": Need("make_documents"),
    "assignments:document_plan": Need("make_documents"),
    "assignments:templates": Need("make_documents"),
    "assignments:template_download": Need("make_documents"),
    "assignments:template_version": Need("make_documents"),
    "assignments:template_upload": Need("edit_templates"),
    "assignments:template_give_up": Need("edit_templates"),
    "assignments:template_compare": Need("edit_templates"),
    # Meetings that are planned, rosters, checking in
    "assignments:calendar": own_or("see_members"),
    "assignments:meeting_plan": own_or("see_members"),
    "assignments:meeting_plan_add": Need("keep_meetings"),
    "assignments:meeting_plan_change": Need("keep_meetings"),
    "assignments:meeting_plan_call_off": Need("keep_meetings"),
    "assignments:meeting_plan_restore": Need("keep_meetings"),
    "assignments:plan_roster": Need("keep_meetings"),
    "assignments:plan_sign_in_sheet": Need("keep_meetings"),
    "assignments:plan_check_in_code": Need("keep_meetings"),
    "assignments:roster": Need("keep_meetings"),
    "assignments:roster_close": Need("keep_meetings"),
    "assignments:roster_reopen": Need("keep_meetings"),
    "assignments:sign_in_sheet": Need("keep_meetings"),
    "assignments:check_in_code": Need("keep_meetings"),
    "assignments:check_in": SIGNED_IN,
    # Directives and teams
    "assignments:directives": Need("see_assignments"),
    "assignments:directive": own_or("see_assignments"),
    "assignments:directive_assignments": own_or("see_assignments"),
    "assignments:directive_add": Need("assign_work"),
    "assignments:directive_change": Need("assign_work"),
    "assignments:directive_delete": Need("assign_work"),
    "assignments:directive_attach": Need("assign_work"),
    "assignments:directive_attachment": own_or("see_assignments"),
    "assignments:directive_attachment_replace": Need("assign_work"),
    "assignments:directive_attachment_remove": Need("assign_work"),
    "assignments:teams": Need("see_assignments"),
    "assignments:team": own_or("see_assignments"),
    "assignments:team_directive": Need("assign_work"),
    "assignments:team_add": Need("assign_work"),
    "assignments:team_change": Need("assign_work"),
    "assignments:team_members": Need("assign_work"),
    "assignments:team_indicator_add": Need("assign_work"),
    "assignments:team_indicator": Need("assign_work"),
    "assignments:team_indicator_remove": Need("assign_work"),
    "assignments:task": own_or("see_assignments"),
    # Minutes and quality of meetings
    "assignments:meeting_minutes": own_or("see_members"),
    "assignments:meeting_minutes_write": Need("keep_meetings"),
    "assignments:meeting_minutes_document": own_or("see_members"),
    "assignments:meeting_quality": own_or("see_members"),
    "assignments:meeting_score": Need("keep_meetings"),
    "assignments:meeting_quality_decide": Need("review_work"),
    "assignments:meetings_quality": Need("see_members"),
    "assignments:meeting_forms": Need("see_members"),
    "assignments:meeting_form_change": Need("edit_templates"),
    # Opinions
    "assignments:opinions": Need("see_members"),
    "assignments:opinions_report": Need("see_members"),
    "assignments:opinion": own_or("see_members"),
    "assignments:opinion_raise": own_or("keep_meetings"),
    "assignments:opinion_raise_on_visit": own_or("keep_meetings"),
    "assignments:opinion_refer": Need("answer_opinions"),
    "assignments:opinion_extend": Need("answer_opinions"),
    "assignments:opinion_answer": Need("answer_opinions"),
    "assignments:opinion_tell": Need("keep_meetings"),
    # Tasks that a branch gives
    "assignments:branch_tasks_rates": Need("see_assignments"),
    "assignments:branch_tasks": Need("see_assignments"),
    "assignments:branch_tasks_review": Need("give_tasks"),
    "assignments:branch_tasks_draft": Need("give_tasks"),
    "assignments:branch_tasks_discussion": Need("give_tasks"),
    "assignments:branch_tasks_resolution": Need("give_tasks"),
    "assignments:branch_tasks_back": Need("give_tasks"),
    "assignments:branch_tasks_check": Need("give_tasks"),
    "assignments:branch_task_plan": own_or("give_tasks"),
    "assignments:branch_task_agree": Need("give_tasks"),
    "assignments:branch_task_report": Need("give_tasks"),
    "assignments:branch_task_confirm": Need("give_tasks"),
    "assignments:branch_task_return": Need("give_tasks"),
    "assignments:branch_task_reopen": Need("give_tasks"),
    "assignments:my_branch_tasks": OWN,
    # Reorganizations
    "assignments:reorganize": Need("reorganize"),
    "assignments:reorganize_kind": Need("reorganize"),
    "assignments:reorganizations": Need("reorganize"),
    "assignments:reorganization": Need("reorganize"),
    "assignments:reorganization_download": Need("reorganize"),
    "assignments:reorganization_roles": Need("reorganize"),
    # Ratings
    "evaluations:board": Need("see_ratings"),
    "evaluations:ratings_download": Need("export_ratings"),
    "evaluations:board_changes": Need("see_ratings"),
    "evaluations:board_years": Need("see_ratings"),
    "evaluations:five_years": Need("see_ratings"),
    "evaluations:rating": own_or("see_ratings"),
    "evaluations:rating_readers": own_or("see_access"),
    "evaluations:roll_ups": Need("see_ratings"),
    "evaluations:roll_up_start": Need("start_roll_up"),
    "evaluations:roll_up": Need("see_ratings"),
    # Cycles of the year end
    "evaluations:cycles": Need("see_ratings"),
    "evaluations:cycle_open": Need("manage_cycles"),
    "evaluations:cycle": Need("see_ratings"),
    "evaluations:cycle_change": Need("manage_cycles"),
    "evaluations:cycle_draw": Need("manage_cycles"),
    "evaluations:cycle_suggestions": Need("manage_cycles"),
    "evaluations:cycle_branch": Need("see_ratings"),
    "evaluations:step_finish": Need("keep_appraisals"),
    "evaluations:step_reopen": Need("keep_appraisals"),
    "evaluations:section_step_finish": Need("propose_for_section"),
    "evaluations:section_step_reopen": Need("propose_for_section"),
    "evaluations:unit_step_finish": Need("decide_ratings"),
    "evaluations:unit_step_reopen": Need("decide_ratings"),
    "evaluations:comments": Need("keep_appraisals"),
    "evaluations:comment_write": Need("keep_appraisals"),
    "evaluations:proposals": Need("keep_appraisals"),
    "evaluations:section_proposals": Need("propose_for_section"),
    "evaluations:appraisal": own_or("see_ratings"),
    "evaluations:self_review": OWN,
    "evaluations:self_review_enter": Need("keep_appraisals"),
    # Votes of branches
    "evaluations:votes": Need("see_ratings"),
    "evaluations:vote_record": Need("keep_appraisals"),
    "evaluations:vote_withdraw": Need("keep_appraisals"),
    "evaluations:not_rated": Need("see_ratings"),
    "evaluations:removal_risk": Need("see_members"),
    # Rating sets and their trials
    "evaluations:schemes": Need("see_ratings"),
    "evaluations:scheme": own_or("see_ratings"),
    "evaluations:scheme_diff": Need("see_ratings"),
    "evaluations:scheme_copy": Need("edit_schemes"),
    "evaluations:scheme_change": Need("edit_schemes"),
    "evaluations:scheme_adopt": Need("edit_schemes"),
    "evaluations:scheme_discard": Need("edit_schemes"),
    "evaluations:trial_start": Need("edit_schemes"),
    "evaluations:trial": Need("edit_schemes"),
    # One's own record, and objections to it
    "evaluations:own_record": OWN,
    "evaluations:objection_raise": OWN,
    "evaluations:objections": own_or("answer_objections"),
    "evaluations:objection": own_or("answer_objections"),
    "evaluations:objection_withdraw": OWN,
    # Papers of the year end
    "evaluations:papers": Need("see_ratings"),
    "evaluations:summary": Need("export_ratings"),
    "evaluations:cycle_workbook": Need("export_ratings"),
    "evaluations:ballot": Need("see_ratings"),
    "evaluations:count_minutes": Need("see_ratings"),
    "evaluations:appraisal_paper": own_or("see_ratings"),
    "evaluations:dossier_start": Need("export_ratings"),
    "evaluations:dossier": SIGNED_IN,
    "evaluations:dossier_file": SIGNED_IN,
    # Decisions, the cap and the lock
    "evaluations:decisions": Need("decide_ratings"),
    "evaluations:decide": Need("decide_ratings"),
    "evaluations:ties": Need("decide_ratings"),
    "evaluations:cap_places": Need("override_cap"),
    "evaluations:places_withdraw": Need("override_cap"),
    "evaluations:unit_cap": Need("override_cap"),
    "evaluations:cycle_lock": Need("lock_ratings"),
    "evaluations:cycle_changes": Need("see_ratings"),
    "evaluations:re_rate": Need("decide_ratings"),
    # Data protection
    "evaluations:anonymisations": Need("anonymise_members"),
    "evaluations:anonymise": Need("anonymise_members"),
    "workbook:own_data": SIGNED_IN,
    # Imports
    "workbook:imports": Need("import_workbook"),
    "workbook:import_start": Need("import_workbook"),
    "workbook:import": Need("import_workbook"),
    "workbook:import_rows": Need("import_workbook"),
    "workbook:import_headings": Need("import_workbook"),
    "workbook:import_again": Need("import_workbook"),
    "workbook:import_commit": Need("import_workbook"),
    "workbook:import_undo": Need("import_workbook"),
    "workbook:import_discard": Need("import_workbook"),
    "workbook:import_file": Need("import_workbook"),
    "workbook:import_headings_known": Need("import_workbook"),
    "workbook:import_heading_forget": Need("import_workbook"),
    # Data quality
    "workbook:quality": Need("repair_data"),
    "workbook:merge": Need("repair_data"),
    "workbook:place_member": Need("repair_data"),
    "workbook:settle_unit": Need("repair_data"),
    "workbook:repair_attendance": Need("repair_data"),
    # Accounts
    "accounts:login": PUBLIC,
    "accounts:logout": PUBLIC,
    "accounts:invitation": PUBLIC,
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "mfa_authenticate": PUBLIC,
    "mfa_login_webauthn": PUBLIC,
    "openid_connect_login": PUBLIC,
    "openid_connect_callback": PUBLIC,
    "socialaccount_login_cancelled": PUBLIC,
    "accounts:sending": SIGNED_IN,
    "accounts:account": SIGNED_IN,
    "accounts:sessions": SIGNED_IN,
    "accounts:session_end": SIGNED_IN,
    "accounts:session_end_others": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    # Lists as one keeps them
    "accounts:views": Need("see_members"),
    "accounts:view_add": Need("see_members"),
    "accounts:view_columns": Need("see_members"),
    "accounts:view_change": Need("see_members"),
    "accounts:view_delete": Need("see_members"),
    "accounts:list_download": Need("see_members"),
    "accounts:users": Need("see_access"),
    "accounts:user": Need("see_access"),
    "accounts:user_invite": Need("manage_users"),
    "accounts:user_change": Need("manage_users"),
    "accounts:user_switch": Need("manage_users"),
    "accounts:user_invitation": Need("manage_users"),
    "accounts:grant_give": Need("manage_users"),
    "accounts:grant_withdraw": Need("manage_users"),
    "accounts:journal": Need("see_journal"),
    "accounts:journal_entry": Need("see_journal"),
    "accounts:access_log": Need("see_journal"),
    "accounts:member_history": own_or("see_member_history"),
    "accounts:member_readers": own_or("see_access"),
}


def need_of(name):
    """What the page of this name needs; None when the table does not say."""
    return PAGES.get(name)
