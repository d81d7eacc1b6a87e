"""`postfuze-mock exec`: a command with a mock of its own, from its start to its end.

The mock is a child process: it keeps its own pace, whatever exec waits for, and a crash of it is told from one of the
command. It holds a pipe as stdin (`--exit-on-stdin-close`), so it ends even if exec is killed.
"""
