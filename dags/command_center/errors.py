"""One exception class per thing a caller can act on."""


class CommandCenterError(Exception):
    """Base of every error this project raises on purpose; its text is one sentence for a person."""

    exit_code = 1


class DeclarationError(CommandCenterError):
    """A declaration or an expectations file is wrong; mend the file."""

    exit_code = 2


class SettingsError(CommandCenterError):
    """A setting is missing or wrong; mend the environment."""

    exit_code = 2


class SourceUnavailable(CommandCenterError):
    """The source did not answer as a working source does; try again later."""

    exit_code = 3


class PayloadError(CommandCenterError):
    """The source answered, but not with what was declared; the batch is held."""

    exit_code = 4


class BatchHeld(CommandCenterError):
    """An audit refused the batch; the last good data stay. Ask the steward, or release it."""

    exit_code = 5


class SourceBusy(CommandCenterError):
    """Another process is loading the same source; try again when it has ended."""

    exit_code = 6


class IntegrityError(CommandCenterError):
    """Archived bytes or published rows are no longer what the ledger says."""

    exit_code = 7


class ServiceError(CommandCenterError):
    """A local service did not start or stopped; its log is named."""

    exit_code = 8


class TransformError(CommandCenterError):
    """dbt refused to build or test the warehouse; what people see is unchanged."""

    exit_code = 9


class DeliveryError(CommandCenterError):
    """A report could not be rendered or delivered."""

    exit_code = 10
