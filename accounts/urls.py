from django.urls import path

from .views import invitation, sign_in

app_name = "accounts"

urlpatterns = [
    path("sign-in/", sign_in.SignInView.as_view(), name="login"),
    path("sign-out/", sign_in.SignOutView.as_view(), name="logout"),
    path("invitation/<str:token>/", invitation.accept, name="invitation"),
]
