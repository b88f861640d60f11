"""What tests need to play a machine on which nothing runs yet."""

import contextlib
import os
import tempfile
from pathlib import Path


@contextlib.contextmanager
def open_folder():
    with tempfile.TemporaryDirectory(prefix="services-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def local_environment(var_dir):
    """This process's environment without servers of its own."""
    ours = {"DATABASE_URL", "MIGRATION_DATABASE_URL", "DATABASE_ROLE", "REDIS_URL"}
    ours |= {"LOCAL", "SECRET_KEY", "DEBUG", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"VAR_DIR": str(var_dir), "DJANGO_SETTINGS_MODULE": "config.settings"}
