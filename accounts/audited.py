"""Which tables have an audit trail: all that hold facts which people enter, so all but these."""

from functools import cache

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.models import Member

COMPUTED = "Computed by a roll-up, which is recorded, from rows that are."
TRAIL = "It is the trail."
NO_PERMISSIONS = "Not used: what one may do follows from grants."

# Why each of them has none. A model that is neither here nor has the triggers fails a test.
NOT_AUDITED = {
    "branches.OrganizationPath": "Derived by triggers from placements, which are audited.",
    "assignments.Assigning": "What was saved together, for undoing it; assignments are audited.",
    "assignments.AssigningRow": "As assignings.",
    "assignments.Reminder": "That somebody was told of what stands in rows that are audited.",
    "assignments.ReminderChoice": "How somebody likes to be told: no fact about anybody.",
    "evaluations.Rating": COMPUTED,
    "evaluations.Appraisal": "Points at what was suggested, voted and decided, which is audited.",
    "evaluations.OrganizationAppraisal": "Listed and computed from rows that are audited.",
    "evaluations.CycleBranch": "The branches of a cycle, drawn from the tree, which is audited.",
    "evaluations.PaperJob": "Papers made of rows that are audited; who downloads them is logged.",
    "evaluations.PaperPart": "As paper jobs.",
    "evaluations.RollUpShard": COMPUTED,
    "evaluations.RollUpUnit": COMPUTED,
    "evaluations.UnitYear": COMPUTED,
    "workbook.ImportJob": "How far a worker is with an import, every second.",
    "workbook.ImportLine": "Computed by the check of an import, which is recorded.",
    "accounts.JournalEntry": TRAIL,
    "accounts.JournalChange": TRAIL,
    "accounts.AccessLog": "Append-only: it is a log itself.",
    "accounts.User_groups": NO_PERMISSIONS,
    "accounts.User_user_permissions": NO_PERMISSIONS,
    "accounts.SavedView": "How somebody likes to look at a list: no fact about anybody.",
    "accounts.Submission": "That a form arrived, so that it counts once; what it did is audited.",
    "auth.Group": NO_PERMISSIONS,
    "auth.Group_permissions": NO_PERMISSIONS,
    "auth.Permission": NO_PERMISSIONS,
    "contenttypes.ContentType": "The list of models, written by migrations.",
    "sessions.Session": "Sign-ins and ends of sessions stand in the log of reads and sign-ins.",
    "usersessions.UserSession": "As sessions.",
    "account.EmailConfirmation": "One-time keys, worth nothing after use.",
    "socialaccount.SocialApp": "Identity providers are configured by settings, not by rows.",
    "socialaccount.SocialToken": "No tokens of identity providers are stored.",
}

# What people call one row of each table.
NAMES = {
    "branches.Organization": _("Organization"),
    "branches.EarlierOrganization": _("Earlier name of an organization"),
    "branches.Placement": _("Place in the tree"),
    "branches.Succession": _("Succession"),
    "branches.Reorganization": _("Reorganization"),
    "branches.Member": _("Member"),
    "branches.EarlierPersonClass": _("Earlier class"),
    "branches.Membership": _("Membership"),
    "branches.MemberStatus": _("Status"),
    "branches.Discipline": _("Discipline"),
    "branches.Position": _("Position"),
    "branches.CommitteeTerm": _("Term of a committee"),
    "branches.JobDescription": _("Job description"),
    "branches.Meeting": _("Meeting"),
    "branches.MeetingPlan": _("Planned meeting"),
    "branches.CheckIn": _("Check-in"),
    "branches.Attendance": _("Attendance"),
    "branches.DistinctMembers": _("Members found to be two"),
    "branches.StoredFile": _("Stored file"),
    "branches.Minutes": _("Minutes"),
    "branches.QualityForm": _("Form of meeting quality"),
    "branches.QualityCriterion": _("Criterion of meeting quality"),
    "branches.MeetingScore": _("Points of a meeting"),
    "branches.CriterionScore": _("Points of a criterion"),
    "accounts.User": _("User"),
    "accounts.Grant": _("Grant"),
    "account.EmailAddress": _("E-mail address of a user"),
    "mfa.Authenticator": _("Second factor"),
    "socialaccount.SocialAccount": _("Identity at another service"),
    "assignments.Directive": _("Directive"),
    "assignments.Attachment": _("Attachment"),
    "assignments.DocumentTemplate": _("Template of a document"),
    "assignments.Team": _("Team"),
    "assignments.Assignment": _("Assignment"),
    "assignments.Ending": _("Ending of an assignment"),
    "assignments.Review": _("Review"),
    "assignments.Task": _("Task"),
    "assignments.TaskClosing": _("Closing of a task"),
    "assignments.TaskStep": _("Step of a task"),
    "assignments.TaskEvidence": _("Evidence of a task"),
    "assignments.Indicator": _("Indicator"),
    "assignments.BranchTaskPlan": _("Tasks that a branch gives"),
    "assignments.PlanSetBack": _("Step that was gone back to"),
    "assignments.Fitness": _("Fitness of a member"),
    "assignments.GivenTask": _("Task given by resolution"),
    "assignments.OwnPlan": _("Own plan for a task"),
    "assignments.TaskCheck": _("Check of a task at a meeting"),
    "assignments.Opinion": _("Opinion"),
    "assignments.OpinionStep": _("Step of an opinion"),
    "assignments.Delegation": _("Delegation"),
    "assignments.Visit": _("Visit"),
    "evaluations.Objection": _("Objection"),
    "evaluations.Deduction": _("Deduction"),
    "evaluations.OrganizationRating": _("Rating of an organization"),
    "evaluations.UnitCap": _("Cap of a unit"),
    "assignments.TemplateComparison": _("Comparison with an official form"),
    "evaluations.RollUp": _("Roll-up"),
    "evaluations.Cycle": _("Cycle"),
    "evaluations.CycleStep": _("Step of a cycle"),
    "evaluations.StepDone": _("Step done"),
    "evaluations.SelfReview": _("Self-review"),
    "evaluations.Comment": _("Comment of another place"),
    "evaluations.Proposal": _("Proposal"),
    "evaluations.Vote": _("Ballot"),
    "evaluations.VoteCount": _("Count of a ballot"),
    "evaluations.NotVoted": _("Member not voted on"),
    "evaluations.Decision": _("Decision on a member"),
    "evaluations.CapOverride": _("Places beyond the cap"),
    "evaluations.OrganizationScheme": _("Rating set of organizations"),
    "evaluations.OrganizationRound": _("Rating of the organizations of a cycle"),
    "evaluations.OrganizationDecision": _("Decision on an organization"),
    "evaluations.OrganizationDiscipline": _("Discipline of an organization"),
    "evaluations.OrganizationPlaces": _("Places beyond the cap of organizations"),
    "evaluations.Shortcomings": _("Statement on earlier shortcomings"),
    "evaluations.Scheme": _("Rating set"),
    "workbook.Import": _("Import"),
    "workbook.HeadingAlias": _("Remembered heading"),
}


@cache
def audited_models():
    """The models of the audited tables."""
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model._meta.label not in NOT_AUDITED]


@cache
def model_of(table_name):
    """The model of an audited table; None for a table that is no longer there."""
    return next((each for each in audited_models() if each._meta.db_table == table_name), None)


@cache
def owner_of(model):
    """The field of what a row belongs to: the first of its references to another audited model."""
    others = [each for each in audited_models() if each is not model]
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model in others:
            return field
    return None


@cache
def models_of_member():
    """The models whose rows are about one member, each by its field `member`: what a history of
    that member is made of, besides the member's own row."""
    return [model for model in audited_models() if _is_of_member(model)]


def _is_of_member(model):
    fields = {field.name: field for field in model._meta.concrete_fields}
    # An account is its user's affair, not a fact about the member.
    return (
        model._meta.app_label != "accounts"
        and "member" in fields
        and fields["member"].related_model is Member
    )


def name_of_table(table_name):
    """What people call a row of the table."""
    model = model_of(table_name)
    return NAMES[model._meta.label] if model else table_name
