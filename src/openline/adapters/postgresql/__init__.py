"""The store of a node in a PostgreSQL database.

`address` reads where it is and connects, `tables` makes and checks what is in it, `lease`
keeps two processes from writing, `store` is the port. Only plain SQL is used, so that
CockroachDB and YugabyteDB take it as well
(`docs/decisions/0053-postgresql-through-psycopg.md`).
"""
