"""How people sign in: with passwords of this Superset, at an OIDC provider, or by LDAP, as the environment says.

A provider names the roles of a person: wali_kota, opd, insinyur_data, walidata, admin, and camat_13.71.08 for the camat of Pauh.
They are taken over at each login; whoever has none of them sees what the public sees.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from audience import ADMIN_ROLE, CAMAT, CAMAT_ROLE, PUBLIC, PUBLIC_ROLE, ROLES, role_names
from flask_appbuilder.const import AUTH_DB, AUTH_LDAP, AUTH_OAUTH

PROVIDER = "oidc"
ROLES_CLAIM = "roles"
NAME_CLAIM = "preferred_username"
PLAIN_NAME = re.compile(r"[A-Za-z0-9._@-]+")


def settings_for(env: Mapping[str, str], *, has_ldap: bool) -> dict[str, Any]:
    """Superset's settings for the one way that the environment names. Raises ValueError, a sentence, for what cannot work."""
    if issuer := env.get("SUPERSET_OIDC_ISSUER"):
        return BY_CLAIMS | oidc(env, issuer)
    if server := env.get("SUPERSET_LDAP_SERVER"):
        if not has_ldap:  # else each login would be refused, and only the log knew why
            raise ValueError(
                "Signing in by LDAP needs python-ldap beside Superset: set SUPERSET_WITH_LDAP=1 and build its image anew."
            )
        return BY_CLAIMS | ldap(env, server)
    return {"AUTH_TYPE": AUTH_DB, "AUTH_USER_REGISTRATION": False}


# Whoever signs in has an account from then on, with the roles that the provider says at that moment.
BY_CLAIMS = {
    "AUTH_USER_REGISTRATION": True,
    "AUTH_USER_REGISTRATION_ROLE": PUBLIC_ROLE,
    "AUTH_ROLES_SYNC_AT_LOGIN": True,
}


def oidc(env: Mapping[str, str], issuer: str) -> dict[str, Any]:
    needed(env, "SUPERSET_OIDC_CLIENT_ID", "SUPERSET_OIDC_CLIENT_SECRET")
    client = {
        "client_id": env["SUPERSET_OIDC_CLIENT_ID"],
        "client_secret": env["SUPERSET_OIDC_CLIENT_SECRET"],
        "server_metadata_url": f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        "client_kwargs": {"scope": env.get("SUPERSET_OIDC_SCOPE") or "openid email profile"},
        "code_challenge_method": "S256",
    }
    provider = {"name": PROVIDER, "icon": "fa-key", "token_key": "access_token", "remote_app": client}
    return {"AUTH_TYPE": AUTH_OAUTH, "OAUTH_PROVIDERS": [provider], "AUTH_ROLES_MAPPING": roles_by_key("{role}")}


def ldap(env: Mapping[str, str], server: str) -> dict[str, Any]:
    """Groups become roles; SUPERSET_LDAP_GROUP says how a group is named, such as cn={role},ou=peran,dc=padang,dc=go,dc=id."""
    needed(env, "SUPERSET_LDAP_SEARCH", "SUPERSET_LDAP_GROUP", "SUPERSET_LDAP_BIND_USER", "SUPERSET_LDAP_BIND_PASSWORD")
    return {
        "AUTH_TYPE": AUTH_LDAP,
        "AUTH_LDAP_SERVER": server,
        "AUTH_LDAP_USE_TLS": server.startswith("ldap://"),
        "AUTH_LDAP_TLS_DEMAND": True,
        "AUTH_LDAP_TLS_CACERTFILE": env.get("SUPERSET_LDAP_CA_FILE") or "",
        "AUTH_LDAP_SEARCH": env["SUPERSET_LDAP_SEARCH"],
        "AUTH_LDAP_UID_FIELD": env.get("SUPERSET_LDAP_UID_FIELD") or "uid",
        "AUTH_LDAP_BIND_USER": env["SUPERSET_LDAP_BIND_USER"],
        "AUTH_LDAP_BIND_PASSWORD": env["SUPERSET_LDAP_BIND_PASSWORD"],
        "AUTH_LDAP_GROUP_FIELD": env.get("SUPERSET_LDAP_GROUP_FIELD") or "memberOf",
        "AUTH_ROLES_MAPPING": roles_by_key(env["SUPERSET_LDAP_GROUP"]),
        "RECAPTCHA_PUBLIC_KEY": "",  # Superset asks for it on every page, though nobody registers by a form
    }


def is_plain_name(name: str) -> bool:
    """Whether a name means one person: LDAP would find siti by `sit*` and by full-width letters too, each a new account."""
    return PLAIN_NAME.fullmatch(name) is not None


def needed(env: Mapping[str, str], *names: str) -> None:
    if missing := [name for name in names if not env.get(name)]:
        raise ValueError(f"Signing in is half configured: set {' and '.join(missing)} too, or none of it.")


def roles_by_key(template: str) -> dict[str, list[str]]:
    """How a provider names a role -> the role in Superset."""
    plain = {kind: name for kind, name in ROLES.items() if kind != PUBLIC} | {"admin": ADMIN_ROLE}
    camat = {f"camat_{found['kode']}": name for name in role_names(CAMAT) if (found := CAMAT_ROLE.fullmatch(name))}
    return {template.format(role=key): [name] for key, name in (plain | camat).items()}


def person(claims: Mapping[str, Any], env: Mapping[str, str]) -> dict[str, Any]:
    """What Superset keeps of a person, of the claims in a token whose signature was checked."""
    name = str(claims.get(env.get("SUPERSET_OIDC_NAME_CLAIM") or NAME_CLAIM) or claims["sub"])
    roles = claims.get(env.get("SUPERSET_OIDC_ROLES_CLAIM") or ROLES_CLAIM) or []
    return {
        "username": name,
        "first_name": str(claims.get("given_name") or name),
        "last_name": str(claims.get("family_name") or ""),
        "email": str(claims.get("email") or f"{name}@padang.invalid"),
        "role_keys": [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else [],
    }
