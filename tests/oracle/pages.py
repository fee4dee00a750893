"""Pages of no room, and the sign-in pages: no pupil stands on any of them."""

from tests.oracle.table import EVERYBODY, Row

MEMBERS = f"nomad {EVERYBODY}"
IN_ONLY = {200: MEMBERS, 302: "anon"}
OUT_ONLY = {200: "anon", 302: MEMBERS}
AWAY = {302: f"anon {MEMBERS}"}


def sign_in(name: str, *args: str, get=405, post=405, unsafe: int = 405) -> Row:
    return Row(name, args, get=get, post=post, unsafe=unsafe, open=True, gone=True)


ROWS = [
    Row("language", post=302, open=True),
    Row("help", get=200, open=True),
    Row("accessibility", get=200, open=True),
    Row("health", get=200, open=True),
    Row("security_txt", get=200, open=True),
    Row("style_guide", get=200),
    # django-allauth's own pages: nobody makes an account by themselves, nobody sees another's.
    sign_in("account_login", get=OUT_ONLY, post=OUT_ONLY, unsafe=302),
    sign_in("account_logout", get=IN_ONLY, post=AWAY),
    sign_in("account_inactive", get=200),
    sign_in("account_signup", get=OUT_ONLY, post=OUT_ONLY, unsafe=302),
    sign_in("account_reauthenticate", get=IN_ONLY, post=IN_ONLY, unsafe=0),
    # What the library offers and the product does not: nothing is there.
    *(
        sign_in(name, get={302: "anon"}, post={302: "anon"}, unsafe=404)
        for name in (
            "account_email",
            "account_set_password",
            "account_email_verification_sent",
            "account_reset_password_from_key_done",
            "account_confirm_login_code",
            "/konto/confirm-email/",
            "/konto/login/code/confirm/",
            "/konto/email/",
            "/konto/password/set/",
            "/konto/sso/",
            "/konto/sso/signup/",
        )
    ),
    sign_in("/konto/password/reset/", get=AWAY, post=AWAY, unsafe=302),
    sign_in("account_change_password", get=IN_ONLY, post=IN_ONLY, unsafe=0),
    sign_in("account_reset_password", get=AWAY, post=AWAY, unsafe=302),
    sign_in("account_reset_password_done", get=200),
    sign_in(
        "account_reset_password_from_key",
        "=x",
        "=y",
        get={302: "anon"},
        post={302: "anon"},
        unsafe=404,
    ),
    sign_in("account_confirm_email", "=x", get={302: "anon"}, post={302: "anon"}, unsafe=404),
    sign_in("mfa_index", get=IN_ONLY, post={302: "anon", 405: MEMBERS}),
    sign_in("mfa_authenticate", get=AWAY, post=AWAY, unsafe=302),
    sign_in("mfa_reauthenticate", get=AWAY, post=AWAY, unsafe=302),
    sign_in("mfa_activate_totp", get=AWAY, post=AWAY, unsafe=302),
    sign_in("mfa_deactivate_totp", get={302: "anon"}, post={302: "anon"}, unsafe=404),
    sign_in("mfa_view_recovery_codes", get={302: "anon"}, post={302: "anon", 405: MEMBERS}),
    sign_in("mfa_generate_recovery_codes", get=AWAY, post=AWAY, unsafe=302),
    sign_in("mfa_download_recovery_codes", get={302: "anon"}, post={302: "anon"}, unsafe=404),
]
