"""Program <-> Python: processes, the shared arena, typed memory and calls. The only user of cffi."""
