"""Every setting, from environment variables, in one place.

`python -m command_center settings` prints this list; `docs/settings.md` is generated from it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from command_center.errors import SettingsError
from command_center.paths import ROOT

# The city; dbt_project.yml says the same to SQL, and a test compares them.
CITY_CODE = "13.71"
CITY_NAME = "Kota Padang"
TIME_ZONE = "Asia/Jakarta"
WIB = ZoneInfo(TIME_ZONE)
TOLD = "CC_ENVIRONMENT_IS_WHOLE"
Purpose = Literal["admin", "loader", "transformer", "publisher", "officials", "public", "analyst", "recorder", "backup"]


class Settings(BaseSettings):
    """Settings of every process; the environment variable is the upper-case field name."""

    model_config = SettingsConfigDict(extra="ignore", validate_default=True)

    warehouse_url: str = Field(
        "postgresql://127.0.0.1:5432/warehouse", description="Warehouse database, without user and password"
    )
    publik_url: str = Field(
        "postgresql://127.0.0.1:5432/publik",
        description="The separate database of the public, without user and password",
    )
    cc_replica_address: str = Field(
        "",
        pattern=r"^([^\s:/@]+:\d+)?$",
        description="host:port of a streaming replica that Superset reads from instead; empty: there is none",
    )
    cc_password_admin: SecretStr | None = Field(None, description="Password of cc_admin (bootstrap only)")
    cc_password_loader: SecretStr | None = Field(
        None, description="Password of cc_loader (landing, loading, publishing to raw)"
    )
    cc_password_transformer: SecretStr | None = Field(None, description="Password of cc_transformer (dbt)")
    cc_password_publisher: SecretStr | None = Field(
        None, description="Password of cc_publisher (fills the database publik)"
    )
    cc_password_officials: SecretStr | None = Field(
        None, description="Password of cc_officials (dashboards of officials)"
    )
    cc_password_public: SecretStr | None = Field(None, description="Password of cc_public (public dashboard)")
    cc_password_analyst: SecretStr | None = Field(
        None, description="Password of cc_analyst (people who read mart with their own programs)"
    )
    cc_password_recorder: SecretStr | None = Field(
        None, description="Password of cc_recorder (Superset's entries of the audit trail)"
    )
    cc_password_backup: SecretStr | None = Field(
        None, description="Password of cc_backup (copies the cluster and its write-ahead log)"
    )
    cc_camat_secret: SecretStr | None = Field(
        None, description="Secret from which each camat role's password is derived"
    )
    cc_archive_key: SecretStr | None = Field(None, description="64 hex digits: master key of encrypted archive objects")
    cc_hmac_key: SecretStr | None = Field(None, description="64 hex digits: key of HMACs made of rahasia columns")
    cc_var_dir: Path = Field(ROOT / "var", description="Everything that is made at run time")
    cc_landing_url: str = Field(
        "",
        description="Address of the archive: file:///folder or s3://bucket/folder; default: the folder landing in CC_VAR_DIR",
    )
    cc_s3_endpoint: str = Field(
        "", description="Address of the S3 server of the archive, e.g. https://s3.padang.invalid; empty: Amazon's"
    )
    cc_s3_region: str = Field("us-east-1", description="Region of that server")
    cc_s3_key_id: str = Field(
        "", description="Access key at that server; empty: what the machine is given, e.g. by its role"
    )
    cc_s3_secret: SecretStr | None = Field(None, description="Secret of that access key")
    cc_sources_dir: Path = Field(ROOT / "dags" / "sources", description="Folder of the source declarations")
    cc_expectations_dir: Path = Field(ROOT / "expectations", description="Folder of the expectations")
    demo_now: datetime | None = Field(
        None, description="Freezes the clock (ISO 8601, WIB when without zone); default: the real time"
    )
    cc_max_payload_mb: int = Field(512, description="Largest answer of a source that is accepted, in MB")
    cc_http_timeout_s: float = Field(30.0, description="Seconds to wait for a source's next byte")
    cc_http_deadline_s: float = Field(300.0, description="Seconds for one whole answer of a source")
    cc_parser_memory_mb: int = Field(2048, description="Memory of the process that parses a source's files, in MB")
    cc_parser_timeout_s: float = Field(300.0, description="Seconds that the parser may need for its next rows")
    cc_transform_interval: timedelta = Field(
        timedelta(minutes=10), description="The warehouse is built at most once in this time (ISO 8601, e.g. PT10M)"
    )
    cc_publication_days: int = Field(
        14,
        ge=1,
        description="Days that walidata and PPID have to approve what is meant for the public; then it is refused",
    )
    smtp_host: str = Field("127.0.0.1", description="Mail server")
    smtp_port: int = Field(25, description="Port of the mail server")
    smtp_user: str = Field("", description="User at the mail server; empty: no login")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server")
    smtp_starttls: bool = Field(
        False,
        description="Encrypt the connection to the mail server, whose certificate must then be valid for SMTP_HOST; "
        "of a city's own authority, name its file in SSL_CERT_FILE",
    )
    cc_mail_from: str = Field("command-center@padang.invalid", description="Sender of reports and alerts")
    cc_recipients: Path = Field(
        ROOT / "dags" / "recipients.csv",
        description="File of who receives reports: office, area, address, and from when until when",
    )
    cc_mail_corrections: str = Field(
        "koreksi+{ref}@padang.invalid",
        description="Address that answers to reports go to; {ref} names the delivery, where the mail server takes such addresses",
    )
    cc_inbox_url: str = Field(
        "",
        description="Mailbox of that address: imaps://host/INBOX, or file:///folder of .eml files; empty: nothing is read",
    )
    cc_inbox_user: str = Field("", description="User at that mailbox")
    cc_inbox_password: SecretStr | None = Field(None, description="Password at that mailbox")
    cc_report_opens: int = Field(
        3, ge=1, le=28, description="Day of the following month from which on a complete month's reports are made"
    )
    cc_report_deadline: int = Field(
        10, ge=1, le=28, description="Day of the following month from which on they are made even if data are late"
    )
    cc_mailbox_folder: Path | None = Field(
        None, description="Folder of the local mailbox; there an undecided delivery can be looked up"
    )
    cc_demo_simpang: int = Field(
        6, ge=1, le=36, description="How many junctions of the demo city count traffic; 36 are five million rows a year"
    )
    cc_login: str = Field(
        "",
        description="Who is at the command line, where several people share one account of the machine, as in a container",
    )
    cc_mail_steward: str = Field(
        "steward.{opd}@padang.invalid", description="Address that alerts and rejection sheets of an OPD go to"
    )
    cc_alert_remind: timedelta = Field(
        timedelta(days=3), description="A problem that lasts is told again after this time (ISO 8601, e.g. P3D)"
    )
    cc_apprise_urls: SecretStr | None = Field(
        None,
        description="Where alerts are told besides by mail: addresses of Apprise, separated by spaces; `{opd}` in one stands for the agency, `damkar,bpbd=` before one keeps it to those, any other hears all",
    )

    cc_mail_audit: str = Field(
        "audit@padang.invalid",
        description="Address outside this system that is told the head of the audit trail once a day",
    )

    cc_open_data_dir: Path | None = Field(
        None, description="Folder of open data and their catalogue; default: open_data in CC_VAR_DIR"
    )
    cc_data_docs_dir: Path | None = Field(None, description="Folder of Data Docs; default: data_docs in CC_VAR_DIR")
    cc_data_docs_url: str = Field(
        "",
        description="Address under which people who decide find that folder; Superset gives it to them below /hasil-pemeriksaan/",
    )
    cc_open_data_url: str = Field(
        "http://127.0.0.1:8080/data-terbuka/", description="Address under which people and portals find that folder"
    )
    cc_open_data_contact: str = Field("data@padang.invalid", description="Address for questions about open data")

    cc_backup_dir: Path | None = Field(
        None, description="Folder of backups, on another disk or machine than the database; empty: none are made"
    )
    cc_backup_full_days: int = Field(
        7,
        ge=1,
        description="Age in days at which a full backup is followed by another; between them only changes are copied",
    )
    cc_backup_keep: int = Field(
        4,
        ge=1,
        description="How many full backups are kept, each with what it needs to be restored to any second since",
    )
    cc_drill_days: int = Field(
        7, ge=1, description="Days after which the newest backup is restored elsewhere again, for proof that it can be"
    )

    cc_openlineage: str = Field(
        "file",
        pattern="^(file|off|https?://.+)$",
        description="Events of OpenLineage: file = lineage/ in CC_VAR_DIR, off = none, or the address of a server's "
        "interface, e.g. https://host/api/v1/lineage",
    )
    cc_openlineage_key: SecretStr | None = Field(None, description="Key that this server asks for, if any")

    @property
    def landing_url(self) -> str:
        return self.cc_landing_url or (self.cc_var_dir / "landing").as_uri()

    def now(self) -> datetime:
        """Current time, zone-aware, or the frozen one."""
        if self.demo_now is None:
            return datetime.now(WIB)
        return self.demo_now if self.demo_now.tzinfo else self.demo_now.replace(tzinfo=WIB)

    def dsn(self, purpose: Purpose) -> str:
        """libpq URL of the login role of a purpose. Raises SettingsError when its password is not set."""
        base = self.publik_url if purpose in ("public", "publisher") else self.warehouse_url
        return with_login(base, f"cc_{purpose}", self.secret(f"cc_password_{purpose}"))

    def replica_dsn(self, purpose: Purpose) -> str:
        """The same login and database at the replica, of which there must be one."""
        parts = urlsplit(self.dsn(purpose))
        login, _, _ = parts.netloc.rpartition("@")
        return urlunsplit(parts._replace(netloc=f"{login}@{self.cc_replica_address}"))

    def camat_dsn(self, kode_kecamatan: str) -> str:
        """libpq URL of one camat's role, e.g. of 13.71.09."""
        role = camat_role(kode_kecamatan)
        return with_login(self.warehouse_url, role, self.camat_password(kode_kecamatan))

    def camat_password(self, kode_kecamatan: str) -> str:
        key = self.secret("cc_camat_secret").encode()
        return hmac.new(key, camat_role(kode_kecamatan).encode(), hashlib.sha256).hexdigest()

    def secret(self, field: str) -> str:
        value = getattr(self, field)
        if value is None:
            raise SettingsError(f"The environment variable {field.upper()} is not set; see docs/settings.md.")
        return str(value.get_secret_value())


def camat_role(kode_kecamatan: str) -> str:
    return "camat_" + kode_kecamatan.replace(".", "")


def with_login(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    netloc = f"{quote(user)}:{quote(password, safe='')}@{parts.hostname}{port}"
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))


class SettingsOfProcess:
    """The settings of this process; read once, and again after `cache_clear`.

    Unlike with functools.cache, what another thread began to read before a `cache_clear` is not kept after it.
    """

    def __init__(self) -> None:
        self._known: Settings | None = None
        self._cleared = 0

    def __call__(self) -> Settings:
        if (known := self._known) is not None:
            return known
        began = self._cleared
        known = self._known = read_settings()
        if self._cleared != began:
            self._known = None
        return known

    def cache_clear(self) -> None:
        self._cleared += 1
        self._known = None


settings = SettingsOfProcess()


def read_settings() -> Settings:
    """Raises SettingsError for the first that is wrong."""
    load_local_environment()
    try:
        return Settings()
    except KeyError:  # another thread took a variable away while all were read
        return read_settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"Setting {str(first['loc'][0]).upper()}: {first['msg']}; see docs/settings.md.") from None


def load_local_environment() -> None:
    """Take over what the embedded services wrote to var/local.env; the real environment wins.

    A service of theirs was told what it may know, and takes no more.
    """
    if os.environ.get(TOLD) == "1":
        return
    for name, value in read_environment(Path(os.environ.get("CC_VAR_DIR", ROOT / "var"))).items():
        os.environ.setdefault(name, value)


def read_environment(var: Path) -> dict[str, str]:
    """The values of a var folder's local.env, empty when there is none."""
    return {name: value or "" for name, value in dotenv_values(var / "local.env", interpolate=False).items()}
