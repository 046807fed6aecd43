"""Models and migrations say the same, and each module's migrations are one line."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

OURS = sorted(app.label for app in apps.get_app_configs() if app.name.startswith("juzhu."))


@pytest.mark.django_db
def test_no_model_waits_for_a_migration():
    said = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=said)

    assert said.getvalue().strip() == "No changes detected"


def test_each_module_has_one_line_of_migrations():
    loader = MigrationLoader(None)

    heads = {label: loader.graph.leaf_nodes(label) for label in OURS}

    assert {label: nodes for label, nodes in heads.items() if len(nodes) > 1} == {}


def test_migrations_import_no_services_and_no_queries():
    loader = MigrationLoader(None)
    modules = {
        name: set(vars(__import__(type(migration).__module__, fromlist=["Migration"])))
        for name, migration in loader.disk_migrations.items()
        if name[0] in OURS
    }

    assert modules != {}
    assert {
        n for n, names in modules.items() if names & {"services", "queries", "contracts"}
    } == set()
