"""The whole service as real processes: commands and gunicorn, as an operator starts them."""

from tests.cli.conftest import settings_of_its_own, start

__all__ = ["settings_of_its_own", "start"]
