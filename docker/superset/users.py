"""Accounts of people, by command: add, list, deactivate.

    users.py add --role camat --kecamatan 13.71.08 --name camat.pauh
    users.py list
    users.py deactivate --name camat.pauh

The password is that of CC_USER_PASSWORD, else it is made, and printed once.
"""

# ruff: noqa: PLC0415  # superset's modules can be imported only once its application exists
from __future__ import annotations

import argparse
import os
import re
import secrets
import sys

from accounts import INSTALLER, ensure_user
from audience import ADMIN_ROLE, CAMAT, CAMAT_ROLE, PUBLIC, ROLES, role_names
from audit_trail import record
from import_assets import make_app

NAME = re.compile(r"[a-z][a-z0-9._-]{2,60}")
KINDS = (*(slug for slug in ROLES if slug != PUBLIC), CAMAT, "admin")
SHORTEST_PASSWORD = 12


def main() -> int:
    arguments = options().parse_args()
    try:
        with make_app().app_context():
            print(arguments.run(arguments))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Accounts of people in Superset.")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("add", help="make an account, or give one another role and password")
    command.add_argument("--role", required=True, choices=KINDS)
    command.add_argument("--kecamatan", metavar="KODE", help="for a camat: the code, e.g. 13.71.08")
    command.add_argument("--name", required=True)
    command.set_defaults(run=add)
    commands.add_parser("list", help="name, roles and state of every account").set_defaults(run=listed)
    command = commands.add_parser("deactivate", help="end an account's logins and let it log in no more")
    command.add_argument("--name", required=True)
    command.set_defaults(run=deactivate)
    return parser


def add(asked: argparse.Namespace) -> str:
    from superset.extensions import db

    if not NAME.fullmatch(asked.name) or asked.name == INSTALLER:
        raise ValueError(
            f"The name {asked.name!r} cannot be used; write 3 to 60 of a-z, 0-9, '.', '_' and '-', a letter first."
        )
    role = role_name(asked.role, asked.kecamatan)
    given = os.environ.get("CC_USER_PASSWORD", "")
    if given and len(given) < SHORTEST_PASSWORD:
        raise ValueError(f"CC_USER_PASSWORD is too short; {SHORTEST_PASSWORD} signs are the least.")
    password = given or secrets.token_urlsafe(15)
    ensure_user(asked.name, role, password)
    db.session.commit()
    shown = "the password that was given" if given else f"the password {password} (shown this once)"
    return f"{asked.name} may log in as {role}, with {shown}."


def role_name(kind: str, kecamatan: str | None) -> str:
    """The one role in Superset. Raises ValueError when a camat's kecamatan is missing or none."""
    if kind == "admin":
        return ADMIN_ROLE
    names = role_names(kind)
    if kind != CAMAT:
        return names[0]
    by_code = {found["kode"]: name for name in names if (found := CAMAT_ROLE.fullmatch(name))}
    if kecamatan not in by_code:
        raise ValueError(f"A camat needs --kecamatan (KECAMATAN=… of make user), one of: {', '.join(by_code)}.")
    return by_code[kecamatan]


def listed(_asked: argparse.Namespace) -> str:
    from superset import security_manager

    users = sorted(security_manager.get_all_users(), key=lambda user: user.username)
    rows = (
        f"{user.username:30} {'active' if user.active else 'inactive':9} {', '.join(role.name for role in user.roles)}"
        for user in users
        if user.username != INSTALLER
    )
    return "\n".join(rows) or "There are no accounts yet."


def deactivate(asked: argparse.Namespace) -> str:
    """Flask-Login asks at each request whether an account is active, so its sessions end too."""
    from superset import security_manager
    from superset.extensions import db

    user = security_manager.find_user(username=asked.name)
    if user is None:
        raise ValueError(f"There is no account {asked.name!r}; `make user LIST=1` shows them.")
    record("akun", asked.name, {"tindakan": "nonaktifkan", "sebelum": [role.name for role in user.roles]})
    user.active = False
    db.session.commit()
    return f"{asked.name} can log in no more."


if __name__ == "__main__":
    raise SystemExit(main())
