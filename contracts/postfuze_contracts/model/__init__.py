"""Plain records: what a run is asked, what was exchanged, and what is said of it. Nothing here sends anything."""
