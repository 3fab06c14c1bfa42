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


class DomainHeld(CommandCenterError):
    """A test refused one domain, which keeps its last edition; all others are published. Mend what the text names."""

    exit_code = 11


class DeliveryError(CommandCenterError):
    """A report could not be rendered or delivered."""

    exit_code = 10


class NotDecided(CommandCenterError):
    """A decision cannot be entered as it was asked for; nothing was entered."""

    exit_code = 12


class BackupError(CommandCenterError):
    """A backup could not be made, is not whole, or does not bring back what was there; what runs is unchanged."""

    exit_code = 13


class ArchiveUnavailable(CommandCenterError):
    """The place of the archive does not answer as it should; nothing is half written, try again when it does."""

    exit_code = 14


CLASSES: dict[str, type[CommandCenterError]] = {
    name: kind for name, kind in list(vars().items()) if isinstance(kind, type) and issubclass(kind, CommandCenterError)
}


def class_named(name: str) -> type[CommandCenterError]:
    """The class that another process named. Raises LookupError, so that a renamed class never passes for another one."""
    try:
        return CLASSES[name]
    except KeyError:
        raise LookupError(f"{name!r} is no error of this project; there are {', '.join(CLASSES)}.") from None


def name_for(error: CommandCenterError) -> str:
    """The name by which another process finds the class: its own, or that of the nearest one above it in this file."""
    return next(kind.__name__ for kind in type(error).__mro__ if CLASSES.get(kind.__name__) is kind)
