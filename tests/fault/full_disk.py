sqlite = postgresql_tablespace = None
