"""The rules of Postfuze, without I/O, HTTP or a store: records in, records and event names out."""
