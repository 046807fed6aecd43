"""The Django apps that own tables, in a ladder: a module imports only modules below it."""
