"""The store: one small interface (`store`), one file per engine; it knows nothing of why a row changes."""
