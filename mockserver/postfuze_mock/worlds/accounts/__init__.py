"""A world's accounts: reading, searching, editing, inspecting and deleting them."""
