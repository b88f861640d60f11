"""Single sign-on by OpenID Connect.

allauth trusts an id_token that came over TLS; here its signature, issuer, audience, age and nonce
are checked as well, and that the details read with it are those of the same person.
"""

from secrets import token_urlsafe

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
REQUIRED = ["exp", "iat", "sub", "nonce"]
LEEWAY = 60  # seconds that two clocks may differ


class Adapter(OpenIDConnectOAuth2Adapter):
    nonce = None  # what this sign-in was begun with

    def complete_login(self, request, app, token, **kwargs):
        claims = self.read_id_token(app, kwargs["response"].get("id_token"))
        details = self._fetch_user_info(token.token)
        if details.get("sub") != claims["sub"]:
            raise OAuth2Error("The details are those of another person.")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": details})

    def read_id_token(self, app, id_token):
        """The claims of the token. Raises OAuth2Error unless every one of its proofs holds."""
        try:
            claims = jwt.decode(
                id_token,
                self.find_key(id_token),
                algorithms=SIGNED_BY,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY,
                options={"require": REQUIRED},
            )
        except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
            raise OAuth2Error("The id_token does not hold.") from error
        if not self.nonce or claims["nonce"] != self.nonce:
            raise OAuth2Error("The id_token answers another sign-in.")
        return claims

    def find_key(self, id_token):
        wanted = jwt.get_unverified_header(id_token).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        for key in keys:
            if key.key_id == wanted or (wanted is None and len(keys) == 1):
                return key
        raise OAuth2Error("No key of the provider signed the id_token.")


class CallbackView(OAuth2CallbackView):
    def _get_state(self, request, provider):
        state, response = super()._get_state(request, provider)
        if state is not None:
            self.adapter.nonce = state.get("nonce")
        return state, response


@login_not_required
@never_cache
@require_POST
def start(request, provider_id):
    """Begin at the provider. By POST, so that no other site can begin it for the reader."""
    _adapter, provider = _find(request, provider_id)
    nonce = token_urlsafe(32)
    try:
        response = provider.redirect(
            request,
            process="login",
            next_url=_next_page(request),
            auth_params={"nonce": nonce},
            nonce=nonce,
        )
    except (RequestException, KeyError, ValueError) as error:  # of its discovery
        return render_authentication_error(request, provider, exception=error)
    if not isinstance(response, HttpResponseRedirect):
        return response
    # Browsers hold a form to the addresses of `form-action` through all redirects. Where those
    # of a provider lead, nobody here knows; a page that goes on by itself is not held to it.
    return render(
        request, "socialaccount/leaving.html", {"address": response.url, "provider": provider}
    )


@login_not_required
@never_cache
@require_GET
def back(request, provider_id):
    """The reader returns from the provider."""
    adapter, provider = _find(request, provider_id)
    try:
        return CallbackView.adapter_view(adapter)(request)
    except (KeyError, ValueError) as error:  # answers that are not as the standard has them
        return render_authentication_error(request, provider, exception=error)


def _find(request, provider_id):
    adapter = Adapter(request, provider_id)
    try:
        provider = adapter.get_provider()
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return adapter, provider


def _next_page(request):
    address = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if address and safe else None
