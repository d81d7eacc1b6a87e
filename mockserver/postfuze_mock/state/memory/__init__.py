"""The engine "memory": this process's own data structures."""
