sqlite = on_postgresql = None
