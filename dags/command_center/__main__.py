import signal

# Until a command asks for more, Ctrl-C ends the process at once: raised within an import, it could be swallowed.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from command_center.cli import main

raise SystemExit(main())
