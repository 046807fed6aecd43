"""Django's PostgreSQL backend, for which a database that only reads is away."""
