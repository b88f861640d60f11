from django.urls import path

from .views import access, account, invitation, journal, offline, saved_views, sign_in, users

app_name = "accounts"

urlpatterns = [
    path("sign-in/", sign_in.SignInView.as_view(), name="login"),
    path("sign-out/", sign_in.SignOutView.as_view(), name="logout"),
    path("invitation/<str:token>/", invitation.accept, name="invitation"),
    path("account/", account.account, name="account"),
    path("account/sessions/", account.sessions, name="sessions"),
    path("account/sessions/end-others/", account.end_other_sessions, name="session_end_others"),
    path("account/sessions/<int:pk>/end/", account.end_session, name="session_end"),
    path("sending/", offline.sending, name="sending"),
    path("users/", users.user_list, name="users"),
    path("users/invite/", users.user_invite, name="user_invite"),
    path("users/<int:pk>/", users.user_detail, name="user"),
    path("users/<int:pk>/change/", users.user_change, name="user_change"),
    path("users/<int:pk>/switch/", users.user_switch, name="user_switch"),
    path("users/<int:pk>/invitation/", users.user_invitation, name="user_invitation"),
    path("users/<int:pk>/give/", users.grant_give, name="grant_give"),
    path("grants/<int:pk>/withdraw/", users.grant_withdraw, name="grant_withdraw"),
    path("journal/", journal.journal, name="journal"),
    path("journal/<int:pk>/", journal.journal_entry, name="journal_entry"),
    path("journal/reads/", journal.access_log, name="access_log"),
    path("members/<int:pk>/history/", journal.member_history, name="member_history"),
    path("members/<int:pk>/readers/", access.member_readers, name="member_readers"),
    path("views/", saved_views.view_list, name="views"),
    path("views/add/", saved_views.view_add, name="view_add"),
    path("views/columns/", saved_views.view_columns, name="view_columns"),
    path("views/<int:pk>/", saved_views.view_change, name="view_change"),
    path("views/<int:pk>/delete/", saved_views.view_delete, name="view_delete"),
    path("lists/download.<slug:kind>", saved_views.list_download, name="list_download"),
]
