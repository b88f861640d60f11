"""Under whom the servers run, and the files that are theirs."""

import os
import pwd
import subprocess
from importlib.util import find_spec
from pathlib import Path


class ServiceError(Exception):
    """A server cannot run; the message says why and what to do."""


class Account:
    """Oneself, or, as root, `nobody`: PostgreSQL refuses to be root.

    Where nobody cannot go (a checkout below a 0700 folder), a user namespace makes root look like
    nobody to PostgreSQL; no folder above the data is opened for that.
    """

    def __init__(self, *paths):
        """`paths` are the folders that the servers must reach."""
        self.uid, self.prefix, self.options = os.geteuid(), [], {}
        if self.uid != 0:
            return
        nobody = pwd.getpwnam("nobody")
        options = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        if all(
            subprocess.run(["test", "-x", path], cwd="/", **options).returncode == 0
            for path in paths
        ):
            self.uid, self.options = nobody.pw_uid, options
            return
        self.prefix = ["unshare", "--user", f"--map-user={nobody.pw_uid}"]
        try:
            self.run(["true"])
        except (OSError, ServiceError):
            raise ServiceError(
                "PostgreSQL refuses to run as root, and the user `nobody` cannot reach "
                f"{' or '.join(map(str, paths))}: run as an ordinary user, or put the checkout "
                "and VAR_DIR where every user may go, or set DATABASE_URL and REDIS_URL."
            ) from None

    def popen(self, command, **options):
        """Start the command as this account."""
        return subprocess.Popen(
            [*self.prefix, *command], cwd="/", env=self.environment, **options, **self.options
        )

    def run(self, command):
        """Run the command as this account to its end. Raises ServiceError when it fails."""
        process = self.popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        errors = process.communicate()[1]
        if process.returncode:
            raise ServiceError(f"{command[0]} failed:\n{errors}")

    @property
    def environment(self):
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    def own(self, folder):
        """Make the folder, with all that is in it, this account's alone."""
        folder.mkdir(parents=True, exist_ok=True)
        if folder.stat().st_uid != self.uid:
            if os.geteuid() != 0:
                raise ServiceError(
                    f"{folder} belongs to another user: run as that user, or choose another "
                    "VAR_DIR."
                )
            # The folder itself comes last: it tells whether this walk was finished.
            for path in [*folder.rglob("*"), folder]:
                os.chown(path, self.uid, -1, follow_symlinks=False)
        folder.chmod(0o700)


def find_package(name):
    """The folder of an installed package, without importing it."""
    spec = find_spec(name)
    if spec is None:
        raise ServiceError(
            f"The package {name} of requirements-services.txt is not installed; where it has no "
            "wheel for the platform, set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(spec.origin).parent


def write_private(path, text):
    """Write the file for its owner's eyes only, whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with open_private(fresh, "w") as file:
        file.write(text)
    fresh.replace(path)


def open_private(path, mode):
    """Open the file; if that makes it, it is for its owner's eyes only."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600))
