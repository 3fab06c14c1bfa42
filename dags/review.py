"""Ask a person about a held batch: release it, throw it away, or leave it. `watch` starts a run for each that waits.

The answer does what the commands `release` and `discard` do. Whoever decides by command ends the question within the hour; one that
nobody answers leaves the batch held.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pendulum
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import AssetAlias, Param, dag, task
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput
from command_center.dag_parts import DEFAULT_ARGS, raw_asset

LOOK_AGAIN = timedelta(hours=1)
LONGEST = timedelta(days=14)
RELEASED = AssetAlias("released")
FORM = {
    "jabatan": Param("", type="string", title="Jabatan", description="Jabatan yang memutuskan"),
    "alasan": Param("", type="string", title="Alasan", description="Mengapa; tercatat dalam jejak audit"),
}


class AskAboutHeldBatch(HITLOperator):
    """Waits for an answer without a process, and looks now and then whether there still is a question."""

    def execute(self, context: Any) -> Any:
        question = self.must_wait(context)
        self.subject, self.body, self.options = question.subject, question.body, list(question.options)
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, str]:
        if event.get("error_type") == "timeout":
            self.must_wait(context)
            # Not asked anew, which would take away an answer that is just being given.
            raise TaskAwaitingInput(method_name="execute_complete", timeout=self.response_timeout)
        answered = super().execute_complete(context, event)
        said = {name: str(answered["params_input"].get(name) or "").strip() for name in FORM}
        if not all(said.values()):
            self.log.warning("An answer needs jabatan and alasan; asked again.")
            self.execute(context)
        user = event["responded_by_user"]
        return {"choice": answered["chosen_options"][0], "user": user["name"] or user["id"], **said}

    def must_wait(self, context: Any) -> Any:
        """The question; skips the run when it is none any more."""
        from command_center.errors import BatchHeld
        from command_center.operate.review import question

        if pendulum.now() > context["dag_run"].run_after + LONGEST:
            raise AirflowSkipException(f"Nobody answered within {LONGEST.days} days; the batch stays held.")
        try:
            return question(context["params"]["batch_id"])
        except BatchHeld as error:
            raise AirflowSkipException(str(error)) from error


@dag(
    schedule=None,
    start_date=pendulum.datetime(2024, 1, 1, tz="Asia/Jakarta"),
    catchup=False,
    max_active_runs=200,
    tags=["operasi"],
    default_args=DEFAULT_ARGS,
    params={"batch_id": Param(type="integer", description="Number of the held batch, as `held` tells it")},
    doc_md=__doc__,
)
def review() -> None:
    @task.short_circuit
    def decide(answer: Mapping[str, Any], params: dict[str, Any]) -> bool:
        """Record the decision; fails, without a retry, when somebody else has decided."""
        from airflow.sdk.exceptions import AirflowFailException
        from command_center.errors import BatchHeld
        from command_center.operate.review import Answer
        from command_center.operate.review import decide as record

        try:
            return record(params["batch_id"], Answer(**answer))
        except BatchHeld as error:
            raise AirflowFailException(str(error)) from error

    @task(outlets=[RELEASED])
    def take_in(params: dict[str, Any], run_id: str, outlet_events: Any) -> None:
        """Publish from the archive what was released, and tell the warehouse."""
        from command_center.operate.review import table_of
        from command_center.operate.review import take_in as publish

        until = publish(params["batch_id"], run_id=run_id)
        extra = {"data_per": until.isoformat()} if until else {}
        outlet_events[RELEASED].add(raw_asset(*table_of(params["batch_id"])), extra=extra)

    ask = AskAboutHeldBatch(
        task_id="ask",
        subject="A held batch",
        options=["Lepas", "Buang", "Biarkan"],
        params=FORM,
        response_timeout=LOOK_AGAIN,
    )
    decide(ask.output) >> take_in()


review()
