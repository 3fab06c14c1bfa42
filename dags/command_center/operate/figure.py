"""One displayed figure with what the dictionary says of its indicator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Figure:
    """Of an area (a row of mart.indikator), or of what else a table of the mart shows; then `wilayah_*` name that."""

    indikator_kode: str
    indikator_nama: str
    wilayah_kode: str
    wilayah_nama: str
    periode_label: str
    periode_mulai: date
    periode_selesai: date
    nilai_teks: str
    nilai: Decimal | None
    pembilang: Decimal | None
    penyebut: Decimal | None
    satuan: str
    status: str
    mutu: str | None
    is_sementara: bool
    sementara_karena: str | None
    is_simulasi: bool
    data_per: datetime | None
    rumus: str
    definisi: str
    source: str
    table: str
