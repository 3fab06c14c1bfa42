"""SQL compares names of areas as Python does."""

from __future__ import annotations

from command_center.wilayah import ejaan, wilayah
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.conftest import Cluster

NAMES = st.one_of(
    st.sampled_from([area.nama for area in wilayah().values()]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)
PREFIXES = st.sampled_from(
    ["", "Kec.", "KEC ", "kecamatan ", "Kel. ", "KELURAHAN\t", "kel", "Kecamatan Kec. ", " kel\u00a0"]
)


@hypothesis_settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.tuples(PREFIXES, NAMES).map("".join), min_size=1, max_size=500))
def test_sql_compares_names_as_python_does(cluster: Cluster, names: list[str]) -> None:
    with cluster.connect("loader") as connection:
        found = connection.execute(
            "select ops.ejaan(t) from unnest(%s::text[]) with ordinality as n(t, i) order by i", [names]
        ).fetchall()
    assert [row[0] for row in found] == [ejaan(name) for name in names]
