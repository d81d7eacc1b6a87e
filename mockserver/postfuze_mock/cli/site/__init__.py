"""`postfuze-mock site`: the reference and the guides as files for any static host."""
