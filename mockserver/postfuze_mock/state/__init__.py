"""The store: a small interface (`store`) and its engines. It stores rows and knows no rules."""
