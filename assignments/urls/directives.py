"""Addresses of the pages of directives, teams and documents."""

from django.urls import path

from ..views import attachments, directives, documents, teams, templates

urlpatterns = [
    path("directives/", directives.directive_list, name="directives"),
    path("directives/add/", directives.directive_add, name="directive_add"),
    path("directives/<int:pk>/", directives.directive_detail, name="directive"),
    path("directives/<int:pk>/change/", directives.directive_change, name="directive_change"),
    path("directives/<int:pk>/delete/", directives.directive_delete, name="directive_delete"),
    path(
        "directives/<int:pk>/assignments/",
        directives.directive_assignments,
        name="directive_assignments",
    ),
    path("directives/<int:pk>/attach/", attachments.directive_attach, name="directive_attach"),
    path("attachments/<int:pk>/", attachments.directive_attachment, name="directive_attachment"),
    path(
        "attachments/<int:pk>/replace/",
        attachments.directive_attachment_replace,
        name="directive_attachment_replace",
    ),
    path(
        "attachments/<int:pk>/remove/",
        attachments.directive_attachment_remove,
        name="directive_attachment_remove",
    ),
    path("teams/", teams.team_list, name="teams"),
    path("teams/add/", teams.team_directive, name="team_directive"),
    path("directives/<int:pk>/teams/add/", teams.team_add, name="team_add"),
    path("teams/<int:pk>/", teams.team_detail, name="team"),
    path("teams/<int:pk>/change/", teams.team_change, name="team_change"),
    path("teams/<int:pk>/members/", teams.team_members, name="team_members"),
    path("teams/<int:pk>/targets/add/", teams.team_indicator_add, name="team_indicator_add"),
    path("teams/<int:pk>/targets/<int:indicator>/", teams.team_indicator, name="team_indicator"),
    path(
        "teams/<int:pk>/targets/<int:indicator>/remove/",
        teams.team_indicator_remove,
        name="team_indicator_remove",
    ),
    path("documents/", documents.document_list, name="documents"),
    path("documents/assignments/", documents.document_assignments, name="document_assignments"),
    path("directives/<int:pk>/document/", documents.document_decision, name="document_decision"),
    path("teams/<int:pk>/document/", documents.document_plan, name="document_plan"),
    path("templates/", templates.template_list, name="templates"),
    path("templates/versions/<int:pk>/", templates.template_version, name="template_version"),
    path("templates/<slug:kind>/", templates.template_download, name="template_download"),
    path("templates/<slug:kind>/upload/", templates.template_upload, name="template_upload"),
    path("templates/<slug:kind>/give-up/", templates.template_give_up, name="template_give_up"),
    path("templates/<slug:kind>/compare/", templates.template_compare, name="template_compare"),
]
