pooler = None
