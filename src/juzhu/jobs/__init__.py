"""Procrastinate tasks and their schedule. Thin: each calls a journey or a service."""
