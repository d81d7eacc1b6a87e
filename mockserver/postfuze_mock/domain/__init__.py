"""The rules of Postfuze, pure: plain records in, plain records and event names out; no I/O, no HTTP, no store."""
